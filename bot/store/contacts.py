"""Whom we may ask, and what they were asked: consent, the last time, and the entries that grew old."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.directory import Entry, Relation
from bot.store.database import Connection, instant, micros
from bot.store.questions import Questions


@dataclass(frozen=True)
class Contact:
    """A person's word on being asked: `consent` is "" as long as they said nothing, else "yes" or "no"."""

    user_id: str
    consent: str = ""
    language: str = ""
    last_asked_at: datetime | None = None


class Contacts:
    """The tables contact and reminder."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def get(self, user_id: str) -> Contact:
        """What this person said of being asked."""
        row = await self._db.fetch_one("SELECT * FROM contact WHERE user_id = $1", user_id)
        if row is None:
            return Contact(user_id)
        at = row["last_asked_at"]
        return Contact(user_id, row["consent"], row["language"], instant(at) if at is not None else None)

    async def consenting(self) -> list[str]:
        """Everybody who said that they may be asked."""
        rows = await self._db.fetch("SELECT user_id FROM contact WHERE consent = 'yes' ORDER BY user_id")
        return [r["user_id"] for r in rows]

    async def keep_consent(self, user_id: str, consent: str) -> None:
        """Remember a person's word; the last one counts. After a "no" nothing waits for their answer any more."""
        await self._db.execute(
            "INSERT INTO contact (user_id, consent) VALUES ($1, $2) "
            "ON CONFLICT (user_id) DO UPDATE SET consent = excluded.consent",
            user_id,
            consent,
        )
        if consent == "no":
            await Questions(self._db).withdraw_from(user_id)

    async def keep_language(self, user_id: str, language: str) -> None:
        """Remember the language a person last spoke to us in."""
        await self._db.execute(
            "INSERT INTO contact (user_id, language) VALUES ($1, $2) "
            "ON CONFLICT (user_id) DO UPDATE SET language = excluded.language",
            user_id,
            language,
        )

    async def asked(self, user_id: str, now: datetime) -> None:
        """We wrote to this person."""
        await self._db.execute(
            "INSERT INTO contact (user_id, last_asked_at) VALUES ($1, $2) "
            "ON CONFLICT (user_id) DO UPDATE SET last_asked_at = excluded.last_asked_at",
            user_id,
            micros(now),
        )

    async def reminded(self, entry: Entry, person: str, now: datetime) -> None:
        """This person was asked about this entry."""
        await self._db.execute(
            "INSERT INTO reminder (organisation_id, tool_id, relation, confirmed_on, person, asked_at) "
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organisation_id, tool_id, relation, confirmed_on) "
            "DO UPDATE SET person = excluded.person, asked_at = excluded.asked_at, again_at = NULL",
            *_key(entry), person, micros(now),
        )  # fmt: skip

    async def asked_about(self, entry: Entry) -> datetime | None:
        """When somebody was last asked about this entry."""
        row = await self._db.fetch_one(
            "SELECT asked_at FROM reminder WHERE organisation_id = $1 AND tool_id = $2 AND relation = $3 "
            "AND confirmed_on = $4",
            *_key(entry),
        )
        return instant(row["asked_at"]) if row else None

    async def ask_again(self, entry: Entry, at: datetime) -> None:
        """Not now, but then."""
        await self._db.execute(
            "UPDATE reminder SET again_at = $5 WHERE organisation_id = $1 AND tool_id = $2 AND relation = $3 "
            "AND confirmed_on = $4",
            *_key(entry), micros(at),
        )  # fmt: skip

    async def resting(self, now: datetime) -> set[Entry]:
        """The entries that need no asking at the moment: somebody was asked, and didn't put it off until now."""
        rows = await self._db.fetch(
            "SELECT organisation_id, tool_id, relation, confirmed_on FROM reminder "
            "WHERE again_at IS NULL OR again_at > $1",
            micros(now),
        )
        return {
            Entry(r["organisation_id"], r["tool_id"], Relation(r["relation"]), date.fromisoformat(r["confirmed_on"]))
            for r in rows
        }

    async def forget(self, user_id: str) -> None:
        """Drop what is kept of this person; a "no" stays, or we would ask again."""
        await self._db.execute("DELETE FROM contact WHERE user_id = $1 AND consent <> 'no'", user_id)
        await self._db.execute("UPDATE reminder SET person = '' WHERE person = $1", user_id)


def _key(entry: Entry) -> tuple[str, str, str, str]:
    return entry.organisation_id, entry.tool_id, entry.relation, entry.confirmed_on.isoformat()
