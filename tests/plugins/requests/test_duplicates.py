"""A question asked before is closed for the one it repeats; nobody is sent round in a circle."""

import pytest

from tests.dialogue import ANA, BEA, CAI, Dialogue
from tests.plugins.requests.conftest import kept, newest

DAN = "@dan:elsewhere.org"


async def _three(talk: Dialogue) -> list[str]:
    return [
        await talk.say("help with PlanX: the map layer doesn't load", sender=ANA),
        await talk.say("help with PlanX: no map to be seen", sender=CAI),
        await talk.say("help with PlanX: where has the map gone", sender=BEA),
    ]


async def test_in_its_thread_or_by_number_it_is_closed_for_the_other(talk: Dialogue) -> None:
    questions = await _three(talk)
    await talk.say("duplicate of #1", sender=CAI, thread=questions[1], addressed=False)
    assert "Asked before: it goes on as #1." in talk.card(questions[1]).body
    assert "#2 is closed: the same was asked in #1" in newest(talk).body
    await talk.say("#3 is a duplicate of #2", sender=BEA)
    assert (await kept(talk, 3)).duplicate_of == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("duplicate of #999999", "There is no request #999999."),
        ("duplicate of #2", "#2 can't be a duplicate of itself."),
        ("duplicate of #999999999999999999999", ""),
    ],
)
async def test_of_nothing_or_of_itself_it_isnt(talk: Dialogue, said: str, told: str) -> None:
    questions = await _three(talk)
    await talk.say(said, sender=CAI, thread=questions[1])
    assert told in newest(talk).body
    assert (await kept(talk, 2)).state == "open"


async def test_in_a_circle_it_isnt(talk: Dialogue) -> None:
    await _three(talk)
    await talk.say("#2 is a duplicate of #1", sender=CAI)
    await talk.say("#1 is a duplicate of #2", sender=ANA)
    assert "That would go round in a circle" in newest(talk).body
    assert (await kept(talk, 1)).state == "open"


async def test_a_stranger_is_told_who_can(talk: Dialogue) -> None:
    await _three(talk)
    await talk.say("#2 is a duplicate of #1", sender=DAN)
    assert "by cai, who asked" in newest(talk).body
    assert (await kept(talk, 2)).state == "open"


async def test_it_can_be_reopened(talk: Dialogue) -> None:
    await _three(talk)
    await talk.say("#2 is a duplicate of #1", sender=CAI)
    await talk.say("reopen #2", sender=CAI)
    assert ((await kept(talk, 2)).state, (await kept(talk, 2)).duplicate_of) == ("open", None)


async def test_whoever_asked_it_again_is_told_in_person_when_the_other_is_answered(talk: Dialogue) -> None:
    questions = await _three(talk)
    await talk.say("#2 is a duplicate of #1", sender=CAI)
    await talk.say("Clear the tile cache.", sender=BEA, thread=questions[0], addressed=False)
    heard = [said for said in talk.said if said.room_id == CAI]
    assert "#1" in heard[0].body
