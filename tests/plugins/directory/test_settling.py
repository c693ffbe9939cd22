"""A name that may stand for several: one question with numbered answers, and the room remembers the choice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.directory import Tool
from bot.store.memory import Memory
from tests.dialogue import (
    ANA,
    BEA,
    BOPS,
    CAI,
    CAMDEN,
    MONDAY,
    PLANX,
    ROOM,
    SAM,
    STEWARDS,
    WARWICK,
    WINCHESTER,
    Dialogue,
    dialogue,
    uses,
)

REGISTER = (uses(WARWICK, PLANX), uses(WINCHESTER, BOPS))
PLUGINS: dict[str, dict[str, object]] = {"directory": {}, "people": {}, "help": {}}


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """WCC is two councils."""
    async with dialogue(tmp_path, PLUGINS, assertions=REGISTER, councils=[{"id": CAMDEN.id, "people": [BEA]}]) as made:
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


async def test_a_choice_is_made_anew_by_a_reply_to_the_question(talk: Dialogue) -> None:
    await talk.say("what does WCC use?")
    question = talk.last
    await talk.say("1", addressed=False)
    await talk.say("2", addressed=False, reply_to=question.event_id)
    assert "Winchester City Council uses" in talk.last.body
    await talk.say("does wcc use BOPS?", sender=BEA)
    assert "Yes: Winchester City Council uses BOPS" in talk.last.body


@pytest.mark.parametrize("change", ["edit", "redact"])
async def test_a_sentence_that_was_edited_or_taken_back_waits_for_no_choice(talk: Dialogue, change: str) -> None:
    said = await talk.say("what does WCC use?")
    if change == "edit":
        await talk.edit(said, "what does Camden use?")
    else:
        await talk.redact(said)
    before = len(talk.said)
    await talk.say("2", addressed=False)
    assert len(talk.said) == before
    async with talk.database.reading() as connection:
        assert await connection.fetch("SELECT subject FROM question WHERE subject <> ''") == []


async def test_an_edited_sentence_that_is_still_unclear_is_asked_about_anew(talk: Dialogue) -> None:
    said = await talk.say("what does WCC use?")
    await talk.edit(said, "does WCC use PlanX?")
    await talk.say("1", addressed=False)
    assert "Yes: Warwickshire County Council uses PlanX" in talk.last.body


async def test_a_sentence_with_two_unclear_names_goes_whole_when_it_is_taken_back(talk: Dialogue) -> None:
    await _twins(talk)
    said = await talk.say("does WCC use Forms?")
    await talk.say("1", addressed=False)
    assert "Which one do you mean?" in talk.last.body
    await talk.redact(said)
    before = len(talk.said)
    await talk.say("1", addressed=False)
    assert len(talk.said) == before


async def test_a_yes_between_several_who_wait_for_the_stewards_confirms_none_of_them(talk: Dialogue) -> None:
    for person in (ANA, CAI):
        await talk.say("I work for Cardiff", sender=person)
    before = len(talk.in_room(ROOM))
    await talk.say("yes", sender=SAM, room=STEWARDS)
    assert len(talk.in_room(ROOM)) == before
    await talk.say("yes", sender=SAM, room=STEWARDS, reply_to=talk.in_room(STEWARDS)[0].event_id)
    assert "a steward has confirmed that you work for Cardiff" in talk.in_room(ROOM)[-1].body


async def _twins(talk: Dialogue) -> None:
    """Two tools called Forms; Warwickshire uses PlanX and the second."""
    twins = [
        Tool("forms", "Forms", repository="https://github.com/one/forms"),
        Tool("forms-2", "Forms", repository="https://codeberg.org/two/forms"),
    ]
    async with talk.database.transaction() as connection:
        memory = Memory(connection)
        await memory.register.add_tools(twins, MONDAY)
        await memory.register.add_assertions([uses(WARWICK, twins[1])], MONDAY)


async def test_two_tools_of_one_name_are_told_apart_by_where_they_live(talk: Dialogue) -> None:
    await _twins(talk)
    await talk.say("who uses Forms?")
    assert talk.last.body.splitlines()[1:] == [
        "· “1” Forms (https://github.com/one/forms)",
        "· “2” Forms (https://codeberg.org/two/forms)",
    ]
    await talk.say("2", addressed=False)
    assert "Forms – used by 1 council" in talk.last.body
    assert [said.room_id for said in talk.said] == [ROOM, ROOM]


async def test_the_second_tool_of_a_sentence_is_chosen_and_remembered_too(talk: Dialogue) -> None:
    await _twins(talk)
    await talk.say("who uses PlanX together with Forms?")
    assert "Several tools are called Forms." in talk.last.body
    await talk.say("2", addressed=False)
    assert "PlanX together with Forms – used by 1 council" in talk.last.body
    await talk.say("who uses PlanX together with Forms?", sender=BEA)
    assert "PlanX together with Forms – used by 1 council" in talk.last.body
