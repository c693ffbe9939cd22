"""What is to be said: saved with the change that caused it, sent by its own loop, each once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.store.database import instant, micros
from bot.store.posts import Post, Posts

__all__ = ["Outbox", "Post", "Ready"]


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


LATEST = datetime.max.replace(tzinfo=UTC)
FETCHING = ""  # the room of all that is to be fetched


class Outbox(Posts):
    """The table outbox, as the loop that sends sees it, too."""

    async def rooms(self) -> list[tuple[str, datetime]]:
        """The rooms with something to send, the most pressing first, and when the first row of each is due. What is
        to be fetched comes before all, as if it were a room of its own: reading isn't limited as sending is.
        """
        rows = await self._db.fetch(
            "SELECT room_id, MIN(not_before) AS not_before FROM outbox WHERE state = 'waiting' AND kind <> 'fetch' "
            "GROUP BY room_id ORDER BY MIN(priority), MIN(seq)"
        )
        fetching = await self._db.fetch_one(
            "SELECT MIN(not_before) AS not_before FROM outbox WHERE state = 'waiting' AND kind = 'fetch'"
        )
        found = [(r["room_id"], instant(r["not_before"])) for r in rows]
        if fetching and fetching["not_before"] is not None:
            found.insert(0, (FETCHING, instant(fetching["not_before"])))
        return found

    async def first(self, room_id: str, now: datetime = LATEST) -> Ready | None:
        """The room's next row: in order, except that what isn't put off overtakes replies over the budget."""
        these = "o.kind = 'fetch' AND $1 = ''" if room_id == FETCHING else "o.room_id = $1 AND o.kind <> 'fetch'"
        row = await self._db.fetch_one(
            "SELECT o.op_id, o.room_id, o.seq, o.kind, o.content, o.target, o.attempts, o.subject, "
            "o.not_before, t.event_id AS target_event "
            "FROM outbox AS o LEFT JOIN outbox AS t ON o.kind IN ('edit', 'redact', 'pin', 'unpin') "
            "AND t.op_id = o.target "
            f"WHERE o.state = 'waiting' AND {these} "
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
            target_event=row["target_event"],
            attempts=row["attempts"],
            subject=row["subject"],
            not_before=instant(row["not_before"]),
            seq=row["seq"],
        )

    async def trying(self, op_id: str, now: datetime) -> None:
        """From here on its words are fixed: the homeserver may have them already."""
        await self._db.execute(
            "UPDATE outbox SET attempts = attempts + 1, first_try_at = COALESCE(first_try_at, $2) WHERE op_id = $1",
            op_id,
            micros(now),
        )

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
