"""Edits that came before what they change: held behind everything else until that was thought about."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.store.database import Connection, dumps, micros

HELD_BATCH = 2**62  # behind all other batches
AFTER_ALL = 2**61  # a place behind all others of a batch
MOST_HELD = 1000  # of one room,
MOST_OF_ONE = 20  # and of one sender there: a stranger's flood costs nobody else's edit
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
            "WHERE state = 'new' AND batch = $1 AND received_at < $2",
            HELD_BATCH,
            micros(now - LONGEST_HELD),
        )
        for one, most in ((True, MOST_OF_ONE), (False, MOST_HELD)):
            await self._keep_newest(event_id, most, of_one=one)

    async def _keep_newest(self, event_id: str, most: int, *, of_one: bool) -> None:
        """Of the edits held in this event's room, or of its sender there, the oldest are given up beyond so many."""
        near = "inbox.room_id = e.room_id" + (" AND inbox.sender = e.sender" if of_one else "")
        held = f"SELECT inbox.place FROM inbox JOIN inbox AS e ON e.event_id = $1 AND {near} "
        await self._db.execute(
            "UPDATE inbox SET state = 'ignored', content = NULL WHERE event_id IN "
            "(SELECT inbox.event_id FROM inbox JOIN inbox AS e ON e.event_id = $1 AND "
            f"{near} WHERE inbox.state = 'new' AND inbox.batch = $2 AND inbox.place <= ({held}"
            "WHERE inbox.state = 'new' AND inbox.batch = $2 ORDER BY inbox.place DESC LIMIT 1 OFFSET $3))",
            event_id,
            HELD_BATCH,
            most,
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
