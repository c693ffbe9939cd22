"""How often the homeserver held back what we had to say, day by day: what the operator can have lifted."""

from datetime import datetime, timedelta

from bot.store.database import Connection

WHAT_TO_DO = (
    "have its administrator lift the account's limit (POST /_synapse/admin/v1/users/{id}/override_ratelimit with "
    '{"messages_per_second": 0, "burst_count": 0})'
)
FEW = 3  # a day: a burst after a restart, which nobody needs to do anything about


class HeldBack:
    """The table held_back."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def count(self, now: datetime, times: int) -> int:
        """It happened so many times more; how many times today."""
        row = await self._db.fetch_one(
            "INSERT INTO held_back (day, times) VALUES ($1, $2) "
            "ON CONFLICT (day) DO UPDATE SET times = held_back.times + $2 RETURNING times",
            _day(now),
            times,
        )
        return int(row["times"]) if row else 0

    async def lately(self, now: datetime) -> int:
        """How many times yesterday and today."""
        row = await self._db.fetch_one(
            "SELECT SUM(times) AS times FROM held_back WHERE day >= $1", _day(now - timedelta(days=1))
        )
        return int(row["times"] or 0) if row else 0

    async def ever(self) -> int:
        """How many times in all."""
        row = await self._db.fetch_one("SELECT SUM(times) AS times FROM held_back")
        return int(row["times"] or 0) if row else 0


def _day(now: datetime) -> str:
    return now.date().isoformat()  # all our instants are UTC
