"""Direct chats that the bot opens: one a person, found again by the account's `m.direct`, never a second one."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bot.matrix.untrusted import as_list
from bot.matrix.wire import Wire, get_if_there
from bot.turn.chat import Refused, TryLater

WITH = "org.townclerk.direct"  # in the room's creation event: whom it was opened for
ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


@dataclass
class DirectChats:
    """The bot's own direct chats (client-server API, "Direct Messaging")."""

    wire: Wire
    user_id: str
    encrypted: bool = True
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def room_with(self, person: str, attempts: int) -> str:
        """The chat with this person, opened if there is none; one at a time, since all are noted in one place.

        Raises Refused if they left it: who goes isn't followed. After a first attempt the rooms are searched
        for one that was opened just before we were killed.
        """
        async with self._lock:
            known = await self._direct()
            if room_id := await self._still_there(known.get(person), person):
                return room_id
            room_id = (await self._opened_before(person) if attempts else "") or await self._open(person)
            await self._remember(known, person, room_id)
            return room_id

    async def _direct(self) -> dict[str, Any]:
        return await get_if_there(self.wire, self._path) or {}

    @property
    def _path(self) -> str:
        return f"/user/{quote(self.user_id)}/account_data/m.direct"

    async def _still_there(self, rooms: object, person: str) -> str:
        for room_id in reversed(as_list(rooms)):
            try:
                membership = await self._membership(str(room_id), person)
            except Refused:
                continue  # we aren't in it any more
            if membership in ("join", "invite"):
                return str(room_id)
            raise Refused("they left our direct chat")
        return ""

    async def _membership(self, room_id: str, person: str) -> str:
        member = await self.wire.get(f"/rooms/{quote(room_id, safe='')}/state/m.room.member/{quote(person, safe='')}")
        return str(member.get("membership"))

    async def _opened_before(self, person: str) -> str:
        """Anybody may name this person in a room of their own: only one that we made counts."""
        joined = (await self.wire.get("/joined_rooms")).get("joined_rooms")
        for room_id in as_list(joined):
            state = await self.wire.get(f"/rooms/{quote(str(room_id))}/state/m.room.create", {"format": "event"})
            ours = state.get("sender") == self.user_id
            if ours and state.get("content", {}).get(WITH) == person:
                return str(room_id)
        return ""

    async def _open(self, person: str) -> str:
        answer = await self.wire.post(
            "/createRoom",
            {
                "preset": "trusted_private_chat",
                "is_direct": True,
                "invite": [person],
                "creation_content": {WITH: person},
                "initial_state": [ENCRYPTION] if self.encrypted else [],
            },
        )
        if not isinstance(answer.get("room_id"), str):
            raise TryLater("createRoom: an answer without room_id")
        return str(answer["room_id"])

    async def _remember(self, known: dict[str, Any], person: str, room_id: str) -> None:
        rooms = known.get(person)
        listed = [room for room in rooms if isinstance(room, str)] if isinstance(rooms, list) else []
        await self.wire.put(self._path, known | {person: [*listed, room_id]})
