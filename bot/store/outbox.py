"""What is to be said: saved with the change that caused it, sent by its own loop, each once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from bot.store import counter
from bot.store.database import Connection, dumps, instant, micros


@dataclass(frozen=True)
class Post:
    """A row to send. `target` is the op id an edit changes, or the event a reaction is put on."""

    op_id: str
    room_id: str
    kind: str
    content: Mapping[str, Any]
    target: str = ""
    subject: str = ""
    asked_by: str = ""
    priority: int = 0
    card: bool = False


@dataclass(frozen=True)
class Ready:
    """A row whose turn it is. `edits_event` is the event behind an edit's target."""

    op_id: str
    room_id: str
    kind: str
    content: dict[str, Any]
    target: str
    edits_event: str | None
    attempts: int
    subject: str
    not_before: datetime


LATEST = datetime.max.replace(tzinfo=UTC)


def _fingerprint(content: Mapping[str, Any]) -> str:
    return sha256(dumps(content).encode()).hexdigest()[:32]


class Outbox:
    """The table outbox."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def add(self, post: Post, now: datetime, cause: str = "", not_before: datetime | None = None) -> bool:
        """Queue a message; the same op id a second time is nothing, unless it is a card: then the card
        becomes this, by replacing the words not sent yet, or by an edit of what was sent.
        """
        known = await self._db.fetch_one(
            "SELECT state, first_try_at, fingerprint FROM outbox WHERE op_id = $1", post.op_id
        )
        if known is None:
            await self._insert(post, now, not_before)
            return True
        if not post.card:
            return False
        if known["state"] == "waiting" and known["first_try_at"] is None:
            await self._db.execute(
                "UPDATE outbox SET content = $2, fingerprint = $3 WHERE op_id = $1",
                post.op_id, dumps(post.content), _fingerprint(post.content),
            )  # fmt: skip
            return True
        if known["state"] in ("dead", "superseded") or known["fingerprint"] == _fingerprint(post.content):
            return False
        await self._edit(post, now, cause)
        return True

    async def _edit(self, post: Post, now: datetime, cause: str) -> None:
        # An edit that has not left yet is overtaken by this one: the room sees only the newest state.
        await self._db.execute(
            "UPDATE outbox SET state = 'superseded', content = NULL WHERE target = $1 AND kind = 'edit' "
            "AND state = 'waiting' AND first_try_at IS NULL",
            post.op_id,
        )
        # Two changes may come of one cause; the running number keeps their op ids apart, and a replay
        # of the cause never comes here: its (event, handler) is claimed.
        row = await self._db.fetch_one(
            "SELECT COUNT(*) AS n FROM outbox WHERE target = $1 AND kind = 'edit'", post.op_id
        )
        number = row["n"] if row else 0
        edit = Post(
            op_id=f"{post.op_id}~{number + 1}~{cause}",
            room_id=post.room_id,
            kind="edit",
            content=post.content,
            target=post.op_id,
            subject=post.subject,
            priority=post.priority,
        )
        await self._insert(edit, now, None)
        await self._db.execute(
            "UPDATE outbox SET fingerprint = $2 WHERE op_id = $1", post.op_id, _fingerprint(post.content)
        )

    async def _insert(self, post: Post, now: datetime, not_before: datetime | None) -> None:
        await self._db.execute(
            "INSERT INTO outbox (op_id, room_id, seq, kind, target, content, fingerprint, state, priority, "
            "not_before, created_at, subject, asked_by) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
            post.op_id, post.room_id, await counter.take(self._db, "outbox"), post.kind, post.target,
            dumps(post.content), _fingerprint(post.content), post.priority, micros(not_before or now),
            micros(now), post.subject, post.asked_by,
        )  # fmt: skip

    async def rooms(self) -> list[tuple[str, datetime]]:
        """The rooms with something to send, the most pressing first, and when the first row of each is due."""
        rows = await self._db.fetch(
            "SELECT room_id, MIN(not_before) AS not_before FROM outbox WHERE state = 'waiting' GROUP BY room_id "
            "ORDER BY MIN(priority), MIN(seq)"
        )
        return [(r["room_id"], instant(r["not_before"])) for r in rows]

    async def first(self, room_id: str, now: datetime = LATEST) -> Ready | None:
        """The room's next row: in order, except that what isn't put off overtakes replies over the budget."""
        row = await self._db.fetch_one(
            "SELECT o.op_id, o.room_id, o.kind, o.content, o.target, o.attempts, o.subject, "
            "o.not_before, t.event_id AS edits_event "
            "FROM outbox AS o LEFT JOIN outbox AS t ON o.kind = 'edit' AND t.op_id = o.target "
            "WHERE o.room_id = $1 AND o.state = 'waiting' "
            "ORDER BY CASE WHEN o.not_before > $2 THEN 1 ELSE 0 END, o.seq LIMIT 1",
            room_id,
            micros(now),
        )
        if row is None:
            return None
        return Ready(
            op_id=row["op_id"],
            room_id=row["room_id"],
            kind=row["kind"],
            content=json.loads(row["content"]),
            target=row["target"],
            edits_event=row["edits_event"],
            attempts=row["attempts"],
            subject=row["subject"],
            not_before=instant(row["not_before"]),
        )

    async def trying(self, op_id: str, now: datetime) -> None:
        """From here on its words are fixed: the homeserver may have them already."""
        await self._db.execute(
            "UPDATE outbox SET attempts = attempts + 1, first_try_at = COALESCE(first_try_at, $2) WHERE op_id = $1",
            op_id,
            micros(now),
        )

    async def sent(self, op_id: str, event_id: str | None) -> None:
        """The homeserver has it; its words are dropped, and its replies are traced to its subject."""
        changed = await self._db.execute(
            "UPDATE outbox SET state = 'sent', content = NULL, event_id = $2 WHERE op_id = $1 AND state = 'waiting'",
            op_id,
            event_id,
        )
        if changed and event_id:
            await self._db.execute(
                "INSERT INTO subject (event_id, subject) SELECT event_id, subject FROM outbox "
                "WHERE op_id = $1 AND subject <> '' ON CONFLICT (event_id) DO NOTHING",
                op_id,
            )

    async def dead(self, op_id: str, reason: str) -> None:
        """Refused for good: parked with its reason, which the operator sees."""
        await self._db.execute(
            "UPDATE outbox SET state = 'dead', content = NULL, reason = $2 WHERE op_id = $1 AND state = 'waiting'",
            op_id,
            reason,
        )

    async def refused(self, beginning: str) -> set[str]:
        """The op ids that begin so of what the homeserver refused for good."""
        rows = await self._db.fetch("SELECT op_id FROM outbox WHERE state = 'dead'")
        return {r["op_id"] for r in rows if r["op_id"].startswith(beginning)}

    async def drop_unsent(self, subjects: Sequence[str]) -> None:
        """Don't say what is about these, unless the homeserver may have it already."""
        for subject in subjects:
            await self._db.execute(
                "UPDATE outbox SET state = 'superseded', content = NULL WHERE subject = $1 AND state = 'waiting' "
                "AND first_try_at IS NULL",
                subject,
            )

    async def counts(self) -> dict[str, int]:
        """How many rows are waiting, and how many were parked for good."""
        rows = await self._db.fetch(
            "SELECT state, COUNT(*) AS n FROM outbox WHERE state IN ('waiting', 'dead') GROUP BY state"
        )
        return {"waiting": 0, "dead": 0} | {r["state"]: r["n"] for r in rows}

    async def state(self, op_id: str) -> str | None:
        """Where a message has got to."""
        row = await self._db.fetch_one("SELECT state FROM outbox WHERE op_id = $1", op_id)
        return str(row["state"]) if row else None

    async def slot(self, room_id: str, asked_by: str, per_minute: int, now: datetime) -> tuple[datetime, bool]:
        """When a reply to this person in this room may go out under the budget, and whether it's the first
        to be put off: the `per_minute`-th last reply must be a minute old.
        """
        start = now
        for column, value in (("room_id", room_id), ("asked_by", asked_by)):
            row = await self._db.fetch_one(
                f"SELECT not_before FROM outbox WHERE {column} = $1 AND asked_by <> '' "
                "ORDER BY not_before DESC LIMIT 1 OFFSET $2",
                value,
                per_minute - 1,
            )
            if row:
                start = max(start, instant(row["not_before"]) + timedelta(minutes=1))
        if start == now:
            return now, False
        later = await self._db.fetch_one(
            "SELECT 1 AS one FROM outbox WHERE room_id = $1 AND asked_by = $2 AND not_before > $3 LIMIT 1",
            room_id, asked_by, micros(now),
        )  # fmt: skip
        return start, later is None
