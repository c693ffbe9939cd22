"""Who belongs to which organisation, as they said and as was verified."""

from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Connection, micros


@dataclass(frozen=True)
class Belonging:
    """A person's organisation; `verified` if their homeserver, their account or a steward says so."""

    organisation_id: str
    verified: bool


class People:
    """The table person."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def belonging(self, user_id: str) -> Belonging | None:
        """What is kept of this person."""
        row = await self._db.fetch_one("SELECT organisation_id, verified FROM person WHERE user_id = $1", user_id)
        return Belonging(row["organisation_id"], bool(row["verified"])) if row else None

    async def keep(self, user_id: str, organisation_id: str, verified: bool, now: datetime) -> None:
        """Remember it; the last word counts."""
        await self._db.execute(
            "INSERT INTO person (user_id, organisation_id, verified, said_at) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (user_id) DO UPDATE SET organisation_id = excluded.organisation_id, "
            "verified = excluded.verified, said_at = excluded.said_at",
            user_id, organisation_id, int(verified), micros(now),
        )  # fmt: skip

    async def verified_of(self, organisation_id: str) -> list[str]:
        """The verified people of an organisation, longest known first."""
        rows = await self._db.fetch(
            "SELECT user_id FROM person WHERE organisation_id = $1 AND verified = 1 ORDER BY said_at, user_id",
            organisation_id,
        )
        return [r["user_id"] for r in rows]

    async def said_of(self, organisation_id: str) -> list[str]:
        """Everybody who said that they belong to an organisation, longest known first; proven or not."""
        rows = await self._db.fetch(
            "SELECT user_id FROM person WHERE organisation_id = $1 ORDER BY said_at, user_id", organisation_id
        )
        return [r["user_id"] for r in rows]

    async def organisations(self) -> set[str]:
        """Those that somebody said they belong to."""
        rows = await self._db.fetch("SELECT DISTINCT organisation_id FROM person")
        return {r["organisation_id"] for r in rows}

    async def forget(self, user_id: str) -> None:
        """Drop what is kept of this person."""
        await self._db.execute("DELETE FROM person WHERE user_id = $1", user_id)
