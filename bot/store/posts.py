"""What is to be said: a message is queued once; a card is one message kept up to date, or taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.actions import Priority
from bot.store import counter
from bot.store.database import dumps, instant, micros
from bot.store.echoes import Echoes, transaction_id


@dataclass(frozen=True)
class Post:
    """A row to send. `target` is the op id that is edited, pinned or taken back, or the event that is reacted to
    or fetched.
    """

    op_id: str
    room_id: str
    kind: str
    content: Mapping[str, Any]
    target: str = ""
    subject: str = ""
    asked_by: str = ""
    priority: Priority = Priority.REPLY
    card: bool = False


def _fingerprint(content: Mapping[str, Any]) -> str:
    return _hash(dumps(content))


def _hash(content: str) -> str:
    return sha256(content.encode()).hexdigest()[:32]


def _strand(post: Post) -> str:
    """What reads in order, whatever is more pressing: a thread; outside of threads, what is about one subject."""
    if post.kind != "message":
        return ""
    relation = post.content.get("m.relates_to", {})
    return str(relation["event_id"]) if relation.get("rel_type") == "m.thread" else post.subject


class Posts(Echoes):
    """The table outbox, as those see it who have something to say."""

    async def add(self, post: Post, now: datetime, cause: str = "", not_before: datetime | None = None) -> bool:
        """Queue a message; the same op id a second time is nothing, unless it is a card: then the card
        becomes this, by replacing the words not sent yet, by trying again if it was refused, or by an edit
        of what was sent.
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
        if known["state"] == "dead":
            await self._revive(post, now)
            return True
        if known["state"] == "superseded" or known["fingerprint"] == _fingerprint(post.content):
            return False
        await self._edit(post, now, cause, not_before)
        return True

    async def _revive(self, post: Post, now: datetime) -> None:
        """What was refused was never seen by anybody: it is said anew, behind what was said meanwhile."""
        await self._hurry(post, _strand(post))
        await self._db.execute(
            "UPDATE outbox SET state = 'waiting', room_id = $2, content = $3, fingerprint = $4, subject = $5, "
            "attempts = 0, first_try_at = NULL, reason = '', not_before = $6, seq = $7, priority = $8, strand = $9 "
            "WHERE op_id = $1",
            post.op_id, post.room_id, dumps(post.content), _fingerprint(post.content), post.subject,
            micros(now), await counter.take(self._db, "outbox"), int(post.priority), _strand(post),
        )  # fmt: skip

    async def _edit(self, post: Post, now: datetime, cause: str, not_before: datetime | None) -> None:
        # An edit that has not left yet is overtaken by this one, which takes its turn: the room sees only the newest.
        turn = await self._db.fetch_one(
            "SELECT not_before FROM outbox WHERE target = $1 AND kind = 'edit' AND state = 'waiting' "
            "AND first_try_at IS NULL",
            post.op_id,
        )
        await self._drop_edits(post.op_id)
        # Two changes may come of one cause; the running number keeps their op ids apart, and a replay
        # of the cause never comes here: its (event, handler) is claimed.
        await self._db.execute(
            "UPDATE outbox SET edits = edits + 1, fingerprint = $2 WHERE op_id = $1",
            post.op_id,
            _fingerprint(post.content),
        )
        row = await self._db.fetch_one("SELECT edits FROM outbox WHERE op_id = $1", post.op_id)
        number = row["edits"] if row else 1
        priority = post.priority if post.priority <= Priority.REPLY else max(post.priority, Priority.CARD)
        edit = replace(post, op_id=f"{post.op_id}~{number}~{cause}", kind="edit", target=post.op_id, priority=priority)
        await self._insert(edit, now, instant(turn["not_before"]) if turn else not_before)

    async def _drop_edits(self, op_id: str) -> None:
        await self._db.execute(
            "UPDATE outbox SET state = 'superseded', content = NULL, asked_by = '' WHERE target = $1 "
            "AND kind = 'edit' AND state = 'waiting' AND first_try_at IS NULL",
            op_id,
        )

    async def take_back(self, op_id: str, now: datetime) -> None:
        """Take back a message, its parts and its edits; what has not left never will, and nothing more is
        said under this op id.
        """
        part, number = op_id, 1
        while row := await self._db.fetch_one("SELECT room_id FROM outbox WHERE op_id = $1", part):
            await self._drop_edits(part)
            await self._db.execute(
                "UPDATE outbox SET state = 'superseded', content = NULL WHERE op_id = $1 "
                "AND (state IN ('sent', 'dead') OR (state = 'waiting' AND first_try_at IS NULL))",
                part,
            )
            # A row that is being tried may turn out to be sent: it is taken back after it, in its room's order.
            left = await self._db.fetch(
                "SELECT op_id FROM outbox WHERE (op_id = $1 OR (target = $1 AND kind = 'edit')) "
                "AND (event_id IS NOT NULL OR state = 'waiting') ORDER BY seq",
                part,
            )
            for one in left:
                post = Post(
                    f"{one['op_id']}~redact", row["room_id"], "redact", {}, one["op_id"], priority=Priority.TAKEN_BACK
                )
                await self._insert(post, now, None)
            number += 1
            part = f"{op_id}/{number}"

    async def _insert(self, post: Post, now: datetime, not_before: datetime | None) -> None:
        strand = _strand(post)
        await self._hurry(post, strand)
        content = dumps(post.content)
        await self._db.execute(
            "INSERT INTO outbox (op_id, room_id, seq, kind, target, content, fingerprint, state, priority, "
            "not_before, created_at, subject, asked_by, strand, transaction_id) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
            post.op_id, post.room_id, await counter.take(self._db, "outbox"), post.kind, post.target,
            content, _hash(content), int(post.priority), micros(not_before or now),
            micros(now), post.subject, post.asked_by, strand, transaction_id(post.op_id),
        )  # fmt: skip
        await self.sent_before(post.op_id)

    async def _hurry(self, post: Post, strand: str) -> None:
        """What was said before about the same is as pressing as this, so that this never overtakes it."""
        if not strand or post.priority >= Priority.NEWS:
            return
        await self._db.execute(
            "UPDATE outbox SET priority = $3 WHERE room_id = $1 AND strand = $2 AND strand <> '' "
            "AND state = 'waiting' AND priority > $3",
            post.room_id,
            strand,
            int(post.priority),
        )
