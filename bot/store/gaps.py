"""What is still to be searched of the rooms' past: the holes in what was heard, and the places looked at again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store import counter
from bot.store.database import EPOCH, Connection, Row, instant, micros

# A homeserver knows a repeated transaction id for 24 hours (Synapse): after that only our own events tell.
REMEMBERED = timedelta(hours=20)


@dataclass(frozen=True)
class Gap:
    """A search before `batch` in a room: page back from `token` (from the newest without one), giving places below
    `lowest`, and not before `due_at`. With `holds` the room's later events, and our words there, wait for it.
    """

    room_id: str
    batch: int
    lowest: int = 0
    token: str = ""
    holds: bool = True
    due_at: datetime = EPOCH


class Gaps:
    """The table gap."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def open(self, gap: Gap, now: datetime) -> None:
        """Remember to search."""
        await self._db.execute(
            "INSERT INTO gap (room_id, batch, lowest, token, found_at, holds, due_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            gap.room_id, gap.batch, gap.lowest, gap.token, micros(now), int(gap.holds), micros(gap.due_at),
        )  # fmt: skip

    async def search(self, room_id: str, now: datetime, after: timedelta = timedelta(0)) -> None:
        """Look through the room's past again, from its newest event back; nobody waits for it. One that was to come
        earlier, but isn't due yet, comes then instead: in a room with hole after hole they don't pile up.
        """
        if await self._db.execute(
            "UPDATE gap SET due_at = $3 WHERE room_id = $1 AND holds = 0 AND due_at > $2 AND due_at <= $3",
            room_id,
            micros(now),
            micros(now + after),
        ):
            return
        batch = await counter.take(self._db, "batch")
        await self.open(Gap(room_id, batch, holds=False, due_at=now + after), now)

    async def search_all(self, now: datetime) -> None:
        """Something was missed, nobody knows where: every room is searched, and waits for it."""
        batch = await counter.take(self._db, "batch")
        await self._db.execute(
            "INSERT INTO gap (room_id, batch, lowest, token, found_at, holds, due_at) "
            "SELECT room_id, $1, 0, '', $2, 1, 0 FROM room WHERE membership = 'join'",
            batch,
            micros(now),
        )
        await self._db.execute("UPDATE room SET searched_at = 0")

    async def due(self, now: datetime) -> list[Gap]:
        """The searches to go on with, oldest first; of a room only the oldest, so that events are found in order."""
        rows = await self._db.fetch(
            "SELECT * FROM gap WHERE due_at <= $1 ORDER BY holds DESC, batch, room_id", micros(now)
        )
        first: dict[str, Gap] = {}
        for row in rows:
            first.setdefault(row["room_id"], _gap(row))
        return list(first.values())

    async def next_at(self) -> datetime | None:
        """When the next search is due."""
        row = await self._db.fetch_one("SELECT MIN(due_at) AS due_at FROM gap")
        return instant(row["due_at"]) if row and row["due_at"] is not None else None

    async def holding(self, held_since: datetime) -> set[str]:
        """The rooms that wait for a search begun since then: a late answer is better than none."""
        rows = await self._db.fetch(
            "SELECT DISTINCT room_id FROM gap WHERE holds = 1 AND found_at > $1", micros(held_since)
        )
        return {row["room_id"] for row in rows}

    async def move(self, gap: Gap) -> None:
        """A page was searched: go on from further back."""
        await self._db.execute(
            "UPDATE gap SET lowest = $3, token = $4 WHERE room_id = $1 AND batch = $2",
            gap.room_id, gap.batch, gap.lowest, gap.token,
        )  # fmt: skip

    async def close(self, gap: Gap, now: datetime) -> None:
        """The room's past was searched."""
        await self._db.execute("DELETE FROM gap WHERE room_id = $1 AND batch = $2", gap.room_id, gap.batch)
        await self.searched(gap.room_id, now)

    async def searched(self, room_id: str, now: datetime) -> None:
        """Nothing of the room's past is unknown now."""
        await self._db.execute("UPDATE room SET searched_at = $2 WHERE room_id = $1", room_id, micros(now))

    async def stalest(self, before: datetime) -> str | None:
        """The room whose past wasn't searched for longest, if not since `before`, and isn't about to be."""
        row = await self._db.fetch_one(
            "SELECT room_id FROM room WHERE membership = 'join' AND searched_at < $1 AND NOT EXISTS "
            "(SELECT 1 FROM gap WHERE gap.room_id = room.room_id) ORDER BY searched_at, room_id LIMIT 1",
            micros(before),
        )
        return str(row["room_id"]) if row else None

    async def read_back(self, now: datetime) -> set[str]:
        """Where something waits that was tried so long ago that the homeserver may have it and not know it again: the
        room is searched first, for an event of ours that says so. What goes to an alias or a person may be in any room.
        """
        rows = await self._db.fetch(
            "SELECT DISTINCT outbox.room_id AS lane, room.room_id FROM outbox JOIN room ON room.membership = 'join' "
            "AND room.searched_at < $1 AND (room.room_id = outbox.room_id OR outbox.room_id NOT LIKE '!%') "
            "WHERE outbox.state = 'waiting' AND outbox.first_try_at < $1 AND outbox.kind IN ('message', 'edit')",
            micros(now - REMEMBERED),
        )
        if not rows:
            return set()
        holding = await self.holding(EPOCH)
        batch = await counter.take(self._db, "batch")
        for room_id in {row["room_id"] for row in rows} - holding:
            await self.open(Gap(room_id, batch), now)
        return {row["lane"] for row in rows}

    async def doubt_all(self, now: datetime) -> None:
        """Our device is another one: the homeserver knows none of our transaction ids any more."""
        await self._db.execute(
            "UPDATE outbox SET first_try_at = 0 WHERE state = 'waiting' AND first_try_at IS NOT NULL"
        )
        await self.search_all(now)


def _gap(row: Row) -> Gap:
    due_at = instant(row["due_at"])
    return Gap(row["room_id"], row["batch"], row["lowest"], row["token"], bool(row["holds"]), due_at)
