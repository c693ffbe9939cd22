"""What a verification needs of the homeserver: whose keys are whose, and its messages brought there."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from bot.matrix.crypto.cross_signing import public_part
from bot.matrix.crypto.machine import Crypto
from bot.matrix.crypto.verification.messages import PREFIX, Letter, Thread
from bot.matrix.crypto.verification.sas import Party
from bot.matrix.untrusted import as_dict
from bot.matrix.wire import Wire
from bot.turn.chat import TryLater


@dataclass(frozen=True)
class Courier:
    """Sends and asks; what it sends twice arrives once."""

    wire: Wire
    crypto: Crypto

    async def bring(self, thread: Thread, device_id: str, letter: Letter) -> None:
        """Into the room, encrypted if it is, or to the device. Raises TryLater, Refused or LoggedOut."""
        event_type = f"{PREFIX}{letter.kind}"
        once = sha256(f"{thread.user_id} {thread.transaction} {letter.kind}".encode()).hexdigest()[:32]
        if not thread.room_id:
            messages = {thread.user_id: {device_id: letter.content}}
            await self.wire.put(f"/sendToDevice/{event_type}/{once}", {"messages": messages})
            return
        if not self.crypto.knows(thread.room_id):
            raise TryLater("the room's state has not arrived yet")
        content = letter.content
        if self.crypto.is_encrypted(thread.room_id):
            event_type, content = await self.crypto.encrypt(thread.room_id, event_type, content)
        await self.wire.put(f"/rooms/{quote(thread.room_id)}/send/{event_type}/{once}", content)

    async def party(self, user_id: str, device_id: str) -> tuple[Party | None, dict[str, Any]]:
        """The device with its keys, as the homeserver has them now, and its owner's master key object.

        What the homeserver says is proven by the MACs, or not at all. Raises TryLater, Refused or LoggedOut.
        """
        answer = await self.wire.post("/keys/query", {"device_keys": {user_id: []}})
        keys = _at(answer, "device_keys", user_id, device_id, "keys").get(f"ed25519:{device_id}")
        if not isinstance(keys, str):
            return None, {}
        master_keys = _at(answer, "master_keys", user_id)
        return Party(user_id, device_id, keys, _master(user_id, master_keys)), master_keys


def _master(user_id: str, master_keys: Mapping[str, Any]) -> str | None:
    """The public master key, if the object is one, of this person, and says nothing else."""
    public, usage = public_part(master_keys), master_keys.get("usage")
    if master_keys.get("user_id") != user_id or master_keys.get("keys") != {f"ed25519:{public}": public}:
        return None
    return public if isinstance(usage, list) and "master" in usage else None


def _at(value: Any, *path: str) -> dict[str, Any]:
    for key in path:
        value = as_dict(value).get(key)
    return as_dict(value)
