"""The talk in a request's thread: who answers, who asks back, who only says thanks."""

import pytest

from plugins.requests.talk import asks_back
from tests.dialogue import ANA, BEA, CAI, SAM, Dialogue
from tests.plugins.requests.conftest import DAN, kept, newest, steps

ASKED = "help with PlanX: the map layer doesn't load"


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Which browser is it?", True),
        ("Which browser is it? Thanks!", True),
        ("Have you tried https://example.org/?cache=0 yet", False),
        ("Is it slow? Clear the tile cache in the admin's settings, then load the page again.", False),
        ("هل جربت متصفحا آخر؟", True),
        ("Clear the cache.", False),
        ("", False),
        ("?", True),
    ],
)
def test_a_question_back_is_above_all_a_question(text: str, asks: bool) -> None:
    assert asks_back(text) is asks


@pytest.mark.parametrize(
    ("who", "state"),
    [(BEA, "Answered"), (CAI, "Answered"), (SAM, "Answered"), ("@unknown:elsewhere.org", "Answered"), (DAN, "Open")],
)
async def test_an_answer_is_the_word_of_who_knows_the_tool(known: Dialogue, who: str, state: str) -> None:
    question = await known.say(ASKED)
    await known.say("Clear the tile cache, then reload.", sender=who, thread=question, addressed=False)
    assert state in known.card(question).body


async def test_the_remark_of_somebody_who_doesnt_use_it_may_be_one_and_the_asker_is_told_how_to_say_so_once(
    known: Dialogue,
) -> None:
    question = await known.say(ASKED)
    first = await known.say("Clear the tile cache, then reload.", sender=DAN, thread=question, addressed=False)
    assert "ana: if that answers it, put ✅ on the message" in newest(known).body
    said = len(known.said)
    await known.say("And restart the browser after that.", sender=DAN, thread=question, addressed=False)
    assert len(known.said) == said
    await known.react(first, "✅", sender=ANA)
    assert "Resolved, answered by dan (Cardiff)." in known.card(question).body
    assert (await kept(known)).answer == "Clear the tile cache, then reload."


async def test_a_listed_maintainer_who_answers_has_claimed_it_softly(known: Dialogue) -> None:
    await known.say(ASKED)
    question = (await kept(known)).question_event
    await known.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    assert ((await kept(known)).claimer, (await kept(known)).answerer) == (BEA, BEA)


async def test_a_listed_maintainers_question_back_waits_for_the_asker(known: Dialogue) -> None:
    question = await known.say(ASKED)
    await known.say("Which browser is it?", sender=BEA, thread=question, addressed=False)
    assert "bea (Camden) has asked something back in the thread" in known.card(question).body
    await known.say("Firefox.", sender=ANA, thread=question, addressed=False)
    assert "Taken by bea (Camden)." in known.card(question).body


async def test_wait_says_in_words_that_the_asker_has_to_answer(known: Dialogue) -> None:
    question = await known.say(ASKED)
    await known.say("take", sender=BEA, thread=question, addressed=False)
    await known.say("wait", sender=BEA, thread=question, addressed=False)
    assert "waiting for the asker" in known.card(question).body
    await known.say("wait #1", sender=CAI)
    assert "#1 is with bea" in newest(known).body


@pytest.mark.parametrize("word", ["me too", "same here", "thanks!", "+1"])
async def test_a_bystanders_me_too_or_thanks_is_no_answer(known: Dialogue, word: str) -> None:
    question = await known.say(ASKED)
    await known.say(word, sender=CAI, thread=question, addressed=False)
    assert "Open" in known.card(question).body
    assert "answer" not in await steps(known)


async def test_who_else_wants_to_know_is_counted_on_the_card_once_each(known: Dialogue) -> None:
    question = await known.say(ASKED)
    for _ in range(2):
        await known.say("me too", sender=CAI, thread=question, addressed=False)
    assert "Say “watch”" in newest(known).body
    await known.say("take", sender=BEA, thread=question, addressed=False)
    assert "1 other person wants to know too." in known.card(question).body


async def test_thanks_settles_nothing_but_offers_the_word_that_does_once(known: Dialogue) -> None:
    question = await known.say(ASKED)
    await known.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    await known.say("thanks, that helped!", sender=ANA, thread=question, addressed=False)
    assert "“resolve” closes #1" in newest(known).body
    assert "Answered" in known.card(question).body
    said = len(known.said)
    await known.say("thank you!", sender=ANA, thread=question, addressed=False)
    assert len(known.said) == said
    await known.say("resolve", sender=ANA, thread=question, addressed=False)
    await known.say("thanks again", sender=ANA, thread=question, addressed=False)
    assert "Resolved" in known.card(question).body


async def test_thanks_said_to_the_bot_elsewhere_is_answered_kindly(known: Dialogue) -> None:
    await known.say("thanks!")
    assert newest(known).body == "You are welcome."


async def test_a_promise_to_look_is_no_answer(known: Dialogue) -> None:
    question = await known.say(ASKED)
    await known.say("I'll take it", sender=BEA, thread=question, addressed=False)
    assert "Taken by bea" in known.card(question).body
    said = len(known.said)
    await known.say("I'll take it", sender=BEA, thread=question, addressed=False)
    assert len(known.said) == said


async def test_the_askers_answered_resolves_it(known: Dialogue) -> None:
    question = await known.say(ASKED)
    await known.say("answered", sender=ANA, thread=question, addressed=False)
    assert "Resolved." in known.card(question).body


async def test_a_reply_to_a_reply_is_still_about_the_request(known: Dialogue) -> None:
    question = await known.say(ASKED)
    first = await known.say("no idea, sorry about that", sender=DAN, reply_to=question, addressed=False)
    second = await known.say("well then", sender=ANA, reply_to=first, addressed=False)
    await known.say("Clear the tile cache.", sender=BEA, reply_to=second, addressed=False)
    assert "Answered by bea" in known.card(question).body


async def test_an_answer_with_code_is_kept_whole_and_its_code_is_no_command(known: Dialogue) -> None:
    question = await known.say(ASKED)
    text = "Run this, it helped us:\n```\ntake #1\n```"
    await known.say(text, sender=CAI, thread=question, addressed=False)
    assert (await kept(known)).answer == text
    assert (await kept(known)).claimer == ""
