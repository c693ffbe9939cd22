"""What is said to somebody else, or means something else, is no answer and no command."""

import pytest

from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.dialogue import ANA, BEA, CAI, CAMDEN, LAMBETH, MAINTAINERS, PLANX, SAM, Dialogue, dialogue, maintains
from tests.plugins.requests.conftest import QUIET, kept, newest, steps

PRIVATE = "!direct:example.org"
ASKED = "help with PlanX: the map layer doesn't load"


async def test_a_yes_in_another_thread_or_in_reply_to_a_person_hands_nothing_over(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    await talk.say("hand over to Cai", sender=BEA, thread=question, addressed=False, mentions=[CAI])
    lunch = await talk.say("Anybody for lunch?", sender=SAM, addressed=False)
    await talk.say("yes", sender=CAI, addressed=False)
    await talk.say("yes", sender=CAI, reply_to=lunch, addressed=False)
    assert (await kept(talk)).claimer == BEA
    await talk.wait(hours=20)
    await talk.say("yes", sender=CAI, thread=question, addressed=False)  # in its own thread a day is not too late
    assert (await kept(talk)).claimer == CAI


@pytest.mark.parametrize(
    "text", ["Hi Ana!", "lol", "👍", "ok", "Sorry to hear that.", "I have no idea, sorry", "yes", "Sorry, wrong thread"]
)
async def test_small_talk_of_a_maintainers_is_no_answer(known: Dialogue, text: str) -> None:
    question = await known.say(ASKED)
    await known.say(text, sender=BEA, thread=question, addressed=False)
    assert "answer" not in await steps(known)


async def test_to_ask_for_something_without_a_question_mark_is_to_wait_for_it(known: Dialogue) -> None:
    question = await known.say(ASKED)
    await known.say("Please send me the logs.", sender=BEA, thread=question, addressed=False)
    assert (await kept(known)).state == "waiting"


async def test_a_question_to_somebody_else_is_not_one_to_the_asker(known: Dialogue) -> None:
    question = await known.say(ASKED)
    await known.say("@cai can you look?", sender=BEA, thread=question, addressed=False, mentions=[CAI])
    assert (await kept(known)).state == "open"


async def test_who_answered_may_say_more_and_that_is_kept(known: Dialogue) -> None:
    question = await known.say(ASKED)
    await known.say("Try again.", sender=BEA, thread=question, addressed=False)
    await known.say("If that doesn't do, clear the tile cache.", sender=BEA, thread=question, addressed=False)
    assert (await kept(known)).answer == "If that doesn't do, clear the tile cache."


async def test_an_asker_who_writes_on_is_asked_and_silence_doesnt_settle_it(known: Dialogue) -> None:
    question = await known.say(ASKED)
    await known.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    await known.say("The same error still shows up with me.", sender=ANA, thread=question, addressed=False)
    assert "ana: does that mean that #1 isn't settled?" in newest(known).body
    await known.wait(days=8)
    assert "ana, is #1 settled?" in newest(known).body
    assert newest(known).mentions == [ANA]
    assert (await kept(known)).state == "answered"
    await known.wait(days=8)
    assert (await kept(known)).state == "resolved"


async def test_late_is_not_never(known: Dialogue) -> None:
    question = await known.say(ASKED)
    await known.say("Which browser is it?", sender=BEA, thread=question, addressed=False)
    await known.wait(days=20)
    assert (await kept(known)).state == "lapsed"
    await known.say("Sorry for being late: it is Firefox.", sender=ANA, thread=question, addressed=False)
    assert (await kept(known)).state == "claimed"


async def test_what_the_asker_says_of_it_in_private_is_passed_on_after_a_yes(talk: Dialogue) -> None:
    async with talk.database.transaction() as connection:
        await Memory(connection).rooms.keep(Room(PRIVATE, "join", direct=True, members=2, inviter=ANA))
    question = await talk.say(ASKED, room=PRIVATE)
    await talk.say("yes", room=PRIVATE)
    card = talk.card(question).event_id
    await talk.say("take", sender=BEA, room=MAINTAINERS, thread=card, addressed=False)
    await talk.say("Which browser is it?", sender=BEA, room=MAINTAINERS, thread=card, addressed=False)
    asked = talk.in_room(PRIVATE)[-1]
    await talk.say("Firefox 128", room=PRIVATE, reply_to=asked.event_id, addressed=False)
    assert "Shall I pass that on" in talk.in_room(PRIVATE)[-1].body
    assert "Firefox 128" not in "".join(said.body for said in talk.in_room(MAINTAINERS))
    await talk.say("yes", room=PRIVATE)
    assert "ana says: Firefox 128" in newest(talk, MAINTAINERS).body
    assert newest(talk, MAINTAINERS).mentions == [BEA]
    assert (await kept(talk)).state == "claimed"


async def test_a_second_request_in_a_thread_says_how_to_speak_of_it(talk: Dialogue) -> None:
    first = await talk.say(ASKED)
    second = await talk.say("help with BOPS: the login is down", thread=first)
    assert "reply to this card, or say the number, like “take #2”" in talk.card(second).body
    assert "like “take" not in talk.card(first).body


async def test_nobody_hurries_the_calls_by_taking_and_passing(tmp_path: object) -> None:
    plugins: dict[str, dict[str, object]] = {"requests": QUIET, "escalation": {}}
    assertions = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
    async with dialogue(tmp_path, plugins, assertions=assertions) as talk:  # type: ignore[arg-type]
        question = await talk.say(ASKED)
        for _ in range(3):
            sign = await talk.react(question, "🙋", sender="@dan:elsewhere.org")
            await talk.redact(sign, sender="@dan:elsewhere.org")
        await talk.wait(minutes=5)
        assert talk.in_room(MAINTAINERS) == []
        await talk.wait(hours=4)
        assert len(talk.in_room(MAINTAINERS)) == 1


async def test_a_council_passes_once(tmp_path: object) -> None:
    plugins: dict[str, dict[str, object]] = {"requests": QUIET, "escalation": {}}
    assertions = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
    councils = [{"id": CAMDEN.id, "people": [BEA, SAM.replace("sam", "eve")]}, {"id": LAMBETH.id, "people": [CAI]}]
    async with dialogue(tmp_path, plugins, assertions=assertions, councils=councils) as talk:  # type: ignore[arg-type]
        await talk.say(ASKED)
        await talk.wait(hours=5)
        await talk.say("pass #1", sender=BEA)
        await talk.wait(minutes=2)
        called = len(talk.in_room(MAINTAINERS))
        await talk.say("pass #1", sender="@eve:example.org")
        await talk.wait(minutes=2)
        assert "can be passed on by the council that was called" in newest(talk).body
        assert len(talk.in_room(MAINTAINERS)) == called


async def test_a_deleted_answer_leaves_it_waiting_again(known: Dialogue) -> None:
    question = await known.say(ASKED)
    answer = await known.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    await known.redact(answer, sender=BEA)
    assert "The answer to #1 was deleted" in newest(known).body
    assert (await kept(known)).state == "claimed"


async def test_nothing_is_closed_for_a_request_that_is_over(talk: Dialogue) -> None:
    await talk.say(ASKED)
    await talk.say("withdraw #1")
    await talk.say("help with PlanX: no map to be seen", sender=CAI)
    await talk.say("#2 is a duplicate of #1", sender=CAI)
    assert "#1 is withdrawn itself" in newest(talk).body
    assert (await kept(talk, 2)).state == "open"


async def test_an_asker_of_a_council_that_maintains_the_tool_never_has_their_own_question(known: Dialogue) -> None:
    question = await known.say(ASKED, sender=BEA)
    await known.say("let me check", sender=BEA, thread=question, addressed=False)
    await known.say("take", sender=CAI, thread=question, addressed=False)
    await known.say("Which browser is it?", sender=CAI, thread=question, addressed=False)
    await known.say("pass", sender=CAI, thread=question, addressed=False)
    await known.say("It is Firefox.", sender=BEA, thread=question, addressed=False)
    assert (await kept(known)).claimer == ""
    assert "own question" not in "".join(said.body for said in known.said)
