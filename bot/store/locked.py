"""Events that couldn't be decrypted: found without touching what was encrypted, so many and no more."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store.database import Connection, dumps, instant

MOST_LOCKED = 1000  # of one room,
MOST_OF_ONE = 200  # and of one sender there


@dataclass(frozen=True)
class LockedEvent:
    """One of them. `session_id` is the Megolm session it was encrypted with."""

    event_id: str
    room_id: str
    sender: str
    received_at: datetime
    session_id: str


class LockedEvents:
    """The table inbox, as far as it holds what couldn't be read."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def locked(self, room_id: str) -> list[LockedEvent]:
        """A room's, the oldest first."""
        rows = await self._db.fetch(
            "SELECT event_id, room_id, sender, received_at, session_id FROM inbox "
            "WHERE state = 'locked' AND room_id = $1 ORDER BY batch, place",
            room_id,
        )
        return [
            LockedEvent(row["event_id"], row["room_id"], row["sender"], instant(row["received_at"]), row["session_id"])
            for row in rows
        ]

    async def rooms_with_locked(self) -> list[str]:
        """The rooms that have such events."""
        rows = await self._db.fetch("SELECT DISTINCT room_id FROM inbox WHERE state = 'locked' ORDER BY room_id")
        return [str(row["room_id"]) for row in rows]

    async def encrypted(self, event_id: str) -> dict[str, Any] | None:
        """The event as it came; None if it isn't locked (any more)."""
        row = await self._db.fetch_one("SELECT content FROM inbox WHERE event_id = $1 AND state = 'locked'", event_id)
        return dict(json.loads(row["content"])) if row else None

    async def unlock(
        self, event_id: str, content: dict[str, Any] | None, state: str = "new", ratchet: str = ""
    ) -> None:
        """The key came: the event is what it turns out to be, where it stood; a replay of another is nothing."""
        if ratchet and await self._db.fetch_one("SELECT 1 AS one FROM inbox WHERE ratchet = $1", ratchet):
            content, state, ratchet = None, "ignored", ""
        await self._db.execute(
            "UPDATE inbox SET state = $3, content = $2, session_id = '', ratchet = $4 "
            "WHERE event_id = $1 AND state = 'locked'",
            event_id,
            dumps(content) if content is not None else None,
            state,
            ratchet,
        )

    async def bound_locked(self, room_id: str) -> None:
        """Give up a room's locked events beyond so many: who sends what nobody can read fills no disk. Each sender's
        oldest go first, the most talkative's before anybody else's.
        """
        await self._db.execute(
            "UPDATE inbox SET state = 'ignored', content = NULL, session_id = '' WHERE event_id IN ("
            "SELECT event_id FROM (SELECT event_id, nth, ROW_NUMBER() OVER (ORDER BY nth, batch DESC, place DESC) AS n "
            "FROM (SELECT event_id, batch, place, ROW_NUMBER() OVER "
            "(PARTITION BY sender ORDER BY batch DESC, place DESC) AS nth "
            "FROM inbox WHERE state = 'locked' AND room_id = $1) AS theirs) AS all_of_them WHERE nth > $2 OR n > $3)",
            room_id,
            MOST_OF_ONE,
            MOST_LOCKED,
        )
