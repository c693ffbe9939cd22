"""The calls made for help requests, so that the next is asked in turn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.measures import Outcome
from bot.domain.request import Request, State
from bot.store.database import Connection, instant, micros


@dataclass(frozen=True)
class Call:
    """A council was called."""

    rung: int
    organisation_id: str
    person: str
    called_at: datetime
    outcome: Outcome = Outcome.NOTHING_YET


@dataclass(frozen=True)
class Made:
    """A call, on which round's rung it was made, and what came of it."""

    step: tuple[int, int]
    organisation_id: str
    called_at: datetime
    outcome: Outcome


class Calls:
    """The table call, and what weighs on a council."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def weigh(self, request: Request) -> None:
        """Its calls weigh on the councils that were called as long as it is open; kept with each, so that what a
        council has in hand is counted without looking at all that it ever had.
        """
        await self._db.execute(
            "UPDATE call SET waiting = $2 WHERE number = $1 AND waiting <> $2 AND outcome <> 'refused'",
            request.number,
            int(request.state is State.OPEN),
        )

    async def add_call(self, request: Request, organisation_id: str, person: str, now: datetime, rung: int) -> None:
        """A council is called for this request."""
        await self._db.execute(
            "INSERT INTO call (number, round, rung, organisation_id, person, called_at, waiting) "
            "VALUES ($1, $2, $3, $4, $5, $6, (SELECT CASE WHEN state = 'open' THEN 1 ELSE 0 END FROM request "
            "WHERE number = $1)) ON CONFLICT DO NOTHING",
            request.number, request.round, rung, organisation_id, person, micros(now),
        )  # fmt: skip

    async def made(self, number: int) -> list[Made]:
        """Every call ever made for this request, in order."""
        rows = await self._db.fetch(
            "SELECT round, rung, organisation_id, called_at, outcome FROM call WHERE number = $1 "
            "ORDER BY round, rung, called_at, organisation_id",
            number,
        )
        return [
            Made((r["round"], r["rung"]), r["organisation_id"], instant(r["called_at"]), Outcome(r["outcome"]))
            for r in rows
        ]

    async def came_of(
        self, number: int, step: tuple[int, int], organisation_id: str, outcome: Outcome, took: timedelta | None = None
    ) -> None:
        """This came of a call made on that round's rung, after so much of the council's working time."""
        await self._db.execute(
            "UPDATE call SET outcome = $5, response_seconds = $6 "
            "WHERE number = $1 AND round = $2 AND rung = $3 AND organisation_id = $4",
            number, *step, organisation_id, outcome, took // timedelta(seconds=1) if took is not None else None,
        )  # fmt: skip

    async def calls(self, request: Request) -> list[Call]:
        """The calls made for this request since it was last put to the councils, oldest first."""
        rows = await self._db.fetch(
            "SELECT rung, organisation_id, person, called_at, outcome FROM call WHERE number = $1 AND round = $2 "
            "ORDER BY called_at, rung",
            request.number,
            request.round,
        )
        return [
            Call(r["rung"], r["organisation_id"], r["person"], instant(r["called_at"]), Outcome(r["outcome"]))
            for r in rows
        ]

    async def call_again(self, request: Request, call: Call, person: str) -> None:
        """The same call, put to another person of that council."""
        await self._db.execute(
            "UPDATE call SET person = $5 WHERE number = $1 AND round = $2 AND rung = $3 AND organisation_id = $4",
            request.number, request.round, call.rung, call.organisation_id, person,
        )  # fmt: skip

    async def refuse_call(self, request: Request, call: Call) -> None:
        """The homeserver wouldn't have it: nobody heard it, so it weighs on nobody."""
        await self._db.execute(
            "UPDATE call SET outcome = 'refused', waiting = 0 "
            "WHERE number = $1 AND round = $2 AND rung = $3 AND organisation_id = $4",
            request.number, request.round, call.rung, call.organisation_id,
        )  # fmt: skip

    async def waiting_for(self, organisation_id: str, called_since: datetime, limit: int) -> list[int]:
        """The open requests that this council was called for since then and hasn't spoken to, oldest first."""
        rows = await self._db.fetch(
            "SELECT number FROM call WHERE organisation_id = $1 AND called_at > $2 AND waiting = 1 "
            "AND outcome IN ('', 'silent') "
            "GROUP BY number ORDER BY number LIMIT $3",
            organisation_id, micros(called_since), limit,
        )  # fmt: skip
        return [int(r["number"]) for r in rows]

    async def last_called(self, organisation_id: str) -> datetime | None:
        """When this council was last called, for whatever."""
        row = await self._db.fetch_one(
            "SELECT MAX(called_at) AS at FROM call WHERE organisation_id = $1", organisation_id
        )
        return instant(row["at"]) if row and row["at"] is not None else None

    async def last_called_person(self, organisation_id: str) -> str:
        """Who of this council was last called."""
        row = await self._db.fetch_one(
            "SELECT person FROM call WHERE organisation_id = $1 AND person <> '' ORDER BY called_at DESC LIMIT 1",
            organisation_id,
        )
        return str(row["person"]) if row else ""

    async def open_of(self, organisation_id: str, called_since: datetime) -> int:
        """How many requests this council has in hand: claimed by it, or called for since then and still waiting."""
        row = await self._db.fetch_one(
            "SELECT (SELECT COUNT(*) FROM request WHERE state = 'claimed' AND claimer_organisation = $1) + "
            "(SELECT COUNT(DISTINCT number) FROM call "
            "WHERE organisation_id = $1 AND called_at > $2 AND waiting = 1) AS n",
            organisation_id,
            micros(called_since),
        )
        return int(row["n"]) if row else 0
