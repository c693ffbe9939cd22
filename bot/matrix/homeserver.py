"""The chat port, spoken to a homeserver: sync, page back, send."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import structlog

from bot.failpoints import reach
from bot.matrix.crypto.machine import Crypto
from bot.matrix.crypto.verification.desk import Desk
from bot.matrix.direct import DirectChats
from bot.matrix.edits import newest
from bot.matrix.entering import are_members, enter
from bot.matrix.inbound import Ears, read
from bot.matrix.outbound import Outbound
from bot.matrix.room_state import RoomStates
from bot.matrix.sync import FILTER, ROOM_EVENTS, TIMELINE_LIMIT, Reader, for_nio, spoken, whispered
from bot.matrix.untrusted import as_list
from bot.matrix.wire import PATIENCE, Wire
from bot.store.outbox import Ready
from bot.turn.chat import CursorLost, Incoming, News, Page, Refused, TryLater

log = structlog.get_logger()

NO_CURSOR = ("400 M_UNKNOWN", "400 M_INVALID_PARAM")  # what homeservers say to a sync token that isn't one of theirs


@dataclass
class Homeserver:
    """The homeserver with the bot logged in; implements `bot.turn.chat.Chat`."""

    wire: Wire
    crypto: Crypto
    ears: Ears
    direct: DirectChats
    desk: Desk | None = None
    states: RoomStates = field(default_factory=RoomStates)
    _state_known: bool = field(default=False)
    _outbound: Outbound = field(init=False)

    def __post_init__(self) -> None:
        self._outbound = Outbound(self.wire, self.crypto, self.direct)

    async def sync(self, since: str | None, timeout_ms: int) -> News:
        """What is new since our own token. The first one asks for the rooms' whole state: nio forgets it."""
        answer = await self._answer(since, timeout_ms)
        await self._keys(answer)
        reach("keys.received")
        self._state_known = True
        news = Reader(self.ears, self._opened, self.states).news(answer)
        if any(room.entered is not None for room in news.rooms):
            self._outbound.forget_aliases()
        if self.desk:
            for room_id, raw in spoken(answer):
                self.desk.overhear(room_id, raw)
            await self.desk.hear([*whispered(answer), *self.crypto.take_opened()], self.wire.server_time)
        return replace(news, at=self.wire.server_time, unlockable=self.crypto.opened())

    async def _answer(self, since: str | None, timeout_ms: int) -> dict[str, Any]:
        query = {"filter": json.dumps(FILTER), "timeout": str(timeout_ms), "set_presence": "offline"}
        if since:
            query["since"] = since
        if not self._state_known:
            query["full_state"] = "true"
        try:
            answer = await self.wire.get("/sync", query, seconds=timeout_ms / 1000 + PATIENCE)
        except Refused as error:
            if since and error.reason.startswith(NO_CURSOR):
                raise CursorLost(error.reason) from error
            raise TryLater(f"sync: {error.reason}") from error
        if not isinstance(answer.get("next_batch"), str):
            raise TryLater("sync: an answer without next_batch")
        return answer

    def _opened(self, room_id: str, raw: dict[str, Any]) -> dict[str, Any] | None:
        """Decrypted; a message of a verification is heard at the desk, too."""
        clear = self.crypto.decrypt(room_id, raw)
        if clear and self.desk:
            self.desk.overhear(room_id, raw | {"type": clear.get("type"), "content": clear.get("content")})
        return clear

    async def _keys(self, answer: dict[str, Any]) -> None:
        try:
            self.crypto.receive(for_nio(answer))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.error("nio can't take a sync response", error=type(error).__name__)
        for room_id, raw in spoken(answer):
            self.crypto.recognise(room_id, raw)
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
        for raw in as_list(answer.get("chunk")):
            self.crypto.recognise(room_id, raw)
        return Reader(self.ears, self.crypto.decrypt).page(room_id, answer)

    async def decrypt(self, room_id: str, raw: dict[str, Any]) -> Incoming:
        """Try a locked event again."""
        again = read(raw, self.ears, room_id, self._opened)
        if self.desk:
            await self.desk.hear((), self.wire.server_time)
        return again or Incoming("", "", "bad")

    def may_ask_for_key(self, sender: str, session_id: str) -> bool:
        """Whether there is no question out for it, nor too many others."""
        return self.crypto.may_ask(sender, session_id)

    async def ask_for_key(self, room_id: str, raw: dict[str, Any]) -> None:
        """Ask the sender's device for the key of a locked event."""
        await self.crypto.ask(room_id, raw)

    async def send(self, row: Ready) -> str | None:
        """Do what the row says; a repetition of the same op id is nothing."""
        return await self._outbound.send(row)

    async def join(self, room: str, via: Sequence[str], knock: str = "") -> str:
        """Enter a room, or knock where that is all we may; its id."""
        return await enter(self.wire, room, via, knock)

    async def is_member(self, room: str, person: str) -> bool:
        """Whether they are there now, and we too."""
        return await are_members(self.wire, await self._outbound.room_id(room), (self.ears.user_id, person))

    async def fetch(self, room_id: str, event_id: str) -> Incoming:
        """One event of the room as it is now, its words those of its newest edit."""
        room_id = await self._outbound.room_id(room_id)
        raw = await self.wire.get(f"/rooms/{quote(room_id)}/event/{quote(event_id, safe='')}")
        return newest(raw, self.ears, room_id, self.crypto.decrypt) or Incoming(event_id, "", "bad")

    async def introduce(self, display_name: str) -> None:
        """Bear the name the settings give, if it isn't borne already."""
        path = f"/profile/{quote(self.ears.user_id)}"
        try:
            profile = await self.wire.get(path)
            if profile.get("displayname") != display_name:
                await self.wire.put(f"{path}/displayname", {"displayname": display_name})
        except (Refused, TryLater) as error:
            log.warning("the display name can't be set", reason=error.reason)
