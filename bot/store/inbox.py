"""What was heard: every event once, in order."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.store import counter
from bot.store.database import EPOCH, Row, dumps, instant, micros
from bot.store.early import HELD_BATCH, EarlyEdits
from bot.store.locked import LockedEvents


@dataclass(frozen=True)
class Arrival:
    """An event as it came down the wire, with our verdict on it: `new`, or a reason not to think about it.

    `place` orders the events of one batch; paging back counts down from it. `session_id` is that of a locked one,
    `ratchet` says by which key one that could be read was encrypted.
    """

    event_id: str
    room_id: str
    sender: str
    state: str
    place: int
    content: dict[str, Any] | None = None
    session_id: str = ""
    ratchet: str = ""


@dataclass(frozen=True)
class Waiting:
    """An event to think about."""

    event_id: str
    room_id: str
    sender: str
    received_at: datetime
    content: dict[str, Any]


class Inbox(EarlyEdits, LockedEvents):
    """The tables inbox, handled and subject."""

    async def new_batch(self) -> int:
        """A number for what arrives together; later batches come later."""
        return await counter.take(self._db, "batch")

    async def add(self, batch: int, arrivals: Sequence[Arrival], now: datetime) -> None:
        """Keep these events; one that is known already stays as it is, and one that is another's replay isn't kept."""
        if arrivals:
            await self._db.execute_many(
                "INSERT INTO inbox (event_id, room_id, sender, state, batch, place, received_at, content, session_id, "
                "ratchet) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
                [
                    (a.event_id, a.room_id, a.sender, a.state, batch, a.place, micros(now),
                     dumps(a.content) if a.content is not None else None, a.session_id, a.ratchet)
                    for a in arrivals
                ],
            )  # fmt: skip
        for room_id in {a.room_id for a in arrivals if a.state == "locked"}:
            await self.bound_locked(room_id)

    async def waiting(self, limit: int, held_since: datetime = EPOCH) -> list[Waiting]:
        """The next events to think about, in order; a room with a hole in it waits until that is filled, and one of
        whose messages we asked to see, until it is here; but not longer than since `held_since`: a late answer is
        better than none.
        """
        rows = await self._db.fetch(
            "SELECT event_id, room_id, sender, received_at, content FROM inbox WHERE state = 'new' AND batch < $3 "
            "AND NOT EXISTS (SELECT 1 FROM gap WHERE gap.room_id = inbox.room_id AND gap.batch <= inbox.batch "
            "AND gap.holds = 1 AND gap.found_at > $2) "
            "AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.room_id = inbox.room_id "
            "AND outbox.state = 'waiting' AND outbox.kind = 'fetch' AND outbox.created_at > $2) "
            "ORDER BY batch, place LIMIT $1",
            limit,
            micros(held_since),
            HELD_BATCH,
        )
        return [_waiting(r) for r in rows]

    async def add_after(self, event_id: str, arrival: Arrival, now: datetime) -> None:
        """Keep an event that is to be thought about next after this one, before what came later."""
        row = await self._db.fetch_one("SELECT batch, place FROM inbox WHERE event_id = $1", event_id)
        batch = row["batch"] if row else await self.new_batch()
        await self.add(batch, [replace(arrival, place=row["place"] if row else 0)], now)

    async def done(self, event_id: str, state: str = "done") -> None:
        """Thought about: its words are dropped, its id stays. What turned out to mean nothing is `ignored`."""
        await self._db.execute("UPDATE inbox SET state = $2, content = NULL WHERE event_id = $1", event_id, state)

    async def forget_words(self, event_id: str, room_id: str) -> None:
        """A redacted event's words go at once, with those of its edits, and it is not thought about any more; only
        one of the same room.
        """
        await self._db.execute(
            "UPDATE inbox SET content = NULL, state = CASE WHEN state IN ('new', 'locked') THEN 'ignored' "
            "ELSE state END WHERE event_id = $1 AND room_id = $2",
            event_id,
            room_id,
        )
        await self.drop_held(event_id, room_id)

    async def received(self, event_ids: Sequence[str]) -> dict[str, tuple[datetime, str]]:
        """When each of these was heard, and its state; those never heard are left out."""
        if not event_ids:
            return {}
        these = ", ".join(f"${n}" for n in range(1, len(event_ids) + 1))
        rows = await self._db.fetch(
            f"SELECT event_id, received_at, state FROM inbox WHERE event_id IN ({these})", *event_ids
        )
        return {row["event_id"]: (instant(row["received_at"]), row["state"]) for row in rows}

    async def known(self, event_id: str) -> tuple[str, str] | None:
        """Who sent it and its state, if we heard it."""
        row = await self._db.fetch_one("SELECT sender, state FROM inbox WHERE event_id = $1", event_id)
        return (str(row["sender"]), str(row["state"])) if row else None

    async def claim(self, cause: str, handler: str) -> bool:
        """Whether this handler has this cause for the first time; claims it in the same transaction."""
        changed = await self._db.execute(
            "INSERT INTO handled (cause, handler, outcome) VALUES ($1, $2, 'done') ON CONFLICT DO NOTHING",
            cause,
            handler,
        )
        return changed == 1

    async def handlers(self, cause: str) -> list[str]:
        """The handlers that did something with this cause."""
        rows = await self._db.fetch("SELECT handler FROM handled WHERE cause = $1 AND outcome <> 'failed'", cause)
        return [r["handler"] for r in rows]

    async def outcome(self, cause: str, handler: str, outcome: str) -> None:
        """How it went, if not well; kept beside the claim."""
        await self._db.execute(
            "INSERT INTO handled (cause, handler, outcome) VALUES ($1, $2, $3) "
            "ON CONFLICT (cause, handler) DO UPDATE SET outcome = excluded.outcome",
            cause, handler, outcome,
        )  # fmt: skip

    async def set_subject(self, event_id: str, subject: str) -> None:
        """From now on, whoever replies or reacts to this event speaks of `subject`."""
        await self._db.execute(
            "INSERT INTO subject (event_id, subject) VALUES ($1, $2) ON CONFLICT (event_id) DO UPDATE "
            "SET subject = excluded.subject",
            event_id,
            subject,
        )

    async def subject(self, event_id: str | None, room_id: str) -> str | None:
        """What this event of this room is about, if it is about anything of ours: nobody speaks of it from elsewhere.

        A message of ours to an alias, or to a person, is in whatever room that stands for.
        """
        if event_id is None:
            return None
        row = await self._db.fetch_one(
            "SELECT s.subject FROM subject AS s WHERE s.event_id = $1 AND (EXISTS "
            "(SELECT 1 FROM inbox AS i WHERE i.event_id = $1 AND i.room_id = $2) OR EXISTS "
            "(SELECT 1 FROM outbox AS o WHERE o.event_id = $1 AND (o.room_id = $2 OR o.room_id LIKE '#%' "
            "OR o.room_id LIKE '@%')))",
            event_id,
            room_id,
        )
        return str(row["subject"]) if row else None


def _waiting(row: Row) -> Waiting:
    return Waiting(
        event_id=row["event_id"],
        room_id=row["room_id"],
        sender=row["sender"],
        received_at=instant(row["received_at"]),
        content=json.loads(row["content"]),
    )
