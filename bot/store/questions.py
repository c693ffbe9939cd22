"""Questions of ours that wait for an answer, and the names that a room settled."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.database import Connection, Row, dumps, instant, micros
from bot.store.outbox import Outbox

AT_ONCE = 20  # questions that one bare word may answer
COUNTED = timedelta(days=1)  # how long a question is remembered though it is over, so that they can be counted


@dataclass(frozen=True)
class Question:
    """A question as it was asked. `person` may answer it; empty: anybody in the room.

    `options` are the answers it takes, each a value and what it was called; none means: any words. It came of the
    message `origin` by `asker`. `again`: its answer may be given anew, by a reply or reaction.
    """

    key: str
    plugin: str
    kind: str
    subject: str
    room_id: str
    person: str
    options: Sequence[tuple[str, str]]
    language: str
    asked_at: datetime
    expires_at: datetime
    origin: str = ""
    asker: str = ""
    again: bool = False
    thread: str = ""

    @property
    def id(self) -> str:
        """What its message is about: the subject of replies and reactions to it."""
        return f"question:{self.key}"


class Questions:
    """The tables question and chosen_name."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def ask(self, q: Question) -> None:
        """Remember what was asked; the same key asked again is the same question."""
        await self._db.execute(
            "INSERT INTO question (key, plugin, kind, subject, room_id, person, options, language, asked_at, "
            "expires_at, origin, asker, again, thread) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
            "ON CONFLICT (key) DO UPDATE SET subject = excluded.subject, options = excluded.options, "
            "expires_at = excluded.expires_at, origin = excluded.origin, asker = excluded.asker, answered = 0",
            q.key, q.plugin, q.kind, q.subject, q.room_id, q.person, dumps([list(o) for o in q.options]),
            q.language, micros(q.asked_at), micros(q.expires_at), q.origin, q.asker, int(q.again), q.thread,
        )  # fmt: skip

    async def get(self, question_id: str | None, now: datetime) -> Question | None:
        """The question that a reply or reaction is about, while it waits."""
        kind, _, key = (question_id or "").partition(":")
        if kind != "question":
            return None
        row = await self._db.fetch_one("SELECT * FROM question WHERE key = $1 AND expires_at > $2", key, micros(now))
        return _question(row) if row else None

    async def waiting(self, room_id: str, person: str, now: datetime) -> list[Question]:
        """What this person was asked in this room (or in person), and what anybody there was; newest first."""
        rows = await self._db.fetch(
            "SELECT * FROM question WHERE room_id IN ($1, $2) AND person IN ('', $2) AND answered = 0 "
            "AND expires_at > $3 ORDER BY asked_at DESC, key LIMIT $4",
            room_id, person, micros(now), AT_ONCE,
        )  # fmt: skip
        return [_question(row) for row in rows]

    async def settle(self, key: str) -> None:
        """It has its answer; one that may be answered again waits for nothing but a reply to itself."""
        await self._db.execute("UPDATE question SET answered = 1 WHERE key = $1", key)
        await self._db.execute("DELETE FROM question WHERE key = $1 AND again = 0", key)

    async def withdraw(self, origin: str, kinds: Sequence[str], now: datetime) -> None:
        """What was asked because of this message is over, and its words are dropped."""
        for kind in kinds:
            await self._db.execute(
                "UPDATE question SET subject = '', expires_at = $3 WHERE origin = $1 AND kind = $2",
                origin, kind, micros(now),
            )  # fmt: skip

    async def withdraw_to(self, person: str, kind: str, now: datetime) -> None:
        """What this person was asked of this kind is over, and its words are dropped."""
        await self._db.execute(
            "UPDATE question SET subject = '', expires_at = $3 WHERE person = $1 AND kind = $2",
            person, kind, micros(now),
        )  # fmt: skip

    async def withdraw_from(self, person: str) -> None:
        """This person isn't to be asked what they didn't begin themselves; what hasn't left yet stays unsent."""
        rows = await self._db.fetch("SELECT key FROM question WHERE person = $1 AND asker <> $1", person)
        await Outbox(self._db).drop_unsent([f"question:{row['key']}" for row in rows])
        await self._db.execute(
            "UPDATE question SET subject = '', expires_at = 0 WHERE person = $1 AND asker <> $1", person
        )

    async def comes_of(self, event_id: str, origin: str) -> None:
        """What was asked because of the one message goes with the other, whose words it carries."""
        await self._db.execute("UPDATE question SET origin = $2 WHERE origin = $1", event_id, origin)

    async def count_by(self, asker: str, kind: str, since: datetime) -> int:
        """How many messages of this person led to questions of this kind."""
        row = await self._db.fetch_one(
            "SELECT COUNT(DISTINCT origin) AS n FROM question WHERE asker = $1 AND kind = $2 AND asked_at > $3",
            asker, kind, micros(since),
        )  # fmt: skip
        return int(row["n"]) if row else 0

    async def count_to(self, person: str, kind: str, since: datetime) -> int:
        """How many questions of this kind were put to this person."""
        row = await self._db.fetch_one(
            "SELECT COUNT(*) AS n FROM question WHERE person = $1 AND kind = $2 AND asked_at > $3",
            person, kind, micros(since),
        )  # fmt: skip
        return int(row["n"]) if row else 0

    async def drop_expired(self, now: datetime) -> None:
        """Nobody will answer these any more."""
        await self._db.execute(
            "DELETE FROM question WHERE expires_at <= $1 AND asked_at <= $2", micros(now), micros(now - COUNTED)
        )

    async def choose(self, room_id: str, kind: str, typed: str, chosen: str) -> None:
        """In this room this name stands for that one from now on."""
        await self._db.execute(
            "INSERT INTO chosen_name (room_id, kind, typed, id) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (room_id, kind, typed) DO UPDATE SET id = excluded.id",
            room_id, kind, typed, chosen,
        )  # fmt: skip

    async def chosen(self, room_id: str, kind: str, typed: str) -> str | None:
        """What this name stands for in this room, if somebody settled it."""
        row = await self._db.fetch_one(
            "SELECT id FROM chosen_name WHERE room_id = $1 AND kind = $2 AND typed = $3", room_id, kind, typed
        )
        return str(row["id"]) if row else None


def _question(row: Row) -> Question:
    return Question(
        key=row["key"],
        plugin=row["plugin"],
        kind=row["kind"],
        subject=row["subject"],
        room_id=row["room_id"],
        person=row["person"],
        options=[(value, label) for value, label in json.loads(row["options"])],
        language=row["language"],
        asked_at=instant(row["asked_at"]),
        expires_at=instant(row["expires_at"]),
        origin=row["origin"],
        asker=row["asker"],
        again=bool(row["again"]),
        thread=row["thread"],
    )
