"""Answers kept for whoever asks the same again, found by the words that carry the question's meaning."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations

from bot.store.database import Connection, Row, dumps

MOST_WORDS = 64  # of a question, to be searched for
MOST_COMBINED = 5  # words too common to be searched for alone, but together
MOST_LISTED = 30_000  # answers with a word: above this, it is only searched for together with a rarer one

# A word in a mark is never read by the engine: nothing a person types is an operator, too long, or no letter at all.
Mark = str
_AND_OR = {"sqlite": (" AND ", " OR "), "postgres": (" & ", " | ")}


@dataclass(frozen=True)
class Found:
    """An answer that may fit."""

    number: int
    tool_id: str
    room_id: str
    words: tuple[str, ...]


class Answers:
    """The tables past_answer, past_answer_mark and, on SQLite, past_answer_index."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def keep(self, number: int, tool_id: str, room_id: str, words: Iterable[str]) -> None:
        """Have the request with this number found by these words, and by no others."""
        kept = Found(number, tool_id, room_id, tuple(dict.fromkeys(words)))
        before = await self._get(number)
        if before == kept:
            return
        if before:
            await self._drop(before)
        marks = marks_of(kept)
        if self._db.dialect == "postgres":
            await self._db.execute(
                "INSERT INTO past_answer (number, tool_id, room_id, words, marks) "
                "VALUES ($1, $2, $3, $4, array_to_tsvector($5::text[]))",
                number, tool_id, room_id, dumps(kept.words), marks,
            )  # fmt: skip
        else:
            await self._db.execute(
                "INSERT INTO past_answer (number, tool_id, room_id, words) VALUES ($1, $2, $3, $4)",
                number, tool_id, room_id, dumps(kept.words),
            )  # fmt: skip
            await self._db.execute(
                "INSERT INTO past_answer_index (rowid, marks) VALUES ($1, $2)", number, " ".join(marks)
            )
        await self._db.execute_many(
            "INSERT INTO past_answer_mark (mark, answers) VALUES ($1, 1) "
            "ON CONFLICT (mark) DO UPDATE SET answers = past_answer_mark.answers + 1",
            [(mark,) for mark in marks],
        )

    async def forget(self, number: int) -> None:
        """It isn't found any more, and its words are gone."""
        if before := await self._get(number):
            await self._drop(before)

    async def move(self, old_room: str, new_room: str) -> None:
        """The room was upgraded: what was answered in the old one counts as answered in the new one."""
        await self._db.execute("UPDATE past_answer SET room_id = $2 WHERE room_id = $1", old_room, new_room)

    async def search(
        self, words: Iterable[str], tool_id: str, room_id: str, *, shared: bool = False, limit: int = 200
    ) -> list[Found]:
        """Answers with some of these words that may be told in this room: its own and, if it is `shared`, those of
        other shared rooms. They are about the same tool, or one of the two is about none.

        Those with several of the words come before those with one. However many answers are kept, only some are looked
        at: the words that few have, then those that fewest have together.
        """
        listed = await self._listed(words, tool_id)
        found: dict[int, Found] = {}
        for together in _searches(listed, limit):
            if not together:
                continue
            rows = await self._matching(_expression(together, self._db.dialect), room_id, shared, limit)
            found.update({row["number"]: _found(row) for row in rows if row["number"] not in found})
            if len(found) >= limit:
                break
        return list(found.values())[:limit]

    async def _listed(self, words: Iterable[str], tool_id: str) -> list["_Word"]:
        """The words that any answer has, rarest first."""
        marked = [_marks_asked(word, tool_id) for word in list(dict.fromkeys(words))[:MOST_WORDS]]
        marks = [mark for group in marked for mark in group]
        if not marks:
            return []
        places = ", ".join(f"${place}" for place in range(1, len(marks) + 1))
        rows = await self._db.fetch(f"SELECT mark, answers FROM past_answer_mark WHERE mark IN ({places})", *marks)
        answers = {row["mark"]: int(row["answers"]) for row in rows}
        counted = ((sum(answers.get(mark, 0) for mark in group), group) for group in marked)
        return [_Word(count, group) for count, group in sorted(counted) if count]

    async def _matching(self, expression: str, room_id: str, shared: bool, limit: int) -> Sequence[Row]:
        return await self._db.fetch(_SEARCH[self._db.dialect], expression, room_id, int(shared), limit)

    async def _get(self, number: int) -> Found | None:
        row = await self._db.fetch_one(
            "SELECT number, tool_id, room_id, words FROM past_answer WHERE number = $1", number
        )
        return _found(row) if row else None

    async def _drop(self, before: Found) -> None:
        marks = marks_of(before)
        if self._db.dialect == "sqlite":  # an index that keeps no text must be told what to take out
            await self._db.execute(
                "INSERT INTO past_answer_index (past_answer_index, rowid, marks) VALUES ('delete', $1, $2)",
                before.number, " ".join(marks),
            )  # fmt: skip
        await self._db.execute("DELETE FROM past_answer WHERE number = $1", before.number)
        rows = [(mark,) for mark in marks]
        await self._db.execute_many("UPDATE past_answer_mark SET answers = answers - 1 WHERE mark = $1", rows)
        await self._db.execute_many("DELETE FROM past_answer_mark WHERE mark = $1 AND answers <= 0", rows)


# The index decides first and alone which answers are looked at: a planner that reads them all from the newest on,
# in the hope of an early end, can be slow beyond measure.
_TOLD_HERE = (
    "(a.room_id = $2 OR ($3 = 1 AND EXISTS (SELECT 1 FROM room AS r WHERE r.room_id = a.room_id AND r.shared = 1)))"
)
_SEARCH = {
    "sqlite": "SELECT a.number, a.tool_id, a.room_id, a.words FROM past_answer_index AS i CROSS JOIN past_answer AS a "
    f"ON a.number = i.rowid WHERE i.past_answer_index MATCH $1 AND {_TOLD_HERE} ORDER BY i.rowid DESC LIMIT $4",
    "postgres": "WITH a AS MATERIALIZED (SELECT number, tool_id, room_id, words FROM past_answer "
    "WHERE marks @@ $1::text::tsquery) "
    f"SELECT a.* FROM a WHERE {_TOLD_HERE.replace('$3', '$3::bigint')} ORDER BY number DESC LIMIT $4",
}


@dataclass(frozen=True)
class _Word:
    """A word as it is searched for, and how many answers have it."""

    answers: int
    marks: tuple[Mark, ...]


def _searches(listed: Sequence[_Word], limit: int) -> Iterable[Sequence[Sequence[_Word]]]:
    """What to search for, best first; each is a list of words that an answer must have together."""
    rare, left = [], limit
    for word in listed:
        left -= word.answers
        if left < 0:
            break
        rare.append((word,))
    if len(rare) < len(listed):
        for size in (3, 2):
            yield [few for few in combinations(listed[:MOST_COMBINED], size) if few[0].answers <= MOST_LISTED]
    yield rare


def _expression(together: Iterable[Sequence[_Word]], dialect: str) -> str:
    both, either = _AND_OR[dialect]
    return either.join(f"({both.join(f'({either.join(word.marks)})' for word in words)})" for words in together)


def marks_of(answer: Found) -> list[Mark]:
    """By what it is found: each word with its tool, and each word whatever the tool."""
    return [_mark(scope, word) for word in answer.words for scope in (_any(), _about(answer.tool_id))]


def _marks_asked(word: str, tool_id: str) -> tuple[Mark, ...]:
    if not tool_id:
        return (_mark(_any(), word),)
    return (_mark(_about(tool_id), word), _mark(_about(""), word))


def _any() -> str:
    return "any"


def _about(tool_id: str) -> str:
    return f"about {tool_id}"


def _mark(scope: str, word: str) -> Mark:
    return blake2b(f"{scope}\0{word}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _found(row: Row) -> Found:
    return Found(row["number"], row["tool_id"], row["room_id"], tuple(json.loads(row["words"])))
