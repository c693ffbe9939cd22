"""Our words on their way out: a row of the outbox becomes requests to the homeserver."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bot.drawing import CHART
from bot.failpoints import reach
from bot.matrix.crypto.machine import Crypto
from bot.matrix.direct import DirectChats
from bot.matrix.inbound import TRANSACTION
from bot.matrix.pictures import Pictures
from bot.matrix.untrusted import as_list
from bot.matrix.wire import Wire, get_if_there
from bot.render import OP_ID
from bot.store.echoes import transaction_id
from bot.store.outbox import Ready
from bot.turn.chat import Refused, TryLater

MOST_PINNED = 100


@dataclass
class Outbound:
    """Sends, encrypted where the room is. Every method raises TryLater, Refused or LoggedOut."""

    wire: Wire
    crypto: Crypto
    direct: DirectChats
    _aliases: dict[str, str] = field(default_factory=dict)
    _pictures: Pictures = field(init=False)

    def __post_init__(self) -> None:
        self._pictures = Pictures(self.wire)

    def forget_aliases(self) -> None:
        """They may stand for other rooms now: an upgraded room's successor takes its aliases over."""
        self._aliases.clear()

    async def send(self, row: Ready) -> str | None:
        """Do what the row says; a repetition of the same op id is nothing."""
        room_id = await self._place(row)
        match row.kind:
            case "reaction":
                return await self._react(row, room_id)
            case "edit":
                return await self._put(row, room_id, "m.room.message", _edit(row))
            case "message":
                return await self._put(row, room_id, "m.room.message", await self._content(row, room_id))
            case "redact":
                await self._redact(row, room_id)
            case "pin" | "unpin":
                await self._pin(row, room_id)
            case "leave":
                await self.wire.post(f"/rooms/{quote(room_id)}/leave", {})
        return None

    async def room_id(self, room: str) -> str:
        """The id of a room that the settings name by its alias. Kept until we enter another room, or start anew."""
        if not room.startswith("#"):
            return room
        if room not in self._aliases:
            self._aliases[room] = await self._resolved(room)
        return self._aliases[room]

    async def _content(self, row: Ready, room_id: str) -> dict[str, Any]:
        """The message's content, the picture uploaded if it is one."""
        if CHART not in row.content:
            return row.content
        encrypted = await self._is_encrypted(room_id)
        content = await self._pictures.content(row, encrypted)
        if await self._is_encrypted(room_id) != encrypted:
            raise TryLater("the room was encrypted meanwhile")
        return content

    async def _place(self, row: Ready) -> str:
        """The room behind the row's alias or person."""
        if not row.room_id.startswith("@"):
            return await self.room_id(row.room_id)
        room_id = await self.direct.room_with(row.room_id, row.attempts)
        if await self._is_encrypted(room_id, new=True) and not self.crypto.knows_member(room_id, row.room_id):
            raise TryLater("the person invited has not arrived in our sync yet")
        return room_id

    async def _react(self, row: Ready, room_id: str) -> str | None:
        try:
            return await self._put(row, room_id, "m.reaction", row.content)
        except Refused as error:
            if "M_DUPLICATE_ANNOTATION" in error.reason:
                return None  # it is there already
            raise

    async def _redact(self, row: Ready, room_id: str) -> None:
        event = quote(row.target_event or "", safe="")
        await self._event(f"/rooms/{quote(room_id)}/redact/{event}/{transaction_id(row.op_id)}", {})

    async def _pin(self, row: Ready, room_id: str) -> None:
        """Put our message among the pinned ones, or take it away; what others pinned stays."""
        path = f"/rooms/{quote(room_id)}/state/m.room.pinned_events"
        pinned = await self._pinned(path)
        wanted = [one for one in pinned if row.kind == "pin" or one != row.target_event]
        if row.kind == "pin" and row.target_event not in pinned:
            if len(pinned) >= MOST_PINNED:
                raise Refused(f"{len(pinned)} messages are pinned already")
            wanted.append(row.target_event)
        if wanted != pinned:
            await self._event(path, {"pinned": wanted})

    async def _pinned(self, path: str) -> list[Any]:
        return as_list((await get_if_there(self.wire, path) or {}).get("pinned"))

    async def _put(self, row: Ready, room_id: str, event_type: str, content: dict[str, Any]) -> str:
        if event_type != "m.reaction" and await self._is_encrypted(room_id):
            event_type, content = await self.crypto.encrypt(room_id, event_type, content)
            content = {**content, TRANSACTION: transaction_id(row.op_id)}
        path = f"/rooms/{quote(room_id)}/send/{event_type}/{transaction_id(row.op_id)}"
        reach("say.sending")
        answer = await self._event(path, content)
        if not isinstance(answer.get("event_id"), str):
            raise TryLater("an answer without event_id")
        return str(answer["event_id"])

    async def _event(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """Make an event: what is limited is how many the account makes, in whichever rooms (Synapse's `rc_message`)."""
        try:
            return await self.wire.put(path, content)
        except TryLater as error:
            error.account = error.account or error.limited
            raise

    async def _is_encrypted(self, room_id: str, *, new: bool = False) -> bool:
        """Asked of the homeserver where we don't know the room's state: never a plain word into an encrypted room.

        Of a `new` room of ours a sync may have brought the beginning alone, without its encryption.
        """
        if self.crypto.is_encrypted(room_id):
            return True
        if self.crypto.knows(room_id) and not new:
            return False
        if await get_if_there(self.wire, f"/rooms/{quote(room_id)}/state/m.room.encryption") is None:
            return False
        raise TryLater("the encrypted room's state has not arrived yet")

    async def _resolved(self, alias: str) -> str:
        """Raises TryLater for an alias that stands for no room yet: the operator may still make one."""
        try:
            room_id = (await self.wire.get(f"/directory/room/{quote(alias)}")).get("room_id")
        except Refused as error:
            raise TryLater(f"{alias}: {error.reason}") from error
        if not isinstance(room_id, str):
            raise TryLater(f"{alias}: an answer without room_id")
        return room_id


def _edit(row: Ready) -> dict[str, Any]:
    """A replacement event: `m.new_content` is the message anew, outside of it what old clients show.

    The relation to the question stays with the original; nobody is pinged by an edit (spec, event replacements).
    """
    new = {key: value for key, value in row.content.items() if key != "m.relates_to"}
    return {
        **new,
        OP_ID: row.op_id,  # its own: read back, it must not be taken for the message it edits
        "body": f"* {new['body']}",
        "formatted_body": f"* {new['formatted_body']}",
        "m.mentions": {},
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": row.target_event},
    }
