"""A claim handed over is asked for, and theirs only when they say yes."""

import pytest

from tests.dialogue import ANA, BEA, CAI, MAINTAINERS, ROOM, SAM, Dialogue
from tests.plugins.requests.conftest import kept, newest

ASKED = "help with PlanX: the map layer doesn't load"


async def _claimed(talk: Dialogue) -> str:
    question = await talk.say(ASKED)
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    return question


async def test_it_is_theirs_when_they_say_yes(talk: Dialogue) -> None:
    question = await _claimed(talk)
    await talk.say("hand over to Cai", sender=BEA, thread=question, addressed=False, mentions=[CAI])
    assert "cai, bea would like to hand #1 over to you" in newest(talk).body
    assert newest(talk).mentions == [CAI]
    assert "Taken by bea" in talk.card(question).body
    await talk.say("yes", sender=CAI, thread=question, addressed=False)
    assert "Taken by cai (Lambeth)." in talk.card(question).body


async def test_a_no_leaves_it_where_it_was(talk: Dialogue) -> None:
    question = await _claimed(talk)
    await talk.say(f"hand over to {CAI}", sender=BEA, thread=question, addressed=False, mentions=[CAI])
    await talk.say("no", sender=CAI, reply_to=newest(talk).event_id, addressed=False)
    assert "cai can't take #1 on; it stays with bea." in newest(talk).body
    assert (await kept(talk)).claimer == BEA


async def test_only_whom_it_was_offered_to_can_take_it_on(talk: Dialogue) -> None:
    question = await _claimed(talk)
    await talk.say(f"hand over to {CAI}", sender=BEA, thread=question, addressed=False, mentions=[CAI])
    for stranger in (ANA, SAM):
        await talk.say("yes", sender=stranger, thread=question, addressed=False)
    assert (await kept(talk)).claimer == BEA


async def test_a_yes_that_comes_too_late_changes_nothing(talk: Dialogue) -> None:
    question = await _claimed(talk)
    await talk.say(f"hand over to {CAI}", sender=BEA, thread=question, addressed=False, mentions=[CAI])
    asked = newest(talk).event_id
    await talk.say("pass", sender=BEA, thread=question, addressed=False)
    await talk.say("yes", sender=CAI, reply_to=asked, addressed=False)
    assert "#1 has moved on meanwhile" in newest(talk).body
    assert (await kept(talk)).claimer == ""


@pytest.mark.parametrize(
    ("who", "named", "told"),
    [
        (CAI, [SAM], "#1 is with bea; they or a steward"),
        (BEA, [], "Mention one person"),
        (BEA, [CAI, SAM], "Mention one person"),
        (BEA, [BEA], "#1 is with bea already."),
        (BEA, [ANA], "#1 is your own question"),
    ],
)
async def test_what_doesnt_fit_is_explained(talk: Dialogue, who: str, named: list[str], told: str) -> None:
    await _claimed(talk)
    await talk.say("hand over #1 to them", sender=who, mentions=named)
    assert told in newest(talk).body
    assert (await kept(talk)).claimer == BEA


async def test_what_nobody_has_cant_be_handed_over(talk: Dialogue) -> None:
    await talk.say(ASKED)
    await talk.say(f"hand over #1 to {CAI}", sender=BEA, mentions=[CAI])
    assert "Nobody has taken #1 yet" in newest(talk).body


async def test_asked_for_in_another_room_they_are_asked_in_the_requests_own(talk: Dialogue) -> None:
    await _claimed(talk)
    await talk.say(f"hand over #1 to {CAI}", sender=BEA, room=MAINTAINERS, mentions=[CAI])
    assert "I have asked cai" in talk.in_room(MAINTAINERS)[-1].body
    assert "Will you take it on?" in talk.in_room(ROOM)[-1].body
