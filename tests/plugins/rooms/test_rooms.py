"""What a room may set: whether the bot listens there, and the language it begins in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.dialogue import ANA, CAMDEN, PLANX, SAM, STEWARDS, Dialogue, dialogue, uses


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Sam is the steward."""
    plugins: dict[str, dict[str, object]] = {"directory": {}, "rooms": {}, "help": {}, "requests": {}}
    async with dialogue(tmp_path, plugins, assertions=[uses(CAMDEN, PLANX)]) as made:
        yield made


async def test_where_a_steward_lets_it_listen_it_answers_a_sure_question_unasked(talk: Dialogue) -> None:
    await talk.say("listen here", sender=SAM)
    assert "From now on I also answer here" in talk.last.body
    await talk.say("who uses PlanX?", addressed=False)
    assert "PlanX – used by 1 council" in talk.last.body


@pytest.mark.parametrize(
    "chatter",
    [
        "morning all",
        "I love PlanX",
        "PlanX was down again this morning",
        "who uses the coffee machine?",
        "who uses Zorblax?",
        "we use PlanX",
        "help with PlanX: the map is empty",
        "thanks, that helps!",
    ],
)
async def test_to_all_else_it_says_nothing(talk: Dialogue, chatter: str) -> None:
    await talk.say("listen here", sender=SAM)
    await talk.say(chatter, addressed=False)
    assert len(talk.said) == 1


async def test_it_listens_only_there_and_only_until_it_is_told_to_stop(talk: Dialogue) -> None:
    await talk.say("listen here", sender=SAM)
    await talk.say("who uses PlanX?", addressed=False, room=STEWARDS)
    assert len(talk.said) == 1
    await talk.say("stop listening", sender=SAM)
    await talk.say("who uses PlanX?", addressed=False)
    assert len(talk.said) == 2


async def test_only_stewards_decide(talk: Dialogue) -> None:
    for words in ("listen here", "speak Welsh here"):
        await talk.say(words, sender=ANA)
        assert talk.last.body == "Only a steward can change that."


async def test_a_room_begins_in_its_own_language_and_answers_in_the_askers(talk: Dialogue) -> None:
    await talk.say("speak Welsh here", sender=SAM)
    assert talk.last.body.startswith("Byddaf yn dechrau yn Gymraeg yma")
    await talk.say("PlanX")
    assert "Online planning services" in talk.last.body
    assert "not checked" not in talk.last.body
    await talk.say("who uses PlanX?")
    assert "used by 1 council" in talk.last.body
