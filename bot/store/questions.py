"""Questions of ours that wait for an answer, and the names that a room settled."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Connection, Row, dumps, instant, micros


@dataclass(frozen=True)
class Question:
    """A question as it was asked. `person` may answer it; empty: anybody in the room.

    `options` are the answers it takes, each a value and what it was called; none means: any words.
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
            "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (key) DO UPDATE SET "
            "subject = excluded.subject, options = excluded.options, expires_at = excluded.expires_at",
            q.key, q.plugin, q.kind, q.subject, q.room_id, q.person, dumps([list(o) for o in q.options]),
            q.language, micros(q.asked_at), micros(q.expires_at),
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
            "SELECT * FROM question WHERE expires_at > $3 AND ((room_id = $1 AND person IN ('', $2)) OR "
            "(room_id = $2 AND person = $2)) ORDER BY asked_at DESC, key",
            room_id,
            person,
            micros(now),
        )
        return [_question(row) for row in rows]

    async def settle(self, key: str) -> None:
        """It has its answer."""
        await self._db.execute("DELETE FROM question WHERE key = $1", key)

    async def drop_expired(self, now: datetime) -> None:
        """Nobody will answer these any more."""
        await self._db.execute("DELETE FROM question WHERE expires_at <= $1", micros(now))

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
    )
