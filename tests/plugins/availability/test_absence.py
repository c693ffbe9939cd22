"""People are away and back as they say; what they have in hand, and what their council lacks then, is told."""

from pathlib import Path

import pytest

from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAI, CAMDEN, LAMBETH, Dialogue, dialogue
from tests.plugins.availability.conftest import PLUGINS, REGISTER

DAN = "@dan:elsewhere.org"


async def away(talk: Dialogue, who: str = BEA) -> list[str]:
    """When this person is away, as "first/last"."""
    async with talk.database.reading() as connection:
        known = await Memory(connection).availability.away([who])
    return [f"{one.first_day}/{one.last_day or ''}" for one in known]


async def test_away_until_a_day_and_back_sooner(talk: Dialogue) -> None:
    await talk.say("I'm away until Friday", ANA)
    assert talk.last.body == (
        "Noted: you are away from Monday 11 May to Thursday 14 May 2026, and I don't call you then. "
        "When you are back sooner, say “back”."
    )
    assert await away(talk, ANA) == ["2026-05-11/2026-05-14"]
    await talk.say("back", ANA)
    assert talk.last.body == "Welcome back! You can be called again."
    assert await away(talk, ANA) == []


async def test_away_without_a_day_is_until_they_say_that_they_are_back(talk: Dialogue) -> None:
    await talk.say("I'm away", ANA)
    assert talk.last.body.endswith("from Monday 11 May 2026 on, and I don't call you until you say “back”.")
    await talk.say("I'm away until Friday", ANA)
    assert await away(talk, ANA) == ["2026-05-11/2026-05-14"]


async def test_a_day_that_any_sentence_can_do_without_is_heard_all_the_same(talk: Dialogue) -> None:
    await talk.say("I'm away today", ANA)
    assert await away(talk, ANA) == ["2026-05-11/2026-05-11"]


async def test_of_the_absence_that_lasts_the_last_word_counts(talk: Dialogue) -> None:
    await talk.say("I'm away until Friday", ANA)
    await talk.wait(days=1)
    await talk.say("I'm away until Thursday", ANA)
    assert await away(talk, ANA) == ["2026-05-12/2026-05-13"]


async def test_an_absence_to_come_stays_when_the_present_one_ends(talk: Dialogue) -> None:
    await talk.say("I'm away until Friday", ANA)
    await talk.say("I'm away 1-5 June", ANA)
    await talk.say("back", ANA)
    assert talk.last.body.splitlines()[1] == "You are still down as away from Monday 1 June to Friday 5 June 2026."
    await talk.say("back", ANA)
    assert await away(talk, ANA) == []
    await talk.say("back", ANA)
    assert talk.last.body.startswith("I didn't have you down as away")


async def test_what_they_have_in_hand_is_named_and_stays_theirs(talk: Dialogue) -> None:
    for text in ("it is down", "it is slow"):
        question = await talk.say(f"help with PlanX: {text}", ANA)
        await talk.say("take", BEA, thread=question)
    await talk.say("I'm away until Friday", BEA)
    assert talk.last.body.splitlines()[1] == (
        "You have #1 and #2 in hand; that stays so, and I still remind you. "
        "To give one to others: “release #1”, or “hand over #1 to” and a person."
    )
    async with talk.database.reading() as connection:
        assert len(await Memory(connection).requests.in_hand(BEA)) == 2


async def test_when_all_of_a_council_are_away_it_is_said_until_when(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA, DAN]}, {"id": LAMBETH.id, "people": [CAI]}]
    async with dialogue(tmp_path, PLUGINS, assertions=REGISTER, councils=councils) as talk:
        await talk.say("I'm away 12-20 May", BEA)
        assert "All of" not in talk.last.body
        await talk.say("I'm away until 19 May", DAN)
        assert talk.last.body.splitlines()[1] == (
            "All of Camden are away then: from Tuesday 12 May 2026 nobody there can be called until "
            "Tuesday 19 May 2026. Others are asked meanwhile."
        )


async def test_who_is_alone_and_away_without_a_day_leaves_nobody(talk: Dialogue) -> None:
    await talk.say("I'm away", BEA)
    assert "nobody there can be called until somebody is back" in talk.last.body


@pytest.mark.parametrize("days", ["yesterday", "until 🙂", "‮יום שני‬", "<b>x</b>", "x" * 10_000])
async def test_days_that_make_no_sense_are_refused(talk: Dialogue, days: str) -> None:
    await talk.say(f"I'm away {days}", BEA)
    assert "that lie ahead" in talk.last.body
    assert "<b>" not in talk.last.html
    assert await away(talk) == []
