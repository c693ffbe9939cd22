"""The call: whom it goes to and where, one message for all that is due, once more if nobody acknowledges it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.request import State
from tests.dialogue import (
    ANA,
    BEA,
    BOPS,
    CAI,
    CAMDEN,
    LAMBETH,
    MAINTAINERS,
    PLANX,
    ROOM,
    SAM,
    Dialogue,
    dialogue,
    maintains,
)
from tests.plugins.escalation.steps import (
    ABE,
    PLUGINS,
    behind,
    calls,
    goes_away,
    request_of,
    to_stewards,
    with_ladder,
)

BOTH = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
OUR_OWN = "!camden:example.org"
TWO_OF_CAMDEN: list[dict[str, Any]] = [{"id": CAMDEN.id, "people": [BEA, ABE]}, {"id": LAMBETH.id, "people": [CAI]}]


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Camden (Bea) alone maintains PlanX."""
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1]) as made:
        yield made


async def test_a_call_says_who_is_next_and_when(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=5)
        assert "If nobody takes it, Lambeth will be asked on Tuesday 12 May, 10:00." in calls(talk)[0].body


async def test_a_call_after_which_nobody_is_left_says_so(tmp_path: Path) -> None:
    async with dialogue(tmp_path, with_ladder(("maintainer", "1h")), assertions=BOTH[:1]) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=2)
        assert "nobody else is left to be asked" in calls(talk)[0].body


async def test_the_wait_that_is_told_is_without_the_time_it_waited_for_the_asker(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    async with behind(talk) as memory:
        await memory.promises.stop_clock(1, talk.now)
    await talk.wait(hours=1)
    async with behind(talk) as memory:
        await memory.promises.start_clock(1, talk.now)
    await talk.wait(hours=3)
    assert calls(talk) == []  # an hour is left, and nobody had to look at it anew
    await talk.wait(hours=1)
    assert "asked it 4 hours of working time ago" in calls(talk)[0].body


@pytest.mark.parametrize(
    ("rooms", "council", "where"),
    [
        ({"maintainers": MAINTAINERS}, {"room": OUR_OWN}, OUR_OWN),
        ({"maintainers": MAINTAINERS}, {}, MAINTAINERS),
        ({}, {}, BEA),
        ({}, {"people": []}, ROOM),
    ],
    ids=["its own room", "the maintainers' room", "a direct chat", "where it was asked"],
)
async def test_where_a_council_is_called(
    tmp_path: Path, rooms: dict[str, str], council: dict[str, Any], where: str
) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA]} | council]
    community = {"rooms": rooms}
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], community=community, councils=councils) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=5)
        called = [said for said in talk.in_room(where) if "Call for Camden" in said.body]
        assert len(called) == 1
        assert list(called[0].mentions) == councils[0]["people"]


async def test_in_a_direct_chat_the_call_is_taken_by_a_word(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], community={"rooms": {}}) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=5)
        call = talk.in_room(BEA)[0]
        await talk.say("take", sender=BEA, room=BEA, reply_to=call.event_id)
        assert (await request_of(talk, 1)).claimer == BEA


async def test_people_are_called_in_turn_and_who_is_away_today_is_not(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], councils=TWO_OF_CAMDEN) as talk:
        await goes_away(talk, [BEA], talk.now.date(), talk.now.date())
        for _ in range(2):
            question = await talk.say("help with PlanX: it is down")
            await talk.wait(hours=5)
            await talk.say("Done.", sender=SAM, thread=question, addressed=False)
            await talk.wait(hours=19)
        assert [said.mentions for said in calls(talk)] == [[ABE], [BEA]]


async def test_who_asked_is_not_called_for_it(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], councils=TWO_OF_CAMDEN) as talk:
        await talk.say("help with PlanX: it is down", sender=BEA)
        await talk.wait(hours=5)
        assert [said.mentions for said in calls(talk)] == [[ABE]]


async def test_the_askers_own_council_is_called_only_if_there_is_no_other(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH, councils=TWO_OF_CAMDEN) as talk:
        await talk.say("help with PlanX: it is down", sender=BEA)
        await talk.wait(hours=5)
        assert [said.mentions for said in calls(talk)] == [[CAI]]


# --- several at once ---------------------------------------------------------------------------------


async def three_wait(talk: Dialogue) -> list[str]:
    """Three questions, all due for Camden when it opens on Tuesday."""
    talk.now = talk.now.replace(hour=16)
    texts = "it is down", "the map is empty", "how do we export?"
    asked = [await talk.say(f"help with PlanX: {text}") for text in texts]
    await talk.wait(hours=20)
    return asked


async def test_several_that_are_due_for_one_council_are_put_to_it_in_one_message(talk: Dialogue) -> None:
    asked = await three_wait(talk)
    (call,) = calls(talk)
    assert "Call for Camden, bea: 3 questions wait for you." in call.body
    assert call.body.count("PlanX, waiting for 4 hours of working time") == 3
    assert all(f"#{number} (https://matrix.to" in call.body for number in (1, 2, 3))
    assert [(await request_of(talk, number)).rung for number in (1, 2, 3)] == [1, 1, 1]
    assert all("Asked so far: Camden." in talk.card(question).body for question in asked)


async def test_each_of_them_is_called_only_once(talk: Dialogue) -> None:
    await three_wait(talk)
    await talk.wait(hours=1)
    assert len(calls(talk)) == 1


async def test_what_somebody_has_taken_meanwhile_is_not_among_them(talk: Dialogue) -> None:
    talk.now = talk.now.replace(hour=16)
    for _ in range(3):
        await talk.say("help with PlanX: it is down")
    await talk.say("take #2", sender=CAI)
    await talk.wait(hours=20)
    assert "2 questions wait" in calls(talk)[0].body
    assert "#2 " not in calls(talk)[0].body


async def test_what_still_waits_for_them_from_before_is_named_too(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    await talk.wait(hours=5)
    await talk.say("help with PlanX: the map is empty")
    await talk.wait(hours=20)
    assert "#1 is waiting for you as well." in calls(talk)[1].body


async def test_take_in_reply_asks_which_and_the_number_answers_it(talk: Dialogue) -> None:
    await three_wait(talk)
    await talk.say("take", sender=BEA, room=MAINTAINERS, reply_to=calls(talk)[0].event_id, addressed=False)
    asked = talk.in_room(MAINTAINERS)[-1]
    assert "Which one do you take?" in asked.body
    assert "“2” #2 PlanX" in asked.body
    assert "“4” all of them" in asked.body
    await talk.say("2", sender=BEA, room=MAINTAINERS, reply_to=asked.event_id, addressed=False)
    states = [(await request_of(talk, number)).state for number in (1, 2, 3)]
    assert states == [State.OPEN, State.CLAIMED, State.OPEN]


async def test_where_a_bare_number_could_mean_two_things_the_whole_word_is_asked_for(talk: Dialogue) -> None:
    await three_wait(talk)
    await talk.say("take #1", sender=CAI)
    await talk.say("take", sender=BEA, room=MAINTAINERS, reply_to=calls(talk)[0].event_id, addressed=False)
    asked = talk.in_room(MAINTAINERS)[-1]
    assert "Which one do you take: #2 and #3? Say it with its number, like “take #2”, or “take all”." in asked.body
    await talk.say("take #2", sender=BEA, room=MAINTAINERS, reply_to=asked.event_id, addressed=False)
    assert [(await request_of(talk, number)).claimer for number in (2, 3)] == [BEA, ""]


@pytest.mark.parametrize(("word", "taken"), [("take all", {1, 2, 3}), ("take #3", {3}), ("take them all", {1, 2, 3})])
async def test_all_of_them_or_one_is_taken_by_a_word(talk: Dialogue, word: str, taken: set[int]) -> None:
    await three_wait(talk)
    await talk.say(word, sender=BEA, room=MAINTAINERS, reply_to=calls(talk)[0].event_id, addressed=False)
    assert {n for n in (1, 2, 3) if (await request_of(talk, n)).claimer == BEA} == taken


async def test_pass_all_hands_all_of_them_on(talk: Dialogue) -> None:
    await three_wait(talk)
    await talk.say("pass all", sender=BEA, room=MAINTAINERS, reply_to=calls(talk)[0].event_id, addressed=False)
    await talk.wait(minutes=1)
    (call,) = to_stewards(talk)
    assert "3 questions wait for you" in call.body


async def test_a_reaction_asks_which_too(talk: Dialogue) -> None:
    await three_wait(talk)
    await talk.react(calls(talk)[0].event_id, "🙋", room=MAINTAINERS)
    asked = talk.in_room(MAINTAINERS)[-1]
    await talk.say("4", sender=BEA, room=MAINTAINERS, reply_to=asked.event_id, addressed=False)
    assert {n for n in (1, 2, 3) if (await request_of(talk, n)).claimer == BEA} == {1, 2, 3}


async def test_the_last_that_is_left_of_a_call_needs_no_number(talk: Dialogue) -> None:
    await three_wait(talk)
    call = calls(talk)[0].event_id
    for number in (1, 2):
        await talk.say(f"take #{number}", sender=CAI)
    await talk.say("take", sender=BEA, room=MAINTAINERS, reply_to=call, addressed=False)
    assert (await request_of(talk, 3)).claimer == BEA
    await talk.say("take", sender=ABE, room=MAINTAINERS, reply_to=call, addressed=False)
    assert "None of these is waiting for you any more" in talk.last.body


async def test_more_than_ten_are_told_in_further_messages_and_none_is_lost(talk: Dialogue) -> None:
    talk.now = talk.now.replace(hour=16)
    for number in range(12):
        await talk.say(f"help with PlanX: question {number}", sender=f"@asker{number}:example.org")
    await talk.wait(hours=20)
    first, second = calls(talk)
    assert "10 questions wait" in first.body
    assert "2 questions wait" in second.body
    assert [await called(talk, number) for number in range(1, 13)] == [[CAMDEN.id]] * 12


async def called(talk: Dialogue, number: int) -> list[str]:
    """The councils that were called for this request."""
    request = await request_of(talk, number)
    async with behind(talk) as memory:
        return [call.organisation_id for call in await memory.requests.calls(request)]


async def test_no_more_is_put_to_a_council_than_it_wants_at_a_time(talk: Dialogue) -> None:
    async with behind(talk) as memory:
        await memory.availability.keep_at_most(CAMDEN.id, 2, BEA, talk.now)
    await three_wait(talk)
    assert "2 questions wait" in calls(talk)[0].body
    assert await called(talk, 3) != [CAMDEN.id]


# --- once more ----------------------------------------------------------------------------------------


async def test_a_call_nobody_acknowledges_is_put_once_to_the_next_person(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], councils=TWO_OF_CAMDEN) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=6)
        first, second = calls(talk)
        assert (first.mentions, second.mentions) == ([BEA], [ABE])
        assert "Call for Camden once more, abe" in second.body
        await talk.wait(hours=17)
        assert len(calls(talk)) == 2
        await talk.say("status #1")
        assert "called again, another person: London Borough of Camden" in talk.last.body


@pytest.mark.parametrize("word", ["take", "pass", "Have you restarted the worker, and what did it say then?"])
async def test_a_call_that_was_acknowledged_is_not_repeated(tmp_path: Path, word: str) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], councils=TWO_OF_CAMDEN) as talk:
        question = await talk.say("help with PlanX: it is down")
        await talk.wait(hours=5)
        await talk.say(word, sender=BEA, thread=question, addressed=False)
        await talk.wait(hours=3)
        assert [said.mentions for said in calls(talk)] == [[BEA]]


async def test_a_call_is_not_repeated_to_who_is_away(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], councils=TWO_OF_CAMDEN) as talk:
        await goes_away(talk, [ABE], date(2026, 5, 11), None)
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=8)
        assert len(calls(talk)) == 1


async def test_a_call_is_not_repeated_if_that_is_switched_off(tmp_path: Path) -> None:
    plugins = PLUGINS | {"escalation": {"recall_after": "0s"}}
    async with dialogue(tmp_path, plugins, assertions=BOTH[:1], councils=TWO_OF_CAMDEN) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=8)
        assert len(calls(talk)) == 1


async def test_several_are_repeated_in_one_message_too(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], councils=TWO_OF_CAMDEN) as talk:
        await three_wait(talk)
        await talk.say("take #1", sender=CAI)
        await talk.wait(hours=2)
        assert [said.mentions for said in calls(talk)] == [[BEA], [ABE]]
        assert "2 questions wait" in calls(talk)[1].body


# --- refused ------------------------------------------------------------------------------------------


async def test_a_call_that_is_refused_is_not_counted_and_the_next_is_asked_at_once(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA], "room": OUR_OWN}, {"id": LAMBETH.id, "people": [CAI]}]
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH, councils=councils) as talk:
        talk.chat.refuses.add(OUR_OWN)
        question = await talk.say("help with PlanX: it is down")
        await talk.wait(hours=4, minutes=1)
        assert [said.mentions for said in calls(talk)] == [[CAI]]
        card = talk.card(question).body
        assert "Asked so far: Lambeth." in card
        assert "the stewards will be asked on Tuesday 12 May, 10:00" in card
        (told,) = to_stewards(talk)
        assert "my call for Camden couldn't be delivered to the room !camden:example.org" in told.body
        async with behind(talk) as memory:
            assert await memory.requests.open_of(CAMDEN.id, talk.now.replace(month=1)) == 0
        await talk.say("status #1")
        assert "the call couldn't be delivered: London Borough of Camden" in talk.last.body


async def test_stewards_who_cannot_be_reached_are_not_called_for_ever(tmp_path: Path) -> None:
    async with dialogue(tmp_path, with_ladder(("stewards", "1h"))) as talk:
        talk.chat.refuses.add("!stewards:example.org")
        question = await talk.say("help with PlanX: it is down")
        await talk.wait(days=2)
        assert to_stewards(talk) == []
        assert "There is nobody to be asked" in talk.card(question).body
        assert len([said for said in talk.in_room(ROOM) if said.mentions == [ANA]]) == 1


async def test_nothing_anybody_is_called_becomes_a_mark_a_tag_or_a_ping_of_all(tmp_path: Path) -> None:
    hostile = replace(BOPS, id="evil", name="@room <b>\u202eX</b>")
    async with dialogue(tmp_path, PLUGINS) as talk:
        async with behind(talk) as memory:
            await memory.register.add_tools([hostile], talk.now)
            await memory.register.add_assertions([maintains(CAMDEN, hostile)], talk.now)
        await talk.say("help with evil: it is down")
        await talk.wait(hours=5)
        (call,) = calls(talk)
        assert call.content["m.mentions"] == {"user_ids": [BEA]}
        assert "\u202e" not in call.body + call.html
        assert "&lt;b&gt;" in call.html


async def test_stewards_who_are_called_for_several_are_told_how_to_take_them_and_no_more(tmp_path: Path) -> None:
    async with dialogue(tmp_path, with_ladder(("stewards", "1h"))) as talk:
        talk.now = talk.now.replace(hour=16)
        for _ in range(2):
            await talk.say("help with PlanX: it is down")
        await talk.wait(hours=18)
        (call,) = to_stewards(talk)
        assert "Say which in your reply: “take #1”. Or for all of them: “take all”." in call.body
        assert "pass" not in call.body
