"""Asking a tool's users: only those who agreed are asked, nobody's address is shown, answers come to the thread."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.dialogue import ANA, BEA, CAI, CAMDEN, LAMBETH, PLANX, ROOM, Dialogue, dialogue, uses

REGISTER = (uses(CAMDEN, PLANX), uses(LAMBETH, PLANX))
DIRECT = "!direct:example.org"


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Bea is of Camden, Cai of Lambeth; both use PlanX."""
    async with dialogue(tmp_path, {"directory": {}, "people": {}}, assertions=REGISTER) as made:
        yield made


async def test_nobody_is_asked_who_didnt_agree(talk: Dialogue) -> None:
    await talk.say("ask PlanX users: how long did it take you?")
    assert "I know of 2 councils that use PlanX, and nobody there has said that I may ask them" in talk.last.body
    assert {said.room_id for said in talk.said} == {ROOM}


async def test_a_question_goes_to_those_who_agreed_and_their_answers_come_to_the_thread(talk: Dialogue) -> None:
    await talk.say("you may ask me", sender=BEA)
    question = await talk.say("ask PlanX users: how long did it take you?")
    told = talk.in_room(ROOM)[-1]
    assert "I have passed that on to 1 person who uses PlanX" in told.body
    assert told.relation["event_id"] == question
    (relayed,) = talk.in_room(BEA)
    assert relayed.body.splitlines()[0] == "Somebody asks the users of PlanX: how long did it take you?"
    assert ANA not in relayed.body
    await talk.say("About three months.", sender=BEA, room=DIRECT, reply_to=relayed.event_id)
    answer = talk.in_room(ROOM)[-1]
    assert answer.body == "London Borough of Camden answers: About three months."
    assert answer.relation["event_id"] == question
    assert BEA not in answer.body + answer.html
    assert talk.in_room(DIRECT)[-1].body == "Thank you, I have passed that on."


async def test_ask_them_all_follows_from_the_answer_it_replies_to(talk: Dialogue) -> None:
    await talk.say("you may ask me", sender=CAI)
    await talk.say("who uses PlanX?")
    await talk.say("ask them all: was it worth it?", reply_to=talk.last.event_id)
    assert "was it worth it?" in talk.in_room(CAI)[-1].body


async def test_the_asker_isnt_asked_and_who_stopped_isnt_either(talk: Dialogue) -> None:
    for person in (BEA, CAI):
        await talk.say("you may ask me", sender=person)
    await talk.say("stop asking me", sender=CAI)
    await talk.say("ask PlanX users: was it worth it?", sender=BEA)
    assert talk.in_room(BEA) == talk.in_room(CAI) == []


async def test_a_question_without_words_is_asked_for(talk: Dialogue) -> None:
    await talk.say("ask PlanX users")
    assert "What shall I ask?" in talk.last.body
