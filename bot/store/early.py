"""Edits that came before what they change: held behind everything else until that was thought about."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.store.database import Connection, dumps, micros

HELD_BATCH = 2**62  # behind all other batches
AFTER_ALL = 2**61  # a place behind all others of a batch
MOST_HELD = 1000
LONGEST_HELD = timedelta(days=1)


class EarlyEdits:
    """The table inbox, as far as it holds edits back."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def hold(self, event_id: str, content: Mapping[str, Any], now: datetime) -> None:
        """Think about this edit when what it changes has been thought about; not for ever, and not of too many."""
        await self._db.execute(
            "UPDATE inbox SET batch = $2, content = $3, place = 1 + (SELECT COALESCE(MAX(h.place), $4) "
            "FROM inbox AS h WHERE h.state = 'new' AND h.batch = $2) WHERE event_id = $1",
            event_id,
            HELD_BATCH,
            dumps({"target": content["target"], **content}),  # in front: so it is found without reading the words
            AFTER_ALL,
        )
        await self._db.execute(
            "UPDATE inbox SET state = 'ignored', content = NULL "
            "WHERE state = 'new' AND batch = $1 AND (received_at < $2 OR place <= "
            "(SELECT h.place FROM inbox AS h WHERE h.state = 'new' AND h.batch = $1 "
            "ORDER BY h.place DESC LIMIT 1 OFFSET $3))",
            HELD_BATCH,
            micros(now - LONGEST_HELD),
            MOST_HELD,
        )

    async def release(self, target: str, room_id: str) -> None:
        """The edits of this event that were held have their turn, in the order they came."""
        await self._db.execute(
            "UPDATE inbox SET batch = (SELECT t.batch FROM inbox AS t WHERE t.event_id = $5) "
            "WHERE state = 'new' AND batch = $1 AND room_id = $2 AND substr(content, 1, $4) = $3",
            *_those_of(target, room_id),
            target,
        )

    async def drop_held(self, target: str, room_id: str) -> None:
        """This event was taken back, and with it the words that would have replaced its own."""
        await self._db.execute(
            "UPDATE inbox SET state = 'ignored', content = NULL "
            "WHERE state = 'new' AND batch = $1 AND room_id = $2 AND substr(content, 1, $4) = $3",
            *_those_of(target, room_id),
        )


def _those_of(target: str, room_id: str) -> tuple[int, str, str, int]:
    """The held edits of an event: their batch, room, and how their content begins."""
    beginning = dumps({"target": target})[:-1] + ","
    return HELD_BATCH, room_id, beginning, len(beginning)
