"""What a room may set: whether the bot listens there, whether it answers in threads, the language it begins in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.dialogue import ANA, CAMDEN, PLANX, SAM, STEWARDS, Dialogue, dialogue, uses

DIRECT = "!direct:example.org"


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
    for words in ("listen here", "speak Welsh here", "threads off", "threads on"):
        await talk.say(words, sender=ANA)
        assert talk.last.body == "Only a steward can change that."


async def test_where_threads_are_off_it_answers_with_replies_only_until_they_are_on_again(talk: Dialogue) -> None:
    root = await talk.say("morning all", addressed=False)
    for setting, answer in (
        ("threads off", "with replies only"),
        ("threads on", "From now on I answer here in threads."),
    ):
        await talk.say(setting, sender=SAM)
        assert answer in talk.last.body
        asked = await talk.say("who uses PlanX?", thread=root)
        assert talk.last.relation["m.in_reply_to"] == {"event_id": asked}
        assert ("rel_type" in talk.last.relation) == (setting == "threads on")
        await talk.say("who uses PlanX?", thread=root, room=STEWARDS)
        assert talk.last.relation["rel_type"] == "m.thread"


async def test_a_direct_chat_has_no_such_setting(talk: Dialogue) -> None:
    async with talk.database.transaction() as connection:
        await Memory(connection).rooms.keep(Room(DIRECT, "join", direct=True, members=2, inviter=SAM))
    await talk.say("threads off", sender=SAM, room=DIRECT)
    assert "That is for a room, and this is a direct chat" in talk.last.body


async def test_a_room_begins_in_its_own_language_and_answers_in_the_askers(talk: Dialogue) -> None:
    await talk.say("speak Welsh here", sender=SAM)
    assert talk.last.body.startswith("Byddaf yn dechrau yn Gymraeg yma")
    await talk.say("PlanX")
    assert "Online planning services" in talk.last.body
    assert "not checked" not in talk.last.body
    await talk.say("who uses PlanX?")
    assert "used by 1 council" in talk.last.body
