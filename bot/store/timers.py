"""What is to be done later: rows, so that a restart forgets nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Connection, Row, instant, micros

OVERDUE = timedelta(minutes=5)  # what falls due is done within seconds, unless something is wrong
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Timer:
    """A timer whose time has come."""

    key: str
    kind: str
    subject: str
    due_at: datetime
    attempts: int


class Timers:
    """The table timer."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def set(self, key: str, kind: str, subject: str, due_at: datetime) -> None:
        """Set the timer, or move it."""
        await self._db.execute(
            "INSERT INTO timer (key, kind, subject, due_at, try_at) VALUES ($1, $2, $3, $4, $4) "
            "ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, subject = excluded.subject, "
            "due_at = excluded.due_at, try_at = excluded.try_at, attempts = 0",
            key, kind, subject, micros(due_at),
        )  # fmt: skip

    async def drop(self, key: str) -> bool:
        """Forget it; True if it was there. Firing a timer is dropping it, with what it caused."""
        return await self._db.execute("DELETE FROM timer WHERE key = $1", key) == 1

    async def put_off(self, key: str, try_at: datetime) -> None:
        """Its handler failed: try again then."""
        await self._db.execute(
            "UPDATE timer SET try_at = $2, attempts = attempts + 1 WHERE key = $1", key, micros(try_at)
        )

    async def due(self, now: datetime, limit: int) -> list[Timer]:
        """What has fallen due, in order."""
        rows = await self._db.fetch(
            "SELECT key, kind, subject, due_at, attempts FROM timer WHERE try_at <= $1 ORDER BY try_at, key LIMIT $2",
            micros(now),
            limit,
        )
        return [_timer(r) for r in rows]

    async def overdue(self, now: datetime) -> list[Timer]:
        """What fell due long ago and isn't done: not tried, or failing; oldest first, so many at the most."""
        columns = "SELECT key, kind, subject, due_at, attempts FROM timer"
        rows = await self._db.fetch(
            f"{columns} WHERE try_at <= $1 UNION {columns} WHERE attempts > 0 AND due_at <= $1 "
            "ORDER BY due_at, key LIMIT $2",
            micros(now - OVERDUE),
            MOST_COUNTED,
        )
        return [_timer(r) for r in rows]

    async def next_at(self) -> datetime | None:
        """When the next one falls due."""
        row = await self._db.fetch_one("SELECT MIN(try_at) AS at FROM timer")
        return instant(row["at"]) if row and row["at"] is not None else None

    async def due_at(self, key: str) -> datetime | None:
        """When this one falls due, if it is set."""
        row = await self._db.fetch_one("SELECT due_at FROM timer WHERE key = $1", key)
        return instant(row["due_at"]) if row else None


def _timer(row: Row) -> Timer:
    return Timer(row["key"], row["kind"], row["subject"], instant(row["due_at"]), row["attempts"])
