"""We use it, we stopped, we maintain it: what is said in a room becomes a dated assertion."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.dialogue import ANA, BEA, CAMDEN, PLANX, ROOM, Dialogue, dialogue, uses


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """A talk with the directory and people; Bea's account is known as Camden's, Ana's isn't anybody's."""
    async with dialogue(tmp_path, {"directory": {}, "people": {}}, assertions=[uses(CAMDEN, PLANX)]) as made:
        yield made


async def test_a_verified_person_confirms_their_councils_use(talk: Dialogue) -> None:
    await talk.say("we use PlanX since 2021", sender=BEA)
    assert "Noted: London Borough of Camden uses PlanX, confirmed today" in talk.last.body
    await talk.say("who uses PlanX?")
    assert "in production since 2021, confirmed by Camden today" in talk.last.body


async def test_a_pilot_is_noted_as_one(talk: Dialogue) -> None:
    await talk.say("we're piloting BOPS", sender=BEA)
    await talk.say("who uses BOPS?")
    assert "London Borough of Camden – in pilot, confirmed by Camden today" in talk.last.body


async def test_an_end_is_an_assertion_and_the_last_word_of_a_day_counts(talk: Dialogue) -> None:
    await talk.say("we stopped using PlanX", sender=BEA)
    assert "no longer uses PlanX" in talk.last.body
    await talk.say("who uses PlanX?")
    assert "I know of nobody using it" in talk.last.body
    talk.now = talk.now.replace(minute=5)
    await talk.say("we use PlanX", sender=BEA)
    await talk.say("who uses PlanX?")
    assert "used by 1 council" in talk.last.body


async def test_who_hasnt_said_for_whom_they_speak_is_asked(talk: Dialogue) -> None:
    await talk.say("we use PlanX", sender=ANA)
    assert "Which council do you speak for?" in talk.last.body


async def test_what_an_unverified_person_says_is_kept_and_shown_as_that(talk: Dialogue) -> None:
    await talk.say("I work for Lambeth", sender=ANA)
    assert "I have asked the stewards to confirm it" in talk.in_room(ROOM)[-1].body
    await talk.say("we use PlanX", sender=ANA)
    assert "not verified" in talk.last.body
    await talk.say("who uses PlanX?")
    assert "London Borough of Lambeth – in production, said in chat today, not verified" in talk.last.body


async def test_an_unverified_end_doesnt_hide_what_was_known_better(talk: Dialogue) -> None:
    await talk.say("I work for Camden", sender=ANA)
    await talk.say("we stopped using PlanX", sender=ANA)
    await talk.say("who uses PlanX?")
    assert "used by 1 council" in talk.last.body


async def test_a_council_volunteers_and_withdraws(talk: Dialogue) -> None:
    await talk.say("we maintain PlanX", sender=BEA)
    assert "Thank you: London Borough of Camden now answers questions about PlanX" in talk.last.body
    await talk.say("who maintains PlanX?")
    assert "Camden answers questions about PlanX" in talk.last.body
    talk.now = talk.now.replace(minute=5)
    await talk.say("we no longer maintain PlanX", sender=BEA)
    await talk.say("who maintains PlanX?")
    assert "Nobody has volunteered" in talk.last.body


async def test_a_known_account_cant_be_noted_elsewhere(talk: Dialogue) -> None:
    await talk.say("I work for Lambeth", sender=BEA)
    assert "Your account is known to me as one of London Borough of Camden" in talk.last.body


async def test_what_might_mean_the_opposite_is_asked_about_and_not_noted(talk: Dialogue) -> None:
    await talk.say("just to say we aren't on bops now", sender=BEA)
    assert "confirmed today" not in talk.last.body
    await talk.say("who uses BOPS?")
    assert "I know of nobody using it" in talk.last.body
