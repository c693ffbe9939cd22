"""Devices without a homeserver: what one says to another is handed over by the test."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from nio.crypto import OlmDevice

from bot.matrix.crypto.machine import Crypto
from bot.matrix.crypto.nio_store import KeyStore
from bot.matrix.crypto.olm import Machine
from bot.matrix.crypto.rotation import Rotation
from bot.matrix.sync import for_nio
from bot.matrix.wire import Wire
from bot.store.rooms import Account
from tests.store.samples import ANA, NOW, ROOM

CLERK = "@clerk:example.org"


class Clerk(Crypto):
    """The bot's encryption, with its machine to be looked into."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: NOW) -> None:
        super().__init__(cast(Wire, None), Account(CLERK, "CLERK", "token", None), folder, now)

    @property
    def machine(self) -> Machine:
        """What nio and we make of it."""
        return self._olm

    def gets(self, *to_device: object) -> None:
        """A sync response with these events for the device."""
        self.receive(for_nio({"next_batch": "s", "to_device": {"events": list(to_device)}}))

    def sent(self, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
        """What waits to be sent to devices: to whom, to which, what."""
        waiting = self.machine.outgoing_to_device_messages
        return [(one.recipient, one.recipient_device, one.content) for one in waiting if one.type == kind]


class Sender(Machine):
    """A person's device that knows the clerk's, and is known to it."""

    def __init__(self, clerk: Clerk, folder: Path, user_id: str = ANA, known: bool = True) -> None:
        super().__init__(KeyStore(user_id, "PHONE", folder), Rotation(), lambda: NOW)
        self.clerk = clerk.machine
        if known:
            device = OlmDevice(user_id, "PHONE", dict(self.account.identity_keys))
            clerk.machine.device_store.add(device)
            clerk.machine.store.save_device_keys({user_id: {"PHONE": device}})
        self.clerks_device = OlmDevice(CLERK, "CLERK", dict(self.clerk.account.identity_keys))
        self.clerk.account.generate_one_time_keys(1)
        key = next(iter(self.clerk.account.one_time_keys["curve25519"].values()))
        self.clerk.mark_keys_as_published()
        self.clerk.save_account()
        self.session = self.create_session(key, self.clerks_device.curve25519)

    def to_clerk(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """A to-device event, encrypted for the clerk."""
        encrypted = self._olm_encrypt(self.session, self.clerks_device, kind, content)
        return {"type": "m.room.encrypted", "sender": self.user_id, "content": encrypted}

    def begins(self, room_id: str = ROOM) -> None:
        """A new key for the room."""
        self.create_outbound_group_session(room_id)
        self.outbound_group_sessions[room_id].mark_as_shared()

    def room_key(self, room_id: str = ROOM) -> dict[str, Any]:
        """The room's key for the clerk."""
        session = self.outbound_group_sessions[room_id]
        content = {"room_id": room_id, "session_id": session.id, "session_key": session.session_key}
        return self.to_clerk("m.room_key", content | {"algorithm": "m.megolm.v1.aes-sha2"})

    def forwarded(self, owner: Machine | None = None, **changes: Any) -> dict[str, Any]:
        """A session of this device (or of another's, as it claims), forwarded to the clerk."""
        owner = owner or self
        session = next(iter(owner.inbound_group_store))
        content = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "forwarding_curve25519_key_chain": [],
            "room_id": session.room_id,
            "sender_claimed_ed25519_key": session.ed25519,
            "sender_key": session.sender_key,
            "session_id": session.id,
            "session_key": session.export_session(session.first_known_index),
        }
        return self.to_clerk("m.forwarded_room_key", content | changes)

    def says(self, body: str, room_id: str = ROOM, event_id: str = "$1", **content: Any) -> dict[str, Any]:
        """A message, encrypted with the room's key."""
        clear = {"type": "m.room.message", "content": {"msgtype": "m.text", "body": body, **content}}
        encrypted = self.group_encrypt(room_id, clear)
        return {"event_id": event_id, "sender": self.user_id, "type": "m.room.encrypted", "origin_server_ts": 1,
                "content": encrypted}  # fmt: skip


def body(clear: dict[str, Any] | None) -> str | None:
    """The words."""
    return clear["content"]["body"] if clear else None
