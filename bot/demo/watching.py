"""What a neutral observer sees: everything said in the rooms it is in, in the homeserver's order."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.people import Client

LONG_POLL_MS = 10_000


BOARD = "📌"  # how the pinned board begins, in every language


@dataclass(frozen=True)
class Seen:
    """One message, edit or reaction, as it came over the wire."""

    event_id: str
    room_id: str
    sender: str
    text: str = ""  # of an edit, the new text
    mentions: tuple[str, ...] = ()
    thread: str | None = None
    reply_to: str | None = None
    replaces: str | None = None
    reacts_to: str | None = None
    key: str = ""

    @property
    def is_message(self) -> bool:
        """A message of its own: neither an edit nor a reaction; nor the pinned board, which nobody speaks to."""
        return self.replaces is None and self.reacts_to is None and not self.text.startswith(BOARD)


Told = Callable[[Seen], None]


class Observer:
    """Watches over /sync, keeps what it saw room by room, and tells whoever listens."""

    def __init__(self, client: Client, told: Told) -> None:
        self._client = client
        self._told = told
        self._more = asyncio.Condition()
        self._rooms: dict[str, list[Seen]] = defaultdict(list)
        self._joined: dict[str, set[str]] = defaultdict(set)

    def seen(self, room_id: str) -> Sequence[Seen]:
        """All that was said in a room so far, oldest first."""
        return self._rooms[room_id]

    async def watch(self) -> None:
        """Look on until cancelled."""
        filter_id = await self._client.watch_filter()
        since: str | None = None
        while True:
            answer = await self._client.sync(filter_id, since, LONG_POLL_MS if since else 0)
            since = answer["next_batch"]
            async with self._more:
                for room_id, room in answer.get("rooms", {}).get("join", {}).items():
                    self._note(room_id, room["timeline"]["events"])
                self._more.notify_all()

    def _note(self, room_id: str, raws: Sequence[Mapping[str, Any]]) -> None:
        for raw in raws:
            if raw["type"] == "m.room.member":
                joined = raw["content"].get("membership") == "join"
                (self._joined[room_id].add if joined else self._joined[room_id].discard)(raw["state_key"])
            elif seen := _seen(room_id, raw):
                self._rooms[room_id].append(seen)
                self._told(seen)

    async def until(self, passes: Callable[[], bool], patience: float) -> bool:
        """Whether it comes to be so within `patience` seconds."""
        try:
            async with asyncio.timeout(patience), self._more:
                await self._more.wait_for(passes)
        except TimeoutError:
            return False
        return True

    async def until_seen(self, room_id: str, event_id: str, patience: float) -> bool:
        """Wait until this event has come round to us."""
        return await self.until(lambda: self.place_of(room_id, event_id) is not None, patience)

    def place_of(self, room_id: str, event_id: str) -> int | None:
        """Where in the room's order this event stands."""
        rooms = self._rooms[room_id]
        return next((n for n in range(len(rooms) - 1, -1, -1) if rooms[n].event_id == event_id), None)

    def has_joined(self, room_id: str, user_id: str) -> bool:
        """Whether this person was seen to enter."""
        return user_id in self._joined[room_id]


def _seen(room_id: str, raw: Mapping[str, Any]) -> Seen | None:
    content = raw["content"]
    relation = content.get("m.relates_to", {})
    kind, target = relation.get("rel_type"), relation.get("event_id")
    said = content.get("m.new_content", content)
    if raw["type"] == "m.room.message" and "body" not in said:
        return None  # taken back
    answered = relation.get("m.in_reply_to", {}).get("event_id")
    return Seen(
        raw["event_id"],
        room_id,
        raw["sender"],
        text=str(said.get("body", "")),
        mentions=tuple(content.get("m.mentions", {}).get("user_ids", ())),
        thread=target if kind == "m.thread" else None,
        reply_to=None if relation.get("is_falling_back") else answered,
        replaces=target if kind == "m.replace" else None,
        reacts_to=target if kind == "m.annotation" else None,
        key=str(relation.get("key", "")),
    )
