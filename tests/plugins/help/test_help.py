"""Help, by dialogue: short in a room, more in a direct chat, and a word for what wasn't understood."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.dialogue import ANA, CAMDEN, PLANX, SAM, Dialogue, dialogue, maintains

DIRECT = "!direct:example.org"


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """A talk with help alone, and a direct chat."""
    async with dialogue(tmp_path, {"help": {}}, assertions=[maintains(CAMDEN, PLANX)]) as made:
        async with made.database.transaction() as connection:
            await Memory(connection).rooms.keep(Room(DIRECT, "join", direct=True, members=2))
        yield made


async def test_in_a_room_it_is_two_lines(talk: Dialogue) -> None:
    await talk.say("help")
    assert len(talk.last.body.splitlines()) == 2


async def test_in_a_direct_chat_it_is_more_and_needs_no_address(talk: Dialogue) -> None:
    await talk.say("help", room=DIRECT, addressed=False)
    assert len(talk.last.body.splitlines()) > 4


async def test_stewards_and_maintainers_see_what_is_theirs(talk: Dialogue) -> None:
    await talk.say("help", sender=SAM)
    assert "As a steward" in talk.last.body
    await talk.say("help", sender="@bea:example.org")
    assert "take #12" in talk.last.body


async def test_one_verb_is_explained(talk: Dialogue) -> None:
    await talk.say("help take")
    assert "🙋 on its card" in talk.last.body


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("pass", "the next council is called"),
        ("hand over", "they are asked, and have it when they say yes"),
        ("wait", "waits for the asker"),
        ("answered", "the answer is there"),
        ("resolve", "keeps that message as the answer"),
        ("reopen", "isn't settled"),
        ("withdraw", "erases its words"),
        ("duplicate", "was asked before"),
        ("watch", "stop watching #12"),
        ("history", "everything that happened"),
        ("board", "oldest first"),
        ("away", "somebody else of your council"),
        ("back", "ends it sooner"),
        ("hours", "outside these hours"),
        ("closed", "on these days"),
        ("at most", "lifts it"),
        ("stop asking us", "ask us again about PlanX"),
        ("on call", "in the order in which they would be called"),
        ("digest", "the week so far"),
        ("publish", "in reply to the draft"),
        ("leave us out", "isn't named"),
    ],
)
async def test_every_word_of_a_requests_life_is_explained(talk: Dialogue, verb: str, told: str) -> None:
    await talk.say(f"help {verb}")
    assert told in talk.last.body


async def test_what_isnt_understood_is_said_kindly_when_addressed_and_left_alone_otherwise(
    talk: Dialogue,
) -> None:
    await talk.say("the quick brown fox jumps over the lazy dog", sender=ANA)
    assert "didn't understand" in talk.last.body
    await talk.say("the quick brown fox jumps over the lazy dog", addressed=False)
    assert len(talk.said) == 1
