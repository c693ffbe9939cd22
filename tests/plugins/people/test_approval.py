"""A steward's word on who belongs where: asked for in the stewards' room, by a word or a reaction."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.dialogue import ANA, BEA, CAMDEN, PLANX, ROOM, SAM, STEWARDS, Dialogue, dialogue, uses


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Ana says that she works for Lambeth and that it uses PlanX; Sam is the steward."""
    async with dialogue(tmp_path, {"directory": {}, "people": {}}, assertions=[uses(CAMDEN, PLANX)]) as made:
        await made.say("I work for Lambeth")
        await made.say("we use PlanX")
        yield made


async def asked(talk: Dialogue) -> str:
    """The question's event."""
    (question,) = [said for said in talk.in_room(STEWARDS) if "says that they work for" in said.body]
    return question.event_id


async def test_the_stewards_are_asked_with_the_account_and_not_only_its_name(talk: Dialogue) -> None:
    (question,) = talk.in_room(STEWARDS)
    assert question.body.splitlines()[0] == (
        f"ana (“{ANA}”) says that they work for London Borough of Lambeth. Is that so?"
    )


@pytest.mark.parametrize("words", ["yes", "Yes.", "@clerk yes"])
async def test_a_steward_confirms_by_a_word_and_what_was_said_counts(talk: Dialogue, words: str) -> None:
    await talk.say(words.removeprefix("@clerk "), sender=SAM, room=STEWARDS, reply_to=await asked(talk))
    assert "speaks for London Borough of Lambeth from now on" in talk.in_room(STEWARDS)[-1].body
    assert "a steward has confirmed that you work for London Borough of Lambeth" in talk.in_room(ROOM)[-1].body
    await talk.say("who uses PlanX?")
    assert "London Borough of Lambeth – in production, confirmed by Lambeth today" in talk.last.body


async def test_a_steward_confirms_by_a_reaction(talk: Dialogue) -> None:
    await talk.react(await asked(talk), "👍", sender=SAM, room=STEWARDS)
    assert "a steward has confirmed" in talk.in_room(ROOM)[-1].body


async def test_a_no_forgets_it(talk: Dialogue) -> None:
    await talk.react(await asked(talk), "👎", sender=SAM, room=STEWARDS)
    assert "the stewards couldn't confirm" in talk.in_room(ROOM)[-1].body
    await talk.say("we use BOPS")
    assert "Which council do you speak for?" in talk.last.body


async def test_only_stewards_decide_and_the_question_stays_open_for_them(talk: Dialogue) -> None:
    await talk.say("yes", sender=BEA, room=STEWARDS, reply_to=await asked(talk))
    assert talk.last.body == "Only a steward can say that."
    await talk.say("yes", sender=SAM, room=STEWARDS, reply_to=await asked(talk))
    assert "speaks for London Borough of Lambeth" in talk.in_room(STEWARDS)[-1].body


async def test_a_bare_yes_between_stewards_answers_nothing(talk: Dialogue) -> None:
    await talk.say("yes", sender=SAM, room=STEWARDS, addressed=False)
    assert len(talk.in_room(STEWARDS)) == 1


async def shown(talk: Dialogue, tool: str) -> str:
    """What is said of who uses a tool."""
    await talk.say(f"who uses {tool}?")
    return talk.last.body


async def test_the_stewards_last_word_counts_and_the_question_is_put_once(talk: Dialogue) -> None:
    question = await asked(talk)
    for reaction, told in [("👍", "speaks for"), ("👎", "doesn't speak for"), ("👍", "speaks for")]:
        await talk.react(question, reaction, sender=SAM, room=STEWARDS)
        assert f"{told} London Borough of Lambeth" in talk.in_room(STEWARDS)[-1].body
    assert await asked(talk) == question
    await talk.say("we use BOPS")
    assert "confirmed today" in talk.last.body


@pytest.mark.parametrize("by", ["word", "reaction"])
async def test_a_yes_taken_back_proves_nothing_any_more(talk: Dialogue, by: str) -> None:
    question = await asked(talk)
    if by == "word":
        yes = await talk.say("yes", sender=SAM, room=STEWARDS, reply_to=question)
    else:
        yes = await talk.react(question, "👍", sender=SAM, room=STEWARDS)
    await talk.redact(yes, sender=SAM, room=STEWARDS)
    assert "is not confirmed any more" in talk.in_room(STEWARDS)[-1].body
    await talk.say("we use BOPS")
    assert "shown as not verified" in talk.last.body


@pytest.mark.parametrize("stewards", [[], [SAM], [ANA]])
async def test_nobody_confirms_themselves(tmp_path: Path, stewards: list[str]) -> None:
    async with dialogue(tmp_path, {"directory": {}, "people": {}}, community={"stewards": stewards}) as talk:
        await talk.say("I work for Lambeth")
        await talk.react(await asked(talk), "👍", sender=ANA, room=STEWARDS)
        await talk.say("we use PlanX")
        assert "shown as not verified" in talk.last.body


async def test_an_old_word_is_confirmed_as_of_its_day_and_a_newer_one_stands(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"directory": {}, "people": {}}) as talk:
        await talk.say("I work for Camden")
        await talk.say("we use PlanX")
        await talk.say("we use BOPS")
        talk.now += timedelta(days=21)
        await talk.say("we stopped using PlanX", sender=BEA)
        await talk.react(await asked(talk), "👍", sender=SAM, room=STEWARDS)
        assert "I know of nobody using it" in await shown(talk, "PlanX")
        assert "confirmed by Camden 3 weeks ago" in await shown(talk, "BOPS")


async def test_who_changed_their_mind_before_is_taken_at_their_last_word(talk: Dialogue) -> None:
    talk.now += timedelta(days=1)
    await talk.say("we stopped using PlanX")
    await talk.react(await asked(talk), "👍", sender=SAM, room=STEWARDS)
    assert "Lambeth – in production" not in await shown(talk, "PlanX")
    talk.now += timedelta(days=1)
    await talk.say("we use PlanX")
    assert "Lambeth – in production, confirmed by Lambeth today" in await shown(talk, "PlanX")
    await talk.react(await asked(talk), "👍", sender=SAM, room=STEWARDS)
    assert "Lambeth – in production, confirmed by Lambeth today" in await shown(talk, "PlanX")


async def test_without_a_stewards_room_nobody_is_asked(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"people": {}}, community={"rooms": {}}) as talk:
        await talk.say("I work for Lambeth")
        assert "Nothing proves that to me yet" in talk.last.body
        assert len(talk.said) == 1


async def test_who_says_it_again_is_asked_about_once(talk: Dialogue) -> None:
    for _ in range(3):
        await talk.say("I work for Lambeth")
    question = await asked(talk)
    await talk.say("yes", sender=SAM, room=STEWARDS, reply_to=question)
    assert "speaks for London Borough of Lambeth from now on" in talk.in_room(STEWARDS)[-1].body
