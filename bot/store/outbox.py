"""What is to be said: saved with the change that caused it, sent by its own loop, each once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.actions import Priority
from bot.store.database import Row, instant, micros
from bot.store.posts import Post, Posts

__all__ = ["Head", "Outbox", "Post", "Ready"]


@dataclass(frozen=True)
class Ready:
    """A row whose turn it is. `target_event` is the event behind the target of what is done to a message of ours."""

    op_id: str
    room_id: str
    kind: str
    content: dict[str, Any]
    target: str
    target_event: str | None
    attempts: int
    subject: str
    not_before: datetime
    seq: int = 0  # another one, when what was refused is tried anew
    priority: Priority = Priority.REPLY


@dataclass(frozen=True)
class Head:
    """Where it goes on in a lane, a room or `FETCHING`: the places (`seq`) of what has waited longest and of what is
    most pressing. With nothing due, something is from `at` on.
    """

    lane: str
    at: datetime
    priority: Priority = Priority.LEAVING
    oldest: int = 0
    pressing: int = 0


FETCHING = ""  # the lane of all that is to be fetched
DONE_TO_OURS = ("edit", "redact", "pin", "unpin")
SPAN = 2**40  # of the numbers `seq`: above them a priority fits into the same integer


class Outbox(Posts):
    """The table outbox, as the loop that sends sees it, too."""

    async def heads(self, now: datetime) -> list[Head]:
        """The lanes in which something waits, the most pressing first: each room, and one for all that is fetched,
        since reading isn't limited as sending is. What is done to a message of ours waits until that has left.
        """
        rows = await self._db.fetch(
            "SELECT lane, MIN(CASE WHEN not_before <= $1 THEN seq END) AS oldest, "
            f"MIN(CASE WHEN not_before <= $1 THEN priority * {SPAN} + seq END) AS pressing, "
            "MIN(not_before) AS not_before FROM ("
            "SELECT CASE WHEN o.kind = 'fetch' THEN '' ELSE o.room_id END AS lane, o.seq, o.priority, o.not_before "
            "FROM outbox AS o WHERE o.state = 'waiting' AND NOT (o.kind IN ('edit', 'redact', 'pin', 'unpin') AND "
            "EXISTS (SELECT 1 FROM outbox AS t WHERE t.op_id = o.target AND t.state = 'waiting'))) AS waiting "
            "GROUP BY lane",
            micros(now),
        )
        heads = [
            Head(r["lane"], instant(r["not_before"]))
            if r["oldest"] is None
            else Head(
                r["lane"], instant(r["not_before"]), Priority(r["pressing"] // SPAN), r["oldest"], r["pressing"] % SPAN
            )
            for r in rows
        ]
        return sorted(heads, key=lambda head: (head.priority, head.pressing))

    async def take(self, places: Sequence[int], now: datetime) -> list[Ready]:
        """These rows by their `seq`, their words fixed from now on: the homeserver may have them soon. What is to be
        done to a message that was never sent is dropped.
        """
        if not places:
            return []
        numbers = ", ".join(f"${number}" for number in range(1, len(places) + 1))
        rows = await self._db.fetch(
            "SELECT o.op_id, o.room_id, o.seq, o.kind, o.content, o.target, o.attempts, o.subject, o.priority, "
            "o.not_before, t.event_id AS target_event "
            "FROM outbox AS o LEFT JOIN outbox AS t ON o.kind IN ('edit', 'redact', 'pin', 'unpin') "
            f"AND t.op_id = o.target WHERE o.state = 'waiting' AND o.seq IN ({numbers})",
            *places,
        )
        taken = []
        for row in rows:
            if row["kind"] in DONE_TO_OURS and row["target_event"] is None:
                await self.needless(row["op_id"])
            else:
                taken.append(_ready(row))
        if taken:
            numbers = ", ".join(f"${number}" for number in range(2, len(taken) + 2))
            await self._db.execute(
                "UPDATE outbox SET attempts = attempts + 1, first_try_at = COALESCE(first_try_at, $1) "
                f"WHERE state = 'waiting' AND seq IN ({numbers})",
                micros(now), *(row.seq for row in taken),
            )  # fmt: skip
        return taken

    async def untried(self, op_id: str) -> None:
        """The homeserver didn't look at it (429): if that was its only try, its words may change again."""
        await self._db.execute(
            "UPDATE outbox SET first_try_at = CASE WHEN attempts = 1 THEN NULL ELSE first_try_at END, "
            "attempts = attempts - 1 WHERE op_id = $1 AND state = 'waiting' AND attempts > 0",
            op_id,
        )

    async def drop_late_reactions(self, before: datetime) -> None:
        """An emoji that never left and is older than this says nothing any more that its message didn't say."""
        await self._db.execute(
            "UPDATE outbox SET state = 'superseded', content = NULL WHERE state = 'waiting' AND kind = 'reaction' "
            "AND first_try_at IS NULL AND created_at < $1",
            micros(before),
        )

    async def oldest_reply(self) -> datetime | None:
        """Since when the longest waiting of those has waited who asked something; not of those over their budget."""
        row = await self._db.fetch_one(
            f"SELECT MIN(not_before) AS since FROM outbox WHERE state = 'waiting' AND priority = {Priority.REPLY:d}"
        )
        return instant(row["since"]) if row and row["since"] is not None else None

    async def dead(self, op_id: str, reason: str) -> None:
        """Refused for good: parked with its reason, which the operator sees. The words of an edit were not shown:
        said again, they are tried again.
        """
        await self._db.execute(
            "UPDATE outbox SET fingerprint = '' WHERE (op_id, fingerprint) IN "
            "(SELECT target, fingerprint FROM outbox WHERE op_id = $1 AND kind = 'edit' AND state = 'waiting')",
            op_id,
        )
        await self._db.execute(
            "UPDATE outbox SET state = 'dead', content = NULL, reason = $2 WHERE op_id = $1 AND state = 'waiting'",
            op_id,
            reason,
        )

    async def needless(self, op_id: str) -> None:
        """There is nothing to do it to."""
        await self._db.execute(
            "UPDATE outbox SET state = 'superseded', content = NULL WHERE op_id = $1 AND state = 'waiting'", op_id
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

    async def fetch_when_unlocked(self, row: Ready, now: datetime) -> None:
        """What was fetched can't be read: it is fetched again when its key comes, if it is kept until then."""
        if not await self._db.fetch_one("SELECT 1 FROM inbox WHERE event_id = $1 AND state = 'locked'", row.target):
            return
        again = Post(
            f"{row.op_id}~unlocked", row.room_id, "fetch", row.content, row.target, row.subject, priority=row.priority
        )
        await self._insert(again, now, None)
        await self._db.execute("UPDATE outbox SET state = 'superseded' WHERE op_id = $1", again.op_id)

    async def unlocked(self, event_id: str) -> None:
        """The key of this event came."""
        await self._db.execute(
            "UPDATE outbox SET state = 'waiting' "
            "WHERE kind = 'fetch' AND state = 'superseded' AND target = $1 AND content IS NOT NULL",
            event_id,
        )

    async def is_fetching(self, room_id: str) -> bool:
        """Whether a message of this room that we asked to see isn't here yet."""
        row = await self._db.fetch_one(
            "SELECT 1 AS one FROM outbox WHERE room_id = $1 AND state = 'waiting' AND kind = 'fetch' LIMIT 1", room_id
        )
        return row is not None

    async def counts(self) -> dict[str, int]:
        """How many rows are waiting, and how many were parked for good."""
        rows = await self._db.fetch(
            "SELECT 'waiting' AS state, COUNT(*) AS n FROM outbox WHERE state = 'waiting' "
            "UNION ALL SELECT 'dead', COUNT(*) FROM outbox WHERE state = 'dead'"
        )
        return {r["state"]: r["n"] for r in rows}

    async def state(self, op_id: str) -> str | None:
        """Where a message has got to."""
        row = await self._db.fetch_one("SELECT state FROM outbox WHERE op_id = $1", op_id)
        return str(row["state"]) if row else None

    async def event_of(self, op_id: str) -> str | None:
        """The event that this message became, if it was sent and not taken back."""
        row = await self._db.fetch_one("SELECT event_id FROM outbox WHERE op_id = $1 AND state = 'sent'", op_id)
        return str(row["event_id"]) if row and row["event_id"] else None

    async def room_of(self, op_id: str) -> str | None:
        """Where this message is said."""
        row = await self._db.fetch_one("SELECT room_id FROM outbox WHERE op_id = $1", op_id)
        return str(row["room_id"]) if row else None

    async def op_of(self, event_id: str) -> str | None:
        """Which message of ours this event is."""
        row = await self._db.fetch_one("SELECT op_id FROM outbox WHERE event_id = $1", event_id)
        return str(row["op_id"]) if row else None

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
            "SELECT 1 AS one FROM outbox WHERE room_id = $1 AND asked_by = $2 AND asked_by <> '' "
            "AND not_before > $3 LIMIT 1",
            room_id, asked_by, micros(now),
        )  # fmt: skip
        return start, later is None


def _ready(row: Row) -> Ready:
    return Ready(
        op_id=row["op_id"],
        room_id=row["room_id"],
        kind=row["kind"],
        content=json.loads(row["content"]),
        target=row["target"],
        target_event=row["target_event"],
        attempts=row["attempts"],
        subject=row["subject"],
        not_before=instant(row["not_before"]),
        seq=row["seq"],
        priority=Priority(row["priority"]),
    )
