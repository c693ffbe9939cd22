"""Called in a direct chat: there a bare word is about what they were called for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.dialogue import BEA, CAI, CAMDEN, PLANX, STEWARDS, Dialogue, dialogue, maintains
from tests.plugins.escalation.steps import PLUGINS

CHAT = "!chat:example.org"


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Camden has no room of its own, nor have the maintainers: Bea is called in a direct chat."""
    rooms = {"rooms": {"stewards": STEWARDS}}
    async with dialogue(tmp_path, PLUGINS, assertions=[maintains(CAMDEN, PLANX)], community=rooms) as made:
        async with made.database.transaction() as connection:
            await Memory(connection).rooms.keep(Room(CHAT, "join", members=2, inviter=BEA))
        yield made


@pytest.mark.parametrize(("word", "card"), [("take", "Taken by bea (Camden)"), ("pass", "Asked so far: Camden")])
async def test_a_bare_word_is_about_the_call(talk: Dialogue, word: str, card: str) -> None:
    question = await talk.say("help with PlanX: it is down")
    await talk.wait(hours=5)
    assert "Call for Camden" in talk.in_room(CHAT)[-1].body
    await talk.say(word, BEA, room=CHAT, addressed=False)
    assert "#1" in talk.in_room(CHAT)[-1].body
    assert card in talk.card(question).body


async def test_of_several_calls_it_is_asked_which(talk: Dialogue) -> None:
    for what in ("it is down", "the map is empty"):
        question = await talk.say(f"help with PlanX: {what}")
    await talk.wait(hours=5)
    await talk.say("take", BEA, room=CHAT, addressed=False)
    await talk.say("2", BEA, room=CHAT, addressed=False)
    assert "Taken by bea (Camden)" in talk.card(question).body


async def test_who_wasnt_called_is_asked_for_the_number(talk: Dialogue) -> None:
    async with talk.database.transaction() as connection:
        await Memory(connection).rooms.keep(Room("!other:example.org", "join", members=2, inviter=CAI))
    await talk.say("help with PlanX: it is down")
    await talk.wait(hours=5)
    await talk.say("take", CAI, room="!other:example.org", addressed=False)
    assert talk.last.body.startswith("Which request do you mean?")
