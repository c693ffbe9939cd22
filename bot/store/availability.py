"""When councils and their people can be asked, as they said in chat."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.store.database import Connection, micros

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Said:
    """What somebody of a council said of it; empty or None: nothing, so that the settings count.

    `closed` are its own closed days, each from first to last day.
    """

    hours: str = ""  # as `WorkingHours.parse` reads it
    at_most: int | None = None  # questions in hand at a time
    closed: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class Away:
    """A person's days away; without a last day until they say that they are back."""

    user_id: str
    first_day: date
    last_day: date | None

    def covers(self, day: date) -> bool:
        """Whether they are away on this day of theirs."""
        return self.first_day <= day and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        """Whether they are back by this day of theirs."""
        return self.last_day is not None and self.last_day < day


class Availability:
    """The tables availability, closed_days, away, not_asked and calendar_seen."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def said(self, organisation_id: str) -> Said:
        """What was said of this council."""
        row = await self._db.fetch_one(
            "SELECT hours, at_most FROM availability WHERE organisation_id = $1", organisation_id
        )
        closed = await self._db.fetch(
            "SELECT first_day, last_day FROM closed_days WHERE organisation_id = $1 ORDER BY first_day, last_day",
            organisation_id,
        )
        days = tuple((date.fromisoformat(r["first_day"]), date.fromisoformat(r["last_day"])) for r in closed)
        return Said(row["hours"] if row else "", row["at_most"] if row else None, days)

    async def keep_hours(self, organisation_id: str, hours: str, said_by: str, now: datetime) -> None:
        """These are its weekly hours; "" forgets what was said of them."""
        await self._keep(organisation_id, "hours", hours, said_by, now)

    async def keep_at_most(self, organisation_id: str, at_most: int | None, said_by: str, now: datetime) -> None:
        """So many questions at a time; None forgets it."""
        await self._keep(organisation_id, "at_most", at_most, said_by, now)

    async def _keep(self, organisation_id: str, column: str, value: object, said_by: str, now: datetime) -> None:
        await self._db.execute(
            f"INSERT INTO availability (organisation_id, {column}, said_by, said_at) VALUES ($1, $2, $3, $4) "
            f"ON CONFLICT (organisation_id) DO UPDATE SET {column} = excluded.{column}, "
            "said_by = excluded.said_by, said_at = excluded.said_at",
            organisation_id, value, said_by, micros(now),
        )  # fmt: skip

    async def add_closed(self, organisation_id: str, first: date, last: date, said_by: str, said_in: str) -> None:
        """It is closed on these days."""
        await self._db.execute(
            "INSERT INTO closed_days (organisation_id, first_day, last_day, said_by, said_in) "
            "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organisation_id, first_day, last_day) "
            "DO UPDATE SET said_by = excluded.said_by, said_in = excluded.said_in",
            organisation_id, first.isoformat(), last.isoformat(), said_by, said_in,
        )  # fmt: skip

    async def drop_closed(self, organisation_id: str, first: date, last: date) -> list[tuple[date, date]]:
        """It is open after all on these days: what it had said of them, cut to them; what lies around them stays."""
        rows = await self._db.fetch(
            "SELECT * FROM closed_days WHERE organisation_id = $1 AND first_day <= $3 AND last_day >= $2 "
            "ORDER BY first_day, last_day",
            organisation_id, first.isoformat(), last.isoformat(),
        )  # fmt: skip
        await self._db.execute(
            "DELETE FROM closed_days WHERE organisation_id = $1 AND first_day <= $3 AND last_day >= $2",
            organisation_id, first.isoformat(), last.isoformat(),
        )  # fmt: skip
        dropped = []
        for row in rows:
            begin, end = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
            dropped.append((max(begin, first), min(end, last)))
            for left in ((begin, first - _DAY), (last + _DAY, end)):
                if left[0] <= left[1] and begin <= left[0] and left[1] <= end:
                    await self.add_closed(organisation_id, *left, row["said_by"], row["said_in"])
        return dropped

    async def add_away(self, user_id: str, first: date, last: date | None, said_in: str) -> None:
        """This person is away on these days."""
        await self._db.execute(
            "INSERT INTO away (user_id, first_day, last_day, said_in) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (user_id, first_day) DO UPDATE SET last_day = excluded.last_day, said_in = excluded.said_in",
            user_id, first.isoformat(), last.isoformat() if last else "", said_in,
        )  # fmt: skip

    async def drop_away(self, user_id: str, first: date) -> None:
        """This person isn't, or won't be, away from that day on after all."""
        await self._db.execute("DELETE FROM away WHERE user_id = $1 AND first_day = $2", user_id, first.isoformat())

    async def away(self, people: Sequence[str]) -> list[Away]:
        """When these people are away, past days too."""
        found = []
        for person in people:
            rows = await self._db.fetch("SELECT * FROM away WHERE user_id = $1 ORDER BY first_day", person)
            found += [_away(r["user_id"], r["first_day"], r["last_day"]) for r in rows]
        return found

    async def take_back(self, said_in: str) -> tuple[list[str], list[str]]:
        """What was said in this message was never said: the councils and the people it was about, each once."""
        closed = await self._db.fetch("SELECT organisation_id FROM closed_days WHERE said_in = $1", said_in)
        away = await self._db.fetch("SELECT user_id FROM away WHERE said_in = $1", said_in)
        await self._db.execute("DELETE FROM closed_days WHERE said_in = $1", said_in)
        await self._db.execute("DELETE FROM away WHERE said_in = $1", said_in)
        return sorted({r["organisation_id"] for r in closed}), sorted({r["user_id"] for r in away})

    async def dont_ask(self, organisation_id: str, tool_id: str, said_by: str, now: datetime) -> None:
        """This council doesn't want to be asked about this tool."""
        await self._db.execute(
            "INSERT INTO not_asked (organisation_id, tool_id, said_by, said_at) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT DO NOTHING",
            organisation_id, tool_id, said_by, micros(now),
        )  # fmt: skip

    async def ask_again(self, organisation_id: str, tool_id: str) -> bool:
        """It may be asked about it after all; True if it didn't want to be."""
        done = await self._db.execute(
            "DELETE FROM not_asked WHERE organisation_id = $1 AND tool_id = $2", organisation_id, tool_id
        )
        return done > 0

    async def not_asked(self, tool_id: str) -> set[str]:
        """The councils that don't want to be asked about this tool."""
        rows = await self._db.fetch("SELECT organisation_id FROM not_asked WHERE tool_id = $1", tool_id)
        return {r["organisation_id"] for r in rows}

    async def not_asked_of(self, organisation_id: str) -> list[str]:
        """The tools that this council doesn't want to be asked about."""
        rows = await self._db.fetch(
            "SELECT tool_id FROM not_asked WHERE organisation_id = $1 ORDER BY tool_id", organisation_id
        )
        return [r["tool_id"] for r in rows]

    async def calendars_seen(self) -> dict[str, str]:
        """Each council's calendar as it was when promises were last made by it: a fingerprint."""
        rows = await self._db.fetch("SELECT organisation_id, fingerprint FROM calendar_seen")
        return {r["organisation_id"]: r["fingerprint"] for r in rows}

    async def see_calendars(self, fingerprints: Iterable[tuple[str, str]]) -> None:
        """Promises are made by these now."""
        await self._db.execute_many(
            "INSERT INTO calendar_seen (organisation_id, fingerprint) VALUES ($1, $2) "
            "ON CONFLICT (organisation_id) DO UPDATE SET fingerprint = excluded.fingerprint",
            fingerprints,
        )

    async def forget(self, user_id: str) -> None:
        """Drop what is kept of this person."""
        await self._db.execute("DELETE FROM away WHERE user_id = $1", user_id)


def _away(user_id: str, first_day: str, last_day: str) -> Away:
    return Away(user_id, date.fromisoformat(first_day), date.fromisoformat(last_day) if last_day else None)
