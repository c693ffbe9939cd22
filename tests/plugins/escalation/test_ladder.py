"""Up the ladder, by dialogue: promises in words, calls in working time, stopped by a claim or an answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.dialogue import (
    BEA,
    CAI,
    CAMDEN,
    LAMBETH,
    MAINTAINERS,
    PLANX,
    SAM,
    STEWARDS,
    Dialogue,
    dialogue,
    maintains,
)

PLUGINS: dict[str, dict[str, object]] = {"escalation": {}, "requests": {"pinned_boards": False}}


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Camden (Bea) and Lambeth (Cai) maintain PlanX; both work Monday to Friday, nine to five."""
    both = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
    async with dialogue(tmp_path, PLUGINS, assertions=both) as made:
        yield made


async def test_the_card_promises_in_words_who_is_asked_and_when(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    assert "London Borough of Camden will be asked on Monday 11 May, 14:00" in talk.card(question).body


async def test_councils_are_called_in_turn_then_the_stewards_each_once(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    await talk.wait(days=3)
    calls = talk.in_room(MAINTAINERS)
    assert [call.mentions for call in calls] == [[BEA], [CAI]]
    assert all(call.content["msgtype"] == "m.text" for call in calls)
    assert "Call for Camden, bea: help request #1 about PlanX" in calls[0].body
    assert "4 hours of working time ago" in calls[0].body
    assert [call.mentions for call in talk.in_room(STEWARDS)] == [[SAM]]
    card = talk.card(question).body
    assert "Asked so far: Camden, Lambeth and the stewards." in card
    assert "Everybody who could be asked has been" in card


async def test_nobody_is_called_outside_their_hours(talk: Dialogue) -> None:
    talk.now = talk.now.replace(hour=15)  # four in London
    question = await talk.say("help with PlanX: it is down")
    assert "on Tuesday 12 May, 12:00" in talk.card(question).body


async def test_a_bank_holiday_puts_the_call_off_and_the_card_says_so(talk: Dialogue) -> None:
    talk.now = talk.now.replace(day=1, hour=13)  # Friday before the early May bank holiday of 2026
    question = await talk.say("help with PlanX: it is down")
    assert "on Tuesday 5 May, 10:00 (closed before: May Day)" in talk.card(question).body


async def test_a_claim_stops_the_clock_and_passing_hands_it_on_at_once(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    await talk.wait(days=2)
    assert talk.in_room(MAINTAINERS) == []
    await talk.say("pass", sender=BEA, thread=question, addressed=False)
    await talk.wait(minutes=1)
    assert len(talk.in_room(MAINTAINERS)) == 1


async def test_an_answer_stops_the_clock(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    await talk.say("Restart the worker.", sender=CAI, thread=question, addressed=False)
    await talk.wait(days=7)
    assert talk.in_room(MAINTAINERS) == []


async def test_take_in_reply_to_the_call_takes_the_request(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    await talk.wait(hours=5)
    call = talk.in_room(MAINTAINERS)[0]
    await talk.say("take", sender=BEA, room=MAINTAINERS, reply_to=call.event_id, addressed=False)
    assert "Taken by bea (Camden)" in talk.card(question).body


async def test_pass_in_reply_to_the_call_calls_the_next_at_once(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    await talk.wait(hours=5)
    call = talk.in_room(MAINTAINERS)[0]
    await talk.say("pass", sender=BEA, room=MAINTAINERS, reply_to=call.event_id, addressed=False)
    await talk.wait(minutes=1)
    assert [said.mentions for said in talk.in_room(MAINTAINERS) if said.mentions] == [[BEA], [CAI]]


async def test_what_fell_due_while_the_bot_was_down_is_done_once_and_marked_late(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    await talk.sleep(days=2)
    calls = talk.in_room(MAINTAINERS)
    assert len(calls) == 1
    assert "(Late: this call was due on Monday 11 May, 14:00" in calls[0].body


async def test_without_a_maintainer_the_step_is_skipped_and_said(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        question = await talk.say("help with PlanX: it is down")
        card = talk.card(question).body
        assert "No council has volunteered for PlanX yet, so that step is skipped." in card
        assert "the stewards will be asked on" in card


async def test_turns_go_round_between_councils(talk: Dialogue) -> None:
    for _ in range(4):
        question = await talk.say("help with PlanX: it is down")
        await talk.wait(hours=5)
        await talk.say("Done.", sender=SAM, thread=question, addressed=False)
        await talk.wait(hours=19)
    called = [call.mentions[0] for call in talk.in_room(MAINTAINERS) if call.mentions]
    assert called == [BEA, CAI, BEA, CAI]


async def test_a_council_without_verified_maintainers_is_not_called(tmp_path: Path) -> None:
    unverified = maintains(CAMDEN, PLANX, grade="unverified")
    async with dialogue(tmp_path, PLUGINS, assertions=[unverified]) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(days=3)
        assert talk.in_room(MAINTAINERS) == []


async def test_a_stranger_cant_run_a_request_through_the_ladder(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    await talk.say("pass #1", sender="@stranger:elsewhere.org", room="!elsewhere:example.org")
    assert "can be passed on by the council that was called" in talk.last.body
    await talk.wait(minutes=1)
    assert talk.in_room(MAINTAINERS) == []


async def test_the_call_is_declined_by_a_reaction_too(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    await talk.wait(hours=5)
    await talk.react(talk.in_room(MAINTAINERS)[0].event_id, "🙅", sender=BEA, room=MAINTAINERS)
    await talk.wait(minutes=1)
    assert [said.mentions for said in talk.in_room(MAINTAINERS) if said.mentions] == [[BEA], [CAI]]


async def test_who_passed_it_on_is_not_called_for_it(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    await talk.say("pass", sender=BEA, thread=question, addressed=False)
    await talk.wait(minutes=1)
    assert [said.mentions for said in talk.in_room(MAINTAINERS) if said.mentions] == [[CAI]]
