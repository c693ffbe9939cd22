"""The chat port, spoken to a homeserver: sync, page back, send."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import structlog

from bot.drawing import CHART
from bot.failpoints import reach
from bot.matrix.crypto.machine import Crypto
from bot.matrix.direct import DirectChats
from bot.matrix.edits import newest
from bot.matrix.entering import are_members, enter
from bot.matrix.inbound import Ears, read
from bot.matrix.pictures import Pictures
from bot.matrix.room_state import RoomStates
from bot.matrix.sync import FILTER, ROOM_EVENTS, TIMELINE_LIMIT, Reader, for_nio
from bot.matrix.wire import PATIENCE, Wire
from bot.render import OP_ID
from bot.store.outbox import Ready
from bot.turn.chat import Incoming, News, Page, Refused, TryLater

log = structlog.get_logger()

MOST_PINNED = 100


def transaction_id(op_id: str) -> str:
    """Made from the op id alone, so that a resend is not a second message."""
    return sha256(op_id.encode()).hexdigest()[:32]


@dataclass
class Homeserver:
    """The homeserver with the bot logged in; implements `bot.turn.chat.Chat`."""

    wire: Wire
    crypto: Crypto
    ears: Ears
    direct: DirectChats
    states: RoomStates = field(default_factory=RoomStates)
    _state_known: bool = field(default=False)
    _aliases: dict[str, str] = field(default_factory=dict)
    _pictures: Pictures = field(init=False)

    def __post_init__(self) -> None:
        self._pictures = Pictures(self.wire)

    async def sync(self, since: str | None, timeout_ms: int) -> News:
        """What is new since our own token. The first one asks for the rooms' whole state: nio forgets it."""
        query = {"filter": json.dumps(FILTER), "timeout": str(timeout_ms), "set_presence": "offline"}
        if since:
            query["since"] = since
        if not self._state_known:
            query["full_state"] = "true"
        try:
            answer = await self.wire.get("/sync", query, seconds=timeout_ms / 1000 + PATIENCE)
        except Refused as error:
            raise TryLater(f"sync: {error.reason}") from error
        if not isinstance(answer.get("next_batch"), str):
            raise TryLater("sync: an answer without next_batch")
        await self._keys(answer)
        reach("keys.received")
        self._state_known = True
        news = Reader(self.ears, self.crypto.decrypt, self.states).news(answer)
        if any(room.entered is not None for room in news.rooms):
            self._aliases.clear()  # perhaps an upgraded room's successor, which takes its aliases over
        return replace(news, at=self.wire.server_time)

    async def _keys(self, answer: dict[str, Any]) -> None:
        try:
            await self.crypto.receive(for_nio(answer))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.error("nio can't take a sync response", error=type(error).__name__)
        try:
            await self.crypto.upkeep()
        except TryLater as error:
            log.warning("keys later", reason=error.reason)

    async def page_back(self, room_id: str, token: str) -> Page:
        """A page of the past before `token`."""
        query = {"dir": "b", "limit": str(TIMELINE_LIMIT), "filter": json.dumps(ROOM_EVENTS)}
        if token:  # a limited timeline may come without one (Dendrite, matrix-nio#283): then from the newest back
            query["from"] = token
        answer = await self.wire.get(f"/rooms/{quote(room_id)}/messages", query)
        return Reader(self.ears, self.crypto.decrypt).page(room_id, answer)

    async def decrypt(self, room_id: str, raw: dict[str, Any]) -> Incoming:
        """Try a locked event again."""
        again = read(raw, self.ears, room_id, self.crypto.decrypt)
        return again or Incoming("", "", "bad")

    async def send(self, row: Ready) -> str | None:
        """Do what the row says; a repetition of the same op id is nothing."""
        room_id = await self._place(row)
        match row.kind:
            case "reaction":
                return await self._put(row, room_id, "m.reaction", row.content)
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
            return await self._room_id(row.room_id)
        room_id = await self.direct.room_with(row.room_id, row.attempts)
        if await self._is_encrypted(room_id) and not self.crypto.knows_member(room_id, row.room_id):
            raise TryLater("the person invited has not arrived in our sync yet")
        return room_id

    async def join(self, room: str, via: Sequence[str], knock: str = "") -> str:
        """Enter a room, or knock where that is all we may; its id."""
        return await enter(self.wire, room, via, knock)

    async def is_member(self, room: str, person: str) -> bool:
        """Whether they are there now, and we too."""
        return await are_members(self.wire, await self._room_id(room), (self.ears.user_id, person))

    async def _redact(self, row: Ready, room_id: str) -> None:
        event = quote(row.target_event or "", safe="")
        await self.wire.put(f"/rooms/{quote(room_id)}/redact/{event}/{transaction_id(row.op_id)}", {})

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
            await self.wire.put(path, {"pinned": wanted})

    async def _pinned(self, path: str) -> list[Any]:
        try:
            pinned = (await self.wire.get(path)).get("pinned")
        except Refused as error:
            if "M_NOT_FOUND" in error.reason:
                return []
            raise
        return pinned if isinstance(pinned, list) else []

    async def fetch(self, room_id: str, event_id: str) -> Incoming:
        """One event of the room as it is now, its words those of its newest edit."""
        room_id = await self._room_id(room_id)
        raw = await self.wire.get(f"/rooms/{quote(room_id)}/event/{quote(event_id, safe='')}")
        return newest(raw, self.ears, room_id, self.crypto.decrypt) or Incoming(event_id, "", "bad")

    async def _put(self, row: Ready, room_id: str, event_type: str, content: dict[str, Any]) -> str:
        if event_type != "m.reaction" and await self._is_encrypted(room_id):
            event_type, content = await self.crypto.encrypt(room_id, event_type, content)
        path = f"/rooms/{quote(room_id)}/send/{event_type}/{transaction_id(row.op_id)}"
        reach("say.sending")
        answer = await self.wire.put(path, content)
        if not isinstance(answer.get("event_id"), str):
            raise TryLater("an answer without event_id")
        return str(answer["event_id"])

    async def _is_encrypted(self, room_id: str) -> bool:
        """Asked of the homeserver where we don't know the room's state: never a plain word into an encrypted room."""
        if self.crypto.knows(room_id):
            return self.crypto.is_encrypted(room_id)
        try:
            await self.wire.get(f"/rooms/{quote(room_id)}/state/m.room.encryption")
        except Refused as error:
            if "M_NOT_FOUND" in error.reason:
                return False
            raise
        raise TryLater("the encrypted room's state has not arrived yet")

    async def _room_id(self, room: str) -> str:
        """The id of a room that the settings name by its alias. Kept until we enter another room, or start anew."""
        if not room.startswith("#"):
            return room
        if room not in self._aliases:
            self._aliases[room] = await self._resolved(room)
        return self._aliases[room]

    async def _resolved(self, alias: str) -> str:
        """Raises TryLater for an alias that stands for no room yet: the operator may still make one."""
        try:
            room_id = (await self.wire.get(f"/directory/room/{quote(alias)}")).get("room_id")
        except Refused as error:
            raise TryLater(f"{alias}: {error.reason}") from error
        if not isinstance(room_id, str):
            raise TryLater(f"{alias}: an answer without room_id")
        return room_id

    async def introduce(self, display_name: str) -> None:
        """Bear the name the settings give, if it isn't borne already."""
        path = f"/profile/{quote(self.ears.user_id)}"
        try:
            profile = await self.wire.get(path)
            if profile.get("displayname") != display_name:
                await self.wire.put(f"{path}/displayname", {"displayname": display_name})
        except (Refused, TryLater) as error:
            log.warning("the display name can't be set", reason=error.reason)


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
