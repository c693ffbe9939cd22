"""Saved answers go with the message they came from, and stay what its author says."""

import pytest

from plugins.requests.saved import MOST_TEXT
from tests.dialogue import BEA, CAI, STEWARDS, Dialogue
from tests.plugins.requests.conftest import kept
from tests.plugins.requests.test_saved import ASKED, SAVE, VPN, names, posted, text


async def test_what_a_message_saved_goes_with_it(talk: Dialogue) -> None:
    saving = await talk.say(SAVE, sender=BEA)
    await talk.redact(saving, sender=BEA, room=STEWARDS)
    assert await names(talk) == ["vpn"]  # nobody takes back what is said in another room
    await talk.redact(saving, sender=BEA)
    assert await names(talk) == []


async def test_what_was_replaced_takes_nothing_with_it(talk: Dialogue) -> None:
    first = await talk.say(SAVE, sender=BEA)
    second = await talk.say("save answer vpn: Call the service desk.", sender=BEA)
    await talk.redact(first, sender=BEA)
    assert await text(talk) == "Call the service desk."
    await talk.redact(second, sender=BEA)
    assert await names(talk) == []


@pytest.mark.parametrize("which", ["the answer", "the saving"])
async def test_a_saved_answer_goes_with_the_answer_it_was_and_with_the_message_that_saved_it(
    talk: Dialogue, which: str
) -> None:
    question = await talk.say(ASKED)
    answer = await talk.say(VPN, sender=CAI, thread=question, addressed=False)
    saving = await talk.say("save this answer as vpn", sender=BEA, thread=question, addressed=False)
    assert await names(talk) == ["vpn"]
    if which == "the answer":
        await talk.redact(answer, sender=CAI)
    else:
        await talk.redact(saving, sender=BEA)
    assert await names(talk) == []


async def test_the_answer_that_a_message_had_us_give_goes_with_it(talk: Dialogue) -> None:
    await talk.say(SAVE, sender=BEA)
    question = await talk.say(ASKED)
    said = await talk.say("answer with vpn", sender=BEA, thread=question, addressed=False)
    await talk.redact(said, sender=BEA)
    assert posted(talk).event_id in talk.redacted
    assert (await kept(talk)).answer == ""
    assert await names(talk) == ["vpn"]


@pytest.mark.parametrize(
    ("edited", "saved", "answer"),
    [
        ("save answer vpn: Call the service desk.", ["vpn"], "Saved for Camden as vpn."),
        ("save answer home: Call the service desk.", ["home"], "Saved for Camden as home."),
        ("never mind", [], "The saved answer vpn of Camden is gone."),
        ("save answer vpn: " + "x" * (MOST_TEXT + 1), [], f"has {MOST_TEXT + 1} characters"),
    ],
)
async def test_what_a_message_saved_stays_what_its_author_says(
    talk: Dialogue, edited: str, saved: list[str], answer: str
) -> None:
    saving = await talk.say(SAVE, sender=BEA)
    await talk.edit(saving, edited, sender=BEA)
    assert await names(talk) == saved
    assert answer in talk.last.body
    if saved:
        assert await text(talk, saved[0]) == "Call the service desk."


async def test_an_edit_of_what_was_replaced_changes_nothing(talk: Dialogue) -> None:
    first = await talk.say(SAVE, sender=BEA)
    await talk.say("save answer vpn: Call the service desk.", sender=BEA)
    await talk.edit(first, "save answer vpn: old words, mended", sender=BEA)
    assert await text(talk) == "Call the service desk."
