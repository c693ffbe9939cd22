"""The bot's private keys as they are kept: sealed, so that a copy of the database alone opens nothing."""

from bot.store.database import Connection


class Secrets:
    """The table secret. What is kept here was sealed before; the store never sees it open."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def get(self, user_id: str, name: str) -> str | None:
        """The sealed secret of this name."""
        row = await self._db.fetch_one("SELECT sealed FROM secret WHERE user_id = $1 AND name = $2", user_id, name)
        return str(row["sealed"]) if row else None

    async def keep(self, user_id: str, name: str, sealed: str) -> None:
        """Write it, in place of an older one."""
        await self._db.execute(
            "INSERT INTO secret (user_id, name, sealed) VALUES ($1, $2, $3) "
            "ON CONFLICT (user_id, name) DO UPDATE SET sealed = excluded.sealed",
            user_id,
            name,
            sealed,
        )

    async def any(self) -> bool:
        """Whether there is a secret, of whatever account."""
        return await self._db.fetch_one("SELECT 1 AS one FROM secret LIMIT 1") is not None
