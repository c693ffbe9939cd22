"""Who wants to be told how a request goes on."""

from datetime import datetime

from bot.store.database import Connection, instant, micros

# Kept with each watcher, by `Requests.keep` too: so that what a person watches is counted without what they ever did.
_SETTLED = (
    "(SELECT CASE WHEN state IN ('open', 'claimed', 'waiting', 'answered') THEN 0 ELSE 1 END "
    "FROM request WHERE number = {})"
)


class Watchers:
    """The table watcher."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def add(self, number: int, user_id: str, now: datetime) -> None:
        """Tell this person from now on; who is told already is told on."""
        await self._db.execute(
            f"INSERT INTO watcher (number, user_id, since, settled) VALUES ($1, $2, $3, {_SETTLED.format('$1')}) "
            "ON CONFLICT DO NOTHING",
            number,
            user_id,
            micros(now),
        )

    async def drop(self, number: int, user_id: str) -> bool:
        """Tell them no more; False if they weren't told."""
        gone = await self._db.execute("DELETE FROM watcher WHERE number = $1 AND user_id = $2", number, user_id)
        return gone == 1

    async def of(self, number: int) -> list[str]:
        """Everybody who watches this request, the longest first."""
        rows = await self._db.fetch("SELECT user_id FROM watcher WHERE number = $1 ORDER BY since, user_id", number)
        return [r["user_id"] for r in rows]

    async def since(self, number: int, user_id: str) -> datetime | None:
        """Since when this person watches it, if they do."""
        row = await self._db.fetch_one("SELECT since FROM watcher WHERE number = $1 AND user_id = $2", number, user_id)
        return instant(row["since"]) if row else None

    async def count_of(self, user_id: str) -> int:
        """How many requests that aren't settled this person watches."""
        row = await self._db.fetch_one("SELECT COUNT(*) AS n FROM watcher WHERE user_id = $1 AND settled = 0", user_id)
        return int(row["n"]) if row else 0

    async def carry(self, number: int, original: int, now: datetime) -> None:
        """Who watches the one request is told of the other as well."""
        await self._db.execute(
            "INSERT INTO watcher (number, user_id, since, settled) SELECT CAST($2 AS BIGINT), user_id, "
            f"CAST($3 AS BIGINT), {_SETTLED.format('$2')} FROM watcher WHERE number = $1 ON CONFLICT DO NOTHING",
            number,
            original,
            micros(now),
        )

    async def forget(self, user_id: str) -> None:
        """This person watches nothing any more."""
        await self._db.execute("DELETE FROM watcher WHERE user_id = $1", user_id)
