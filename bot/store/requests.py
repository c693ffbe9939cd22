"""Help requests, their history, and the calls made for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.request import SETTLED, Kind, Request, State
from bot.store import counter
from bot.store.calls import Call, Calls
from bot.store.database import Row, instant, micros

__all__ = ["Call", "Requests", "Step"]


@dataclass(frozen=True)
class Step:
    """One thing that happened to a request."""

    at: datetime
    who: str
    what: str
    note: str


class Requests(Calls):
    """The tables request, request_step and call."""

    async def next_number(self) -> int:
        """A number for a new request."""
        return await counter.take(self._db, "request")

    async def add(self, r: Request) -> None:
        """Keep a new request."""
        await self._db.execute(
            "INSERT INTO request (number, question_event, room_id, thread, asker, asker_organisation, tool_id, "
            "tool_name, text, language, state, opened_at, changed_at, kind, topic, asked_in, target_seconds, "
            "respond_by) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
            r.number, r.question_event, r.room_id, r.thread, r.asker, r.asker_organisation, r.tool_id,
            r.tool_name, r.text, r.language, r.state, micros(r.opened_at), micros(r.changed_at),
            r.kind, r.topic, r.asked_in, r.target_seconds, _micros(r.respond_by),
        )  # fmt: skip

    async def keep(self, r: Request) -> None:
        """Write what can change of a request."""
        await self._db.execute(
            "UPDATE request SET tool_id = $2, tool_name = $3, text = $4, state = $5, claimer = $6, "
            "claimer_organisation = $7, answerer = $8, answerer_organisation = $9, changed_at = $10, "
            "answered_at = $11, resolved_at = $12, ladder = $13, rung = $14, promise = $15, answer = $16, "
            "answer_event = $17, room_id = $18, thread = $19, asked_in = $20, duplicate_of = $21, cards = $22, "
            "round = $23, repeats = $24, promised_to = $25, promised_at = $26, rung_since = $27, responded_at = $28, "
            "response_seconds = $29, target_seconds = $30, respond_by = $31 WHERE number = $1",
            r.number, r.tool_id, r.tool_name, r.text, r.state, r.claimer, r.claimer_organisation, r.answerer,
            r.answerer_organisation, micros(r.changed_at), _micros(r.answered_at), _micros(r.resolved_at), r.ladder,
            r.rung, r.promise, r.answer, r.answer_event, r.room_id, r.thread, r.asked_in, r.duplicate_of, r.cards,
            r.round, r.repeats, r.promised_to, _micros(r.promised_at), _micros(r.rung_since),
            _micros(r.responded_at), r.response_seconds, r.target_seconds, _micros(r.respond_by),
        )  # fmt: skip
        await self.weigh(r)
        await self._db.execute(
            "UPDATE watcher SET settled = $2 WHERE number = $1 AND settled <> $2", r.number, int(r.state in SETTLED)
        )

    async def erase_answer(self, event_id: str) -> None:
        """The answer was taken back: its words are gone for good."""
        await self._db.execute(
            "UPDATE request SET answer = '' WHERE answer_event = $1 AND answer_event <> ''", event_id
        )

    async def get(self, number: int) -> Request | None:
        """The request with this number."""
        row = await self._db.fetch_one("SELECT * FROM request WHERE number = $1", number)
        return as_request(row) if row else None

    async def of_question(self, event_id: str) -> Request | None:
        """The request opened by this message."""
        row = await self._db.fetch_one("SELECT * FROM request WHERE question_event = $1", event_id)
        return as_request(row) if row else None

    async def anchor(self, r: Request) -> str | None:
        """The message of its room that stands for it: the question, or its card (None until that is sent)."""
        if not r.is_elsewhere:
            return r.question_event
        row = await self._db.fetch_one("SELECT event_id FROM outbox WHERE op_id = $1", r.card_op)
        return row["event_id"] if row else None

    async def unanswered(self, limit: int) -> list[Request]:
        """What is open, claimed or waiting, oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM request WHERE state IN ('open', 'claimed', 'waiting') ORDER BY opened_at LIMIT $1",
            limit,
        )
        return [as_request(r) for r in rows]

    async def count_unanswered(self) -> int:
        """How many are open, claimed or waiting."""
        row = await self._db.fetch_one(
            "SELECT COUNT(*) AS n FROM request WHERE state IN ('open', 'claimed', 'waiting')"
        )
        return int(row["n"]) if row else 0

    async def add_step(self, number: int, at: datetime, who: str, what: str, note: str = "") -> None:
        """Write into the history."""
        await self._db.execute(
            "INSERT INTO request_step (number, step, at, who, what, note) VALUES ($1, "
            "(SELECT COALESCE(MAX(step), 0) + 1 FROM request_step WHERE number = $1), $2, $3, $4, $5)",
            number, micros(at), who, what, note,
        )  # fmt: skip

    async def steps(self, number: int) -> list[Step]:
        """The history, oldest first."""
        rows = await self._db.fetch(
            "SELECT at, who, what, note FROM request_step WHERE number = $1 ORDER BY step", number
        )
        return [Step(instant(r["at"]), r["who"], r["what"], r["note"]) for r in rows]

    async def count_steps(self, number: int, what: str) -> int:
        """How often this happened to the request."""
        row = await self._db.fetch_one(
            "SELECT COUNT(*) AS n FROM request_step WHERE number = $1 AND what = $2", number, what
        )
        return int(row["n"]) if row else 0

    async def in_hand(self, claimer: str) -> list[Request]:
        """What this person has taken and not answered yet, oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM request WHERE claimer = $1 AND state IN ('claimed', 'waiting') ORDER BY opened_at", claimer
        )
        return [as_request(r) for r in rows]

    async def unanswered_of(self, asker: str) -> list[Request]:
        """What this person asked and is still waiting for, oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM request WHERE asker = $1 AND state IN ('open', 'claimed', 'waiting') ORDER BY opened_at",
            asker,
        )
        return [as_request(r) for r in rows]

    async def unanswered_in(self, room_id: str, limit: int = 1_000_000) -> list[Request]:
        """What is waiting in this room, oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM request WHERE room_id = $1 AND state IN ('open', 'claimed', 'waiting') "
            "ORDER BY opened_at LIMIT $2",
            room_id,
            limit,
        )
        return [as_request(r) for r in rows]

    async def count_unanswered_in(self, room_id: str) -> int:
        """How many are waiting in this room."""
        row = await self._db.fetch_one(
            "SELECT COUNT(*) AS n FROM request WHERE room_id = $1 AND state IN ('open', 'claimed', 'waiting')", room_id
        )
        return int(row["n"]) if row else 0

    async def answered_in(self, room_id: str) -> list[Request]:
        """What is answered in this room and not settled yet."""
        rows = await self._db.fetch("SELECT * FROM request WHERE room_id = $1 AND state = 'answered'", room_id)
        return [as_request(r) for r in rows]

    async def show(self, past: Sequence[int], number: int) -> None:
        """These past requests are shown to whoever asked this one."""
        await self._db.execute_many(
            "INSERT INTO shown_answer (past, number) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            [(p, number) for p in past],
        )

    async def shown_to(self, past: int) -> list[Request]:
        """To whose requests this past one was shown."""
        rows = await self._db.fetch(
            "SELECT * FROM request WHERE number IN (SELECT number FROM shown_answer WHERE past = $1)", past
        )
        return [as_request(r) for r in rows]

    async def be_quiet(self, place: str, until: datetime) -> None:
        """Offer nothing more there until then."""
        await self._db.execute(
            "INSERT INTO quiet (place, until) VALUES ($1, $2) ON CONFLICT (place) DO UPDATE SET until = excluded.until",
            place,
            micros(until),
        )

    async def is_quiet(self, place: str, now: datetime) -> bool:
        """Whether something was offered there not long ago."""
        row = await self._db.fetch_one("SELECT until FROM quiet WHERE place = $1", place)
        return row is not None and row["until"] > micros(now)


_INSTANTS = ("opened_at", "changed_at", "answered_at", "resolved_at", "promised_at", "rung_since", "responded_at",
             "respond_by")  # fmt: skip


def _micros(at: datetime | None) -> int | None:
    return micros(at) if at else None


def as_request(row: Row) -> Request:
    """The request that a row of its table is."""
    known: dict[str, Any] = dict(row)
    for name in _INSTANTS:
        known[name] = instant(known[name]) if known[name] is not None else None
    return Request(**known | {"state": State(row["state"]), "kind": Kind(row["kind"])})
