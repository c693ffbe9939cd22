"""Asking a tool's users: only those who agreed are asked, nobody's address is shown, answers come to the thread."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.dialogue import (
    ANA,
    BEA,
    CAI,
    CAMDEN,
    LAMBETH,
    PLANX,
    ROOM,
    SAM,
    STEWARDS,
    Dialogue,
    Said,
    dialogue,
    uses,
)

REGISTER = (uses(CAMDEN, PLANX), uses(LAMBETH, PLANX))
DIRECT = "!direct:example.org"
DORA = "@dora:example.org"
ASKS = "Shall I pass it on?"


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Bea is of Camden, Cai of Lambeth; both use PlanX."""
    plugins: dict[str, dict[str, object]] = {"directory": {}, "people": {}, "help": {}, "requests": {}}
    async with dialogue(tmp_path, plugins, assertions=REGISTER) as made:
        yield made


async def asked(talk: Dialogue, person: str = BEA) -> Said:
    """A question that was passed on to a person who agreed, in the direct chat they have with us."""
    async with talk.database.transaction() as connection:
        await Memory(connection).rooms.keep(Room(DIRECT, "join", direct=True, members=2, inviter=person))
    await talk.say("you may ask me", sender=person)
    await talk.say("ask PlanX users: was it worth it at all?")
    return questions(talk)[-1]


def questions(talk: Dialogue) -> list[Said]:
    """Those that were passed on."""
    return [said for said in talk.in_room(DIRECT) if "asks the users of" in said.body and not said.edits]


def answers(talk: Dialogue) -> list[str]:
    """Those that the room was given."""
    return [said.body for said in talk.in_room(ROOM) if "answers: " in said.body or "had answered" in said.body]


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


async def test_question_and_answer_are_passed_on_in_full(talk: Dialogue) -> None:
    relayed = await asked(talk)
    long = "It took us long. " * 40 + "THE END"
    await talk.say(f"ask PlanX users: {long}")
    assert "THE END" in questions(talk)[-1].body
    await talk.say(long, sender=BEA, room=DIRECT, reply_to=relayed.event_id)
    assert answers(talk)[-1].endswith("THE END")


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


# --- what is an answer, and what isn't -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["hello", "yes", "no", "later", "stop", "stop asking me", "I work for Lambeth", "we use Decidim", "2", "👍",
     "who uses PlanX?", "what do you know about me", "help with my salary: I can't tell anyone about this"],
)  # fmt: skip
async def test_a_bare_word_or_what_means_something_else_is_never_passed_on(talk: Dialogue, words: str) -> None:
    await asked(talk)
    await talk.say(words, sender=BEA, room=DIRECT)
    assert answers(talk) == []
    assert ASKS not in talk.last.body


async def test_words_without_a_reply_are_passed_on_only_once_that_is_confirmed(talk: Dialogue) -> None:
    await asked(talk)
    await talk.say("It was bumpy but fine in the end.", sender=BEA, room=DIRECT)
    assert ASKS in talk.last.body
    assert answers(talk) == []
    await talk.say("yes", sender=BEA, room=DIRECT)
    assert answers(talk) == ["London Borough of Camden answers: It was bumpy but fine in the end."]


async def test_words_that_werent_meant_as_an_answer_stay_where_they_were_said(talk: Dialogue) -> None:
    await asked(talk)
    await talk.say("my boss is awful, by the way", sender=BEA, room=DIRECT)
    await talk.say("no", sender=BEA, room=DIRECT)
    assert talk.last.body == "I have passed nothing on."
    await talk.say("yes", sender=BEA, room=DIRECT)
    assert answers(talk) == []


@pytest.mark.parametrize("change", ["edit", "redact"])
async def test_words_taken_back_before_they_were_confirmed_are_gone(talk: Dialogue, change: str) -> None:
    await asked(talk)
    said = await talk.say("my boss is awful, by the way", sender=BEA, room=DIRECT)
    if change == "edit":
        await talk.edit(said, "the weather is awful", sender=BEA, room=DIRECT)
    else:
        await talk.redact(said, sender=BEA, room=DIRECT)
    await talk.say("yes", sender=BEA, room=DIRECT)
    assert answers(talk) == []


@pytest.mark.parametrize("words", ["stop asking me", "stop", "please stop asking me questions"])
async def test_stop_is_obeyed_even_as_a_reply_and_ends_what_waits(talk: Dialogue, words: str) -> None:
    relayed = await asked(talk)
    await talk.say(words, sender=BEA, room=DIRECT, reply_to=relayed.event_id)
    assert talk.last.body.startswith("I won't ask you any more.")
    await talk.say("my boss is awful, by the way", sender=BEA, room=DIRECT)
    await talk.say("It was worth it.", sender=BEA, room=DIRECT, reply_to=relayed.event_id)
    assert answers(talk) == []
    await talk.say("ask PlanX users: and was it dear at all?")
    assert len(questions(talk)) == 1


async def test_a_second_answer_to_the_same_message_is_passed_on_too(talk: Dialogue) -> None:
    relayed = await asked(talk)
    for words in ("Yes.", "It saved us a lot of typing."):
        await talk.say(words, sender=BEA, room=DIRECT, reply_to=relayed.event_id)
    assert [said.rpartition(": ")[2] for said in answers(talk)] == ["Yes.", "It saved us a lot of typing."]


async def test_an_answer_bears_no_council_that_its_author_isnt_known_to_be_of_any_more(talk: Dialogue) -> None:
    await talk.say("I work for Camden", sender=DORA)
    await talk.say("yes", sender=SAM, room=STEWARDS, reply_to=talk.in_room(STEWARDS)[-1].event_id)
    async with talk.database.transaction() as connection:
        await Memory(connection).people.keep(BEA, LAMBETH.id, True, talk.now)
    await talk.say("you may ask me", sender=DORA)
    await talk.say("ask PlanX users: was it worth it at all?")
    (relayed,) = talk.in_room(DORA)
    await talk.say("I work for Lambeth", sender=DORA)
    await talk.say("Lambeth hates it.", sender=DORA, room=DIRECT, reply_to=relayed.event_id)
    assert answers(talk) == ["A user answers: Lambeth hates it."]


# --- taken back, edited -------------------------------------------------------------------------------------


async def test_an_answer_follows_its_authors_edit_and_goes_when_it_is_taken_back(talk: Dialogue) -> None:
    relayed = await asked(talk)
    answer = await talk.say("Yes, but our vendor is a crook.", sender=BEA, room=DIRECT, reply_to=relayed.event_id)
    said = talk.in_room(ROOM)[-1]
    await talk.edit(answer, "Yes.", sender=BEA, room=DIRECT)
    assert (talk.last.edits, talk.last.body) == (said.event_id, "London Borough of Camden answers: Yes.")
    await talk.redact(answer, sender=BEA, room=DIRECT)
    assert talk.last.edits == said.event_id
    assert talk.last.body == "London Borough of Camden had answered, and has taken the answer back."
    await talk.edit(answer, "Yes, after all.", sender=BEA, room=DIRECT)
    assert talk.last.body == "London Borough of Camden had answered, and has taken the answer back."


async def test_a_question_taken_back_goes_from_where_it_was_put_and_takes_no_more_answers(talk: Dialogue) -> None:
    relayed = await asked(talk)
    question = talk.in_room(ROOM)[-1].relation["event_id"]
    await talk.redact(question)
    assert (talk.last.edits, talk.last.body) == (relayed.event_id, "The question that stood here was taken back.")
    await talk.say("It was.", sender=BEA, room=DIRECT, reply_to=relayed.event_id)
    assert answers(talk) == []


async def test_a_question_follows_its_askers_edit(talk: Dialogue) -> None:
    relayed = await asked(talk)
    question = talk.in_room(ROOM)[-1].relation["event_id"]
    await talk.edit(question, "ask PlanX users: how long did it take you?")
    assert talk.last.edits == relayed.event_id
    assert talk.last.body.startswith("Somebody asks the users of PlanX: how long did it take you?")
    await talk.edit(question, "never mind")
    assert talk.last.body == "The question that stood here was taken back."


# --- not too much ------------------------------------------------------------------------------------------


async def test_one_person_is_asked_three_questions_a_day(talk: Dialogue) -> None:
    await talk.say("you may ask me", sender=BEA)
    await talk.say("you may ask me", sender=CAI)
    for number in range(3):
        await talk.say(f"ask PlanX users: was it worth it, number {number}?")
    await talk.say("ask PlanX users: was it worth it, one more?")
    assert "have had enough questions for today" in talk.last.body
    assert len(talk.in_room(BEA)) == len(talk.in_room(CAI)) == 3
    await talk.wait(days=1, minutes=1)
    await talk.say("ask PlanX users: was it worth it, the next day?")
    assert len(talk.in_room(BEA)) == 4


async def test_one_person_asks_five_questions_a_day_counting_those_they_took_back(tmp_path: Path) -> None:
    people = [f"@p{number}:example.org" for number in range(9)]
    councils = [{"id": CAMDEN.id, "people": people}]
    async with dialogue(tmp_path, {"directory": {}, "people": {}}, assertions=REGISTER, councils=councils) as talk:
        for number in range(6):
            if number:
                await talk.say("stop asking me", sender=people[number - 1])
            await talk.say("you may ask me", sender=people[number])
            await talk.redact(await talk.say(f"ask PlanX users: was it worth it, number {number}?"))
        assert "I pass on 5 questions a day for one person" in talk.last.body
        assert talk.in_room(people[5]) == []
