"""A name that may stand for several: one question with numbered answers, and the room remembers the choice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.directory import Tool
from bot.store.memory import Memory
from tests.dialogue import BEA, BOPS, MONDAY, PLANX, ROOM, STEWARDS, WARWICK, WINCHESTER, Dialogue, dialogue, uses

REGISTER = (uses(WARWICK, PLANX), uses(WINCHESTER, BOPS))
PLUGINS: dict[str, dict[str, object]] = {"directory": {}, "people": {}, "help": {}}


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """WCC is two councils."""
    async with dialogue(tmp_path, PLUGINS, assertions=REGISTER) as made:
        yield made


async def test_an_ambiguous_name_is_asked_about_with_numbers_and_the_number_is_the_answer(talk: Dialogue) -> None:
    question = await talk.say("what does WCC use?")
    assert talk.last.body.splitlines() == [
        "WCC could be any of these. Which one do you mean? Say its number; I remember it for this room.",
        "· “1” Warwickshire County Council",
        "· “2” Winchester City Council",
    ]
    assert talk.last.relation == {"m.in_reply_to": {"event_id": question}}
    answer = await talk.say("2", addressed=False)
    assert talk.last.body.startswith("Winchester City Council uses 1 tool I know of:")
    assert talk.last.relation == {"m.in_reply_to": {"event_id": answer}}


@pytest.mark.parametrize("words", ["2", " 2. ", "winchester city council", "Winchester City Council."])
async def test_the_number_or_the_name_will_do(talk: Dialogue, words: str) -> None:
    await talk.say("what does WCC use?")
    await talk.say(words, addressed=False)
    assert "Winchester City Council uses" in talk.last.body


async def test_the_choice_is_remembered_for_the_room_and_for_no_other(talk: Dialogue) -> None:
    await talk.say("what does WCC use?")
    await talk.say("1", addressed=False)
    await talk.say("does wcc use PlanX?", sender=BEA)
    assert "Yes: Warwickshire County Council uses PlanX" in talk.last.body
    await talk.say("what does WCC use?", room=STEWARDS)
    assert "WCC could be any of these" in talk.last.body


async def test_only_who_was_asked_answers(talk: Dialogue) -> None:
    await talk.say("what does WCC use?")
    await talk.say("2", sender=BEA, addressed=False)
    assert len(talk.said) == 1
    await talk.say("2", addressed=False)
    assert len(talk.said) == 2


async def test_a_number_that_is_no_choice_is_no_answer(talk: Dialogue) -> None:
    await talk.say("what does WCC use?")
    await talk.say("7", addressed=False)
    assert len(talk.said) == 1


async def test_a_number_said_much_later_means_something_else_unless_it_replies(talk: Dialogue) -> None:
    await talk.say("what does WCC use?")
    asked = talk.last
    await talk.wait(hours=3)
    await talk.say("2", addressed=False)
    assert len(talk.said) == 1
    await talk.say("2", addressed=False, reply_to=asked.event_id)
    assert "Winchester City Council uses" in talk.last.body


async def test_an_answer_settles_the_question_once(talk: Dialogue) -> None:
    await talk.say("what does WCC use?")
    await talk.say("2", addressed=False)
    await talk.say("1", addressed=False)
    assert len(talk.said) == 2


async def test_a_slip_of_the_keyboard_is_asked_about_and_not_remembered(talk: Dialogue) -> None:
    await talk.say("who uses BOPSA?")
    assert "I don't know a tool called BOPSA. Do you mean one of these? Say its number." in talk.last.body
    await talk.say("1", addressed=False)
    assert "BOPS – used by 1 council" in talk.last.body
    await talk.say("who uses BOPSA?")
    assert "I don't know a tool called BOPSA" in talk.last.body


async def test_two_tools_of_one_name_are_told_apart_by_where_they_live(talk: Dialogue) -> None:
    twins = [
        Tool("forms", "Forms", repository="https://github.com/one/forms"),
        Tool("forms-2", "Forms", repository="https://codeberg.org/two/forms"),
    ]
    async with talk.database.transaction() as connection:
        memory = Memory(connection)
        await memory.register.add_tools(twins, MONDAY)
        await memory.register.add_assertions([uses(WARWICK, twins[1])], MONDAY)
    await talk.say("who uses Forms?")
    assert talk.last.body.splitlines()[1:] == [
        "· “1” Forms (https://github.com/one/forms)",
        "· “2” Forms (https://codeberg.org/two/forms)",
    ]
    await talk.say("2", addressed=False)
    assert "Forms – used by 1 council" in talk.last.body
    assert [said.room_id for said in talk.said] == [ROOM, ROOM]
