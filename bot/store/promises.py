"""What was promised to the askers: who is asked next and when, and the times during which a clock stood still."""

from datetime import datetime

from bot.domain.request import Request
from bot.domain.working_time import Interval
from bot.store.database import Connection, instant, micros
from bot.store.requests import as_request


class Promises:
    """The table clock_break, and the promises of the table request."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def to(self, whom: str, limit: int = 1_000_000) -> list[Request]:
        """The open requests for which this council (or rung, for those asked all together) is asked next, soonest
        first.
        """
        rows = await self._db.fetch(
            "SELECT * FROM request WHERE state = 'open' AND promised_to = $1 AND promised_to <> '' "
            "ORDER BY promised_at LIMIT $2",
            whom, limit,
        )  # fmt: skip
        return [as_request(r) for r in rows]

    async def count_to(self, whom: str, but: int, limit: int) -> int:
        """How many these are without the one numbered `but`; counted no further than the limit."""
        row = await self._db.fetch_one(
            "SELECT COUNT(*) AS n FROM (SELECT 1 FROM request WHERE state = 'open' AND promised_to = $1 "
            "AND promised_to <> '' AND number <> $2 LIMIT $3) AS promised",
            whom, but, limit,
        )  # fmt: skip
        return int(row["n"]) if row else 0

    async def due_to(self, whom: str, now: datetime) -> list[Request]:
        """Those of them whose time has come, oldest promise first."""
        rows = await self._db.fetch(
            "SELECT * FROM request WHERE state = 'open' AND promised_to = $1 AND promised_to <> '' "
            "AND promised_at <= $2 ORDER BY promised_at, number",
            whom, micros(now),
        )  # fmt: skip
        return [as_request(r) for r in rows]

    async def promised(self) -> list[str]:
        """All who are asked next for something."""
        rows = await self._db.fetch(
            f"WITH RECURSIVE next (whom) AS (SELECT MIN(promised_to) FROM request WHERE {_PROMISED} "
            f"AND promised_to > '' UNION ALL "
            f"SELECT (SELECT MIN(promised_to) FROM request WHERE {_PROMISED} AND promised_to > next.whom) "
            "FROM next WHERE next.whom IS NOT NULL) SELECT whom FROM next WHERE whom IS NOT NULL"
        )  # from one to the next: however many requests wait for them, each is read once
        return [r["whom"] for r in rows]

    async def stop_clock(self, number: int, now: datetime) -> None:
        """The request's clock stands still from now on; nothing if it does already."""
        await self._db.execute(
            "INSERT INTO clock_break (number, began_at) SELECT $1, $2 WHERE NOT EXISTS "
            "(SELECT 1 FROM clock_break WHERE number = $1 AND ended_at IS NULL) "
            "ON CONFLICT (number, began_at) DO UPDATE SET ended_at = NULL",
            number, micros(now),
        )  # fmt: skip

    async def start_clock(self, number: int, now: datetime) -> None:
        """It goes on."""
        await self._db.execute(
            "UPDATE clock_break SET ended_at = $2 WHERE number = $1 AND ended_at IS NULL", number, micros(now)
        )

    async def breaks(self, number: int, now: datetime) -> list[Interval]:
        """When it stood still, in order; the one that lasts ends now."""
        rows = await self._db.fetch(
            "SELECT began_at, ended_at FROM clock_break WHERE number = $1 ORDER BY began_at", number
        )
        spans = ((instant(r["began_at"]), instant(r["ended_at"]) if r["ended_at"] is not None else now) for r in rows)
        return [(began, ended) for began, ended in spans if began < ended]

    async def made_to(self, whom: str, after: int, limit: int) -> list[Request]:
        """The open requests for which this council (or rung) is asked next, by number, those above `after`."""
        rows = await self._db.fetch(
            "SELECT * FROM request WHERE state = 'open' AND promised_to = $1 AND promised_to <> '' AND number > $2 "
            "ORDER BY number LIMIT $3",
            whom, after, limit,
        )  # fmt: skip
        return [as_request(r) for r in rows]

    async def unkept(self, after: datetime, limit: int) -> tuple[list[Request], datetime | None]:
        """Among so many open requests asked after that instant, those whose promise no timer would keep, or of which
        it isn't known by whom it is to be kept; and the instant to go on from, unless these were the last.
        """
        row = await self._db.fetch_one(
            f"SELECT opened_at FROM request WHERE {_OPEN} AND opened_at > $1 ORDER BY opened_at LIMIT 1 OFFSET $2",
            micros(after), limit - 1,
        )  # fmt: skip
        until = row["opened_at"] if row else _NO_END
        rows = await self._db.fetch(
            f"SELECT * FROM request AS r WHERE {_OPEN} AND opened_at > $1 AND opened_at <= $2 AND "
            "((promised_to = '' AND (promise = '' OR promise LIKE '%\"at\": \"%')) OR (promised_to <> '' AND "
            "NOT EXISTS (SELECT 1 FROM timer WHERE key = 'rung:' || r.number))) ORDER BY opened_at",
            micros(after), until,
        )  # fmt: skip
        return [as_request(r) for r in rows], instant(until) if row else None


_PROMISED = "state = 'open' AND promised_to <> ''"
_OPEN = "state = 'open' AND state IN ('open', 'claimed', 'waiting')"  # the latter as the index says it
_NO_END = 2**62
