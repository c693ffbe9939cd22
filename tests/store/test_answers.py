"""Kept answers are found again by their words, on both engines alike, and only where they may be told."""

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.answers import MOST_LISTED, MOST_WORDS, Found
from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.store.samples import OTHER, ROOM

SHARED, PRIVATE = "!shared:example.org", "!private:example.org"

# Words that an engine could take for something else than a word.
EVIL = [
    "AND", "or", "NOT", "near", "NEAR(a b)", '"', "'", "''", "\\", "*", "upload*", "^upload", "marks:upload", "a:b",
    "upload:*", "&", "|", "!", "<->", "(", ")", "-", "{", ";", "--", "%", "_", "\x00", "a\x00b", "\ud800", "👩‍👩‍👧",
    "ß", "İ", " ", "", "\n", "$1", "x" * 10_000, "é" * 10_000, "1e400", "0x0", "'; DROP TABLE request; --",
]  # fmt: skip
words = st.one_of(st.sampled_from([*EVIL, "unrelated"]), st.text(st.characters(exclude_categories=()), max_size=12))


def _numbers(found: Iterable[Found]) -> list[int]:
    return [answer.number for answer in found]


async def test_what_was_kept_is_found_by_any_of_its_words(memory: Memory) -> None:
    await memory.answers.keep(7, "planx", ROOM, ("upload", "pdf", "fail"))
    for word in ("upload", "pdf", "fail"):
        assert await memory.answers.search([word, "other"], "planx", ROOM) == [
            Found(7, "planx", ROOM, ("upload", "pdf", "fail"))
        ]
    assert await memory.answers.search(["other", "uploa", "uploads", "UPLOAD"], "planx", ROOM) == []
    assert await memory.answers.search([], "planx", ROOM) == []


@pytest.mark.parametrize(
    ("asked", "expected"), [("planx", [3, 1]), ("bops", [3, 2]), ("", [3, 2, 1]), ("unknown", [3])]
)
async def test_the_tool_is_the_same_or_one_of_the_two_has_none(memory: Memory, asked: str, expected: list[int]) -> None:
    for number, tool in enumerate(("planx", "bops", ""), 1):
        await memory.answers.keep(number, tool, ROOM, ["upload"])
    assert _numbers(await memory.answers.search(["upload"], asked, ROOM)) == expected


@pytest.mark.parametrize(
    ("room", "shared", "expected"),
    [
        (ROOM, False, [1]),  # its own
        (ROOM, True, [2, 1]),  # and those of other shared rooms
        (SHARED, True, [2]),
        (PRIVATE, False, [3]),
        (OTHER, False, []),
        (OTHER, True, [2]),  # a room nobody knows of is no source either
    ],
)
async def test_an_answer_is_told_in_its_own_room_or_from_one_shared_room_in_another(
    memory: Memory, room: str, shared: bool, expected: list[int]
) -> None:
    await memory.rooms.keep(Room(SHARED, "join"))
    await memory.rooms.keep(Room(PRIVATE, "join"))
    await memory.connection.execute("UPDATE room SET shared = 1 WHERE room_id = $1", SHARED)
    for number, kept_in in enumerate((ROOM, SHARED, PRIVATE, "!unknown:example.org"), 1):
        await memory.answers.keep(number, "planx", kept_in, ["upload"])
    assert _numbers(await memory.answers.search(["upload"], "planx", room, shared=shared)) == expected


async def test_what_is_kept_again_is_found_by_its_new_words_alone(memory: Memory) -> None:
    await memory.answers.keep(7, "planx", ROOM, ["upload", "pdf"])
    await memory.answers.keep(7, "bops", OTHER, ["pdf", "map"])
    assert await memory.answers.search(["upload", "pdf"], "planx", ROOM) == []
    assert await memory.answers.search(["upload", "pdf"], "bops", OTHER) == [Found(7, "bops", OTHER, ("pdf", "map"))]


async def test_what_is_forgotten_leaves_nothing(memory: Memory) -> None:
    await memory.answers.keep(7, "planx", ROOM, ["upload", "pdf"])
    await memory.answers.keep(8, "planx", ROOM, ["upload"])
    for number in (7, 7, 99):
        await memory.answers.forget(number)
    assert _numbers(await memory.answers.search(["upload", "pdf"], "planx", ROOM)) == [8]
    await memory.answers.forget(8)
    for table in ("past_answer", "past_answer_mark"):
        assert not await memory.connection.fetch(f"SELECT * FROM {table}")


async def test_an_upgraded_rooms_answers_are_told_in_the_new_one(memory: Memory) -> None:
    await memory.answers.keep(7, "planx", ROOM, ["upload"])
    await memory.answers.move(ROOM, OTHER)
    assert await memory.answers.search(["upload"], "planx", ROOM) == []
    assert _numbers(await memory.answers.search(["upload"], "planx", OTHER)) == [7]


async def test_with_many_answers_those_with_most_of_the_words_still_come_first(memory: Memory) -> None:
    await memory.answers.keep(1, "planx", ROOM, ["upload", "pdf", "fail", "plan"])
    await memory.answers.keep(2, "planx", ROOM, ["upload", "pdf"])
    for number in range(3, 60):
        await memory.answers.keep(number, "planx", ROOM, [("upload", "pdf", "fail", "plan")[number % 4], "filler"])
    await memory.answers.keep(60, "planx", ROOM, ["rare"])
    asked = ["upload", "pdf", "fail", "plan", "rare"]
    found = _numbers(await memory.answers.search(asked, "planx", ROOM, limit=10))
    assert found == [1, 2, 60]
    assert _numbers(await memory.answers.search(["filler"], "planx", ROOM, limit=10)) == []
    assert len(await memory.answers.search(["upload", "filler"], "planx", ROOM, limit=10)) == 10


async def test_words_that_nearly_all_answers_have_are_not_searched_for(memory: Memory) -> None:
    await memory.answers.keep(1, "planx", ROOM, ["upload", "pdf"])
    asked = ["upload", "pdf"]
    assert _numbers(await memory.answers.search(asked, "planx", ROOM)) == [1]
    await memory.connection.execute("UPDATE past_answer_mark SET answers = $1", MOST_LISTED + 1)
    assert await memory.answers.search(asked, "planx", ROOM) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.lists(words, max_size=6), asked=st.lists(words, max_size=70))
async def test_whatever_the_words_are_they_are_words_and_nothing_else(
    database: Database, kept: list[str], asked: list[str]
) -> None:
    async with database.transaction() as connection:
        answers = Memory(connection).answers
        await answers.keep(1, "planx", ROOM, kept)
        await answers.keep(2, "planx", ROOM, ["unrelated"])
        found = await answers.search(asked, "planx", ROOM)
        read = list(dict.fromkeys(asked))[:MOST_WORDS]
        assert (1 in _numbers(found)) == (not set(kept).isdisjoint(read))
        assert (2 in _numbers(found)) == ("unrelated" in read)
        assert all(answer.words == tuple(dict.fromkeys(kept)) for answer in found if answer.number == 1)
        await answers.forget(1)
        await answers.forget(2)
        assert await answers.search(kept, "planx", ROOM) == []


async def test_a_strange_word_finds_itself_and_nothing_else(memory: Memory) -> None:
    await memory.answers.keep(1, "planx", ROOM, ["upload", "a", "b", "marks"])
    for word in EVIL:
        await memory.answers.keep(2, "bops", ROOM, [word, "upload"])
        assert await memory.answers.search([word], "planx", ROOM) == [], word
        for tool in ("bops", ""):
            assert _numbers(await memory.answers.search([word], tool, ROOM)) == [2], word
