"""People and rooms go away: the request goes on, or ends with a reason."""

from tests.dialogue import ANA, BEA, CAI, CLERK, ROOM, STEWARDS, Dialogue
from tests.plugins.requests.conftest import kept, newest

ASKED = "help with PlanX: the map layer doesn't load"
NEW_ROOM = "!new:example.org"


async def test_an_asker_who_leaves_closes_it_with_the_reason(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.depart(ANA)
    assert "#1 is closed: ana, who asked, has left the room." in newest(talk).body
    assert "Withdrawn" in talk.card(question).body
    await talk.say("history #1", sender=BEA)
    assert "closed, as the asker left the room" in newest(talk).body
    await talk.say("reopen #1", sender=ANA)
    assert "Open" in talk.card(question).body


async def test_somebody_else_who_leaves_or_another_room_is_nothing_to_it(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.depart(CAI)
    await talk.depart(ANA, room="!other:example.org")
    assert "Open" in talk.card(question).body


async def test_a_claimer_who_leaves_gives_it_back(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    await talk.depart(BEA)
    assert "Open" in talk.card(question).body
    assert "#1 is open again" in newest(talk).body


async def test_a_room_we_are_thrown_out_of_ends_what_waits_there_and_those_who_wait_are_told(talk: Dialogue) -> None:
    await talk.say(ASKED)
    await talk.depart(CLERK)
    assert (await kept(talk)).state == "lapsed"
    assert "I am no longer in the room where you asked #1" in talk.in_room(ANA)[0].body
    assert f"I am no longer in {ROOM}; 1 request there is at rest: #1." in talk.in_room(STEWARDS)[-1].body
    await talk.wait(days=30)
    assert (await kept(talk)).state == "lapsed"


async def test_an_upgraded_room_is_followed_with_a_card_for_what_waits(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.move(ROOM, NEW_ROOM)
    card = talk.in_room(NEW_ROOM)[-1]
    assert "Help request #1 about PlanX" in card.body
    assert "The question: the map layer doesn't load" in card.body
    assert card.relation == {}
    await talk.say("take", sender=BEA, room=NEW_ROOM, thread=card.event_id, addressed=False)
    assert "Taken by bea" in [said for said in talk.said if said.edits == card.event_id][-1].body
    await talk.depart(ANA, room=ROOM)  # everybody leaves the old room in the end
    assert (await kept(talk)).claimer == BEA
    assert (await kept(talk)).question_event == question


async def test_where_the_bot_may_no_longer_write_the_stewards_hear_it_once_and_the_card_comes_later(
    talk: Dialogue,
) -> None:
    question = await talk.say(ASKED)
    talk.chat.refuses.add(ROOM)
    await talk.react(question, "🙋", sender=BEA)
    await talk.react(question, "✅", sender=ANA)
    heard = [said.body for said in talk.in_room(STEWARDS)]
    assert len(heard) == 1
    assert f"I may no longer write in {ROOM}" in heard[0]
    talk.chat.refuses.clear()
    await talk.say("reopen #1", sender=ANA)
    assert "Open" in talk.card(question).body


async def test_a_card_that_was_refused_at_first_is_shown_when_it_may_be(talk: Dialogue) -> None:
    talk.chat.refuses.add(ROOM)
    question = await talk.say(ASKED)
    talk.chat.refuses.clear()
    await talk.say("take #1", sender=BEA)
    assert "Taken by bea" in talk.card(question).body
