"""Rungs whose councils are asked all together, ladders that begin again, and their end."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.dialogue import (
    ANA,
    BEA,
    CAI,
    CAMDEN,
    CARDIFF,
    LAMBETH,
    MAINTAINERS,
    PLANX,
    ROOM,
    SAM,
    Dialogue,
    dialogue,
    maintains,
    uses,
)
from tests.plugins.escalation.steps import PLUGINS, agrees, behind, calls, request_of, to_stewards, with_ladder

BOTH = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
USING = [uses(CAMDEN, PLANX), uses(LAMBETH, PLANX)]
AFTERNOONS: list[dict[str, Any]] = [
    {"id": CAMDEN.id, "people": [BEA]},
    {"id": LAMBETH.id, "people": [CAI], "hours": "Mon-Fri 15:00-17:00"},
]
ALL = with_ladder(("maintainers", "1h"), ("stewards", "2h"))


# --- all maintainers ------------------------------------------------------------------------------------


async def test_all_maintainers_are_called_each_in_its_own_hours(tmp_path: Path) -> None:
    async with dialogue(tmp_path, ALL, assertions=BOTH, councils=AFTERNOONS) as talk:
        question = await talk.say("help with PlanX: it is down")
        assert "all councils that volunteered will be asked on Monday 11 May, 11:00" in talk.card(question).body
        await talk.wait(hours=1)
        assert [said.mentions for said in calls(talk)] == [[BEA]]
        await talk.wait(hours=5)
        assert [said.mentions for said in calls(talk)] == [[BEA], [CAI]]
        assert "Asked so far: Camden, the stewards and Lambeth." in talk.card(question).body


async def test_who_would_be_called_later_is_not_if_it_was_taken_meanwhile(tmp_path: Path) -> None:
    async with dialogue(tmp_path, ALL, assertions=BOTH, councils=AFTERNOONS) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=1)
        await talk.say("take", sender=BEA, room=MAINTAINERS, reply_to=calls(talk)[0].event_id, addressed=False)
        await talk.wait(days=1)
        assert [said.mentions for said in calls(talk)] == [[BEA]]


async def test_who_would_be_called_later_is_not_if_it_said_so_meanwhile(tmp_path: Path) -> None:
    async with dialogue(tmp_path, ALL, assertions=BOTH, councils=AFTERNOONS) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=1)
        async with behind(talk) as memory:
            await memory.availability.dont_ask(LAMBETH.id, PLANX.id, CAI, talk.now)
        await talk.wait(days=1)
        assert [said.mentions for said in calls(talk)] == [[BEA]]


async def test_one_of_all_who_passes_hurries_nothing_until_all_have(tmp_path: Path) -> None:
    async with dialogue(tmp_path, ALL, assertions=BOTH) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=1)
        assert [said.mentions for said in calls(talk)] == [[BEA], [CAI]]
        for person, called in ((BEA, 0), (CAI, 1)):
            await talk.say("pass #1", sender=person)
            await talk.wait(minutes=1)
            assert len(to_stewards(talk)) == called


async def test_for_all_together_several_questions_are_one_message_each(tmp_path: Path) -> None:
    async with dialogue(tmp_path, ALL, assertions=BOTH) as talk:
        talk.now = talk.now.replace(hour=16)
        for _ in range(3):
            await talk.say("help with PlanX: it is down")
        await talk.wait(hours=17)
        assert [said.mentions for said in calls(talk)] == [[BEA], [CAI]]
        assert all("3 questions wait for you" in said.body for said in calls(talk))


# --- those who use it -------------------------------------------------------------------------------------


async def test_users_who_agreed_are_asked_in_person_and_may_pass(tmp_path: Path) -> None:
    plugins = with_ladder(("users", "1h"), ("stewards", "2h"))
    async with dialogue(tmp_path, plugins, assertions=USING) as talk:
        await agrees(talk, CAI)
        question = await talk.say("help with PlanX: it is down")
        assert "the councils that use it will be asked on Monday 11 May, 11:00" in talk.card(question).body
        await talk.wait(hours=1)
        (asked,) = talk.in_room(CAI)
        assert "cai, you said that you may be asked: somebody needs help with PlanX, which Lambeth uses" in asked.body
        assert "“stop asking me”" in asked.body
        assert asked.mentions == [CAI]
        assert "Asked so far: Lambeth." in talk.card(question).body
        assert CAI not in "".join(said.body + said.html for said in talk.in_room(ROOM))
        await talk.say("pass", sender=CAI, room=CAI, reply_to=asked.event_id)
        await talk.wait(minutes=1)
        assert [said.mentions for said in to_stewards(talk)] == [[SAM]]


async def test_users_who_said_nothing_or_no_are_not_asked(tmp_path: Path) -> None:
    plugins = with_ladder(("users", "1h"), ("stewards", "2h"))
    async with dialogue(tmp_path, plugins, assertions=USING) as talk:
        async with behind(talk) as memory:
            await memory.contacts.keep_consent(CAI, "no")
        question = await talk.say("help with PlanX: it is down")
        assert "No council that uses PlanX has agreed to be asked" in talk.card(question).body
        await talk.wait(hours=8)
        assert talk.in_room(CAI) == talk.in_room(BEA) == []


async def test_who_used_it_and_the_askers_own_council_are_not_asked(tmp_path: Path) -> None:
    retired = uses(LAMBETH, PLANX, status="retired")
    async with dialogue(tmp_path, with_ladder(("users", "1h")), assertions=[USING[0], retired]) as talk:
        await agrees(talk, BEA, CAI)
        question = await talk.say("help with PlanX: it is down", sender=BEA)
        assert "No council that uses PlanX has agreed to be asked" in talk.card(question).body


async def test_who_was_called_as_a_maintainer_is_not_asked_as_a_user(tmp_path: Path) -> None:
    plugins = with_ladder(("maintainer", "1h"), ("users", "1h"))
    async with dialogue(tmp_path, plugins, assertions=[BOTH[0], *USING]) as talk:
        await agrees(talk, BEA, CAI)
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=3)
        assert [said.mentions for said in calls(talk)] == [[BEA]]
        assert len(talk.in_room(CAI)) == 1
        assert talk.in_room(BEA) == []


async def test_users_who_changed_their_mind_before_their_hours_are_not_asked(tmp_path: Path) -> None:
    plugins = with_ladder(("users", "1h"))
    async with dialogue(tmp_path, plugins, assertions=USING, councils=AFTERNOONS) as talk:
        await agrees(talk, BEA, CAI)
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=1)
        assert len(talk.in_room(BEA)) == 1
        async with behind(talk) as memory:
            await memory.contacts.keep_consent(CAI, "no")
        await talk.wait(days=1)
        assert talk.in_room(CAI) == []


# --- again ------------------------------------------------------------------------------------------------


async def test_a_ladder_begins_again_as_often_as_is_set(tmp_path: Path) -> None:
    plugins = with_ladder(("maintainer", "1h"), ("stewards", "1h"), repeats=1)
    async with dialogue(tmp_path, plugins, assertions=BOTH[:1]) as talk:
        question = await talk.say("help with PlanX: it is down")
        await talk.wait(hours=2, minutes=1)
        card = talk.card(question).body
        assert "If nobody has taken it by then, I start again from the beginning on Monday 11 May, 13:00." in card
        again = "If nobody takes it, I start again from the beginning on Monday 11 May, 13:00."
        assert again in to_stewards(talk)[0].body
        await talk.wait(hours=1)
        card = talk.card(question).body
        assert "Nobody could answer the first time, so everybody is asked again from the beginning." in card
        assert "Asked so far: Camden." in card
        await talk.wait(days=3)
        assert [said.mentions for said in calls(talk)] == [[BEA], [BEA]]
        assert [said.mentions for said in to_stewards(talk)] == [[SAM], [SAM]]
        assert (await request_of(talk, 1)).repeats == 1
        await talk.say("status #1")
        assert "nobody answered: asked again from the beginning" in talk.last.body


async def test_who_was_called_last_can_pass_though_the_ladder_begins_again(tmp_path: Path) -> None:
    plugins = with_ladder(("maintainer", "1h"), repeats=1)
    async with dialogue(tmp_path, plugins, assertions=BOTH[:1]) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=1)
        await talk.say("pass", sender=BEA, room=MAINTAINERS, reply_to=calls(talk)[0].event_id, addressed=False)
        assert "bea has passed #1 on" in talk.in_room(MAINTAINERS)[-1].body
        await talk.wait(minutes=30)
        assert len(calls(talk)) == 1  # not again in the same breath
        await talk.wait(hours=1)
        assert len(calls(talk)) == 2


async def test_a_ladder_that_calls_nobody_does_not_begin_again(tmp_path: Path) -> None:
    plugins = with_ladder(("maintainer", "1h"), repeats=3)
    async with dialogue(tmp_path, plugins) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(days=3)
        assert (await request_of(talk, 1)).repeats == 0


async def test_reopened_it_may_begin_again_as_often_as_at_first(tmp_path: Path) -> None:
    plugins = with_ladder(("stewards", "1h"), repeats=1)
    async with dialogue(tmp_path, plugins) as talk:
        question = await talk.say("help with PlanX: it is down")
        await talk.wait(hours=4)
        await talk.say("withdraw", thread=question)
        await talk.say("reopen #1")
        assert (await request_of(talk, 1)).repeats == 0
        await talk.wait(days=1)
        assert len(to_stewards(talk)) == 4


# --- the end ----------------------------------------------------------------------------------------------


def told(talk: Dialogue) -> list[str]:
    """What pings the asker."""
    return [said.body for said in talk.in_room(ROOM) if said.mentions == [ANA]]


@pytest_asyncio.fixture
async def one(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """One maintainer and nobody after them."""
    async with dialogue(tmp_path, with_ladder(("maintainer", "1h")), assertions=BOTH[:1]) as made:
        yield made


async def test_at_the_end_the_stewards_hear_it_and_the_asker_is_told_the_truth_once(one: Dialogue) -> None:
    question = await one.say("help with PlanX: it is down")
    await one.wait(hours=1, minutes=30)
    assert told(one) == []
    await one.wait(days=3)
    (line,) = told(one)
    assert "ana, I have asked everybody whom I could ask about #1, and nobody has taken it so far." in line
    (heard,) = to_stewards(one)
    assert "nobody is left to be asked about help request #1 about PlanX" in heard.body
    assert heard.mentions == [SAM]
    assert "Everybody who could be asked has been" in one.card(question).body
    await one.say("status #1")
    assert "nobody left to call" in one.last.body


async def test_where_nobody_could_be_asked_it_is_said_so(tmp_path: Path) -> None:
    async with dialogue(tmp_path, with_ladder(("maintainer", "1h"))) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=2)
        assert "ana, there is nobody whom I could ask about #1." in told(talk)[0]
        assert len(to_stewards(talk)) == 1


async def test_a_pass_with_nobody_left_is_heard_by_the_stewards_at_once(one: Dialogue) -> None:
    await one.say("help with PlanX: it is down")
    await one.wait(hours=1)
    await one.say("pass #1", sender=BEA)
    await one.wait(minutes=1)
    assert len(to_stewards(one)) == 1
    assert len(told(one)) == 1
    await one.wait(days=3)
    assert len(to_stewards(one)) == 1
    assert len(told(one)) == 1


async def test_a_release_with_nobody_left_is_heard_by_the_stewards(one: Dialogue) -> None:
    question = await one.say("help with PlanX: it is down")
    await one.wait(hours=1)
    await one.say("take", sender=BEA, thread=question, addressed=False)
    await one.wait(days=7)
    assert len(to_stewards(one)) == 1


async def test_the_stewards_who_were_called_last_are_not_told_it_again(tmp_path: Path) -> None:
    async with dialogue(tmp_path, with_ladder(("stewards", "1h"))) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(days=3)
        assert len(to_stewards(talk)) == 1
        assert len(told(talk)) == 1


@pytest.mark.parametrize("word", ["take", "Restart the worker, that helped us."])
async def test_who_is_helped_in_time_is_not_told_so(one: Dialogue, word: str) -> None:
    question = await one.say("help with PlanX: it is down")
    await one.wait(hours=1, minutes=30)
    await one.say(word, sender=BEA, thread=question, addressed=False)
    await one.wait(hours=4)
    assert told(one) == []
    assert to_stewards(one) == []


async def test_a_council_that_volunteers_while_nobody_could_be_asked_is_asked(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        question = await talk.say("help with PlanX: it is down")
        async with behind(talk) as memory:
            await memory.register.add_assertions([maintains(CARDIFF, PLANX)], talk.now)
        await talk.wait(hours=5)
        assert "Asked so far: Cardiff." in talk.card(question).body
