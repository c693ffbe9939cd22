"""What happens when nobody says a word: in working days of those who are waited for."""

from datetime import UTC, datetime
from pathlib import Path

from tests.dialogue import ANA, BEA, CAI, CAMDEN, LAMBETH, PLANX, Dialogue, dialogue, maintains
from tests.plugins.requests.conftest import QUIET, kept, newest, steps

ASKED = "help with PlanX: the map layer doesn't load"


async def _claimed(talk: Dialogue) -> str:
    question = await talk.say(ASKED)
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    return question


async def test_a_claim_without_a_word_is_reminded_once_then_given_back_without_blame(talk: Dialogue) -> None:
    question = await _claimed(talk)
    await talk.wait(days=2)
    assert "bea, #1 has been with you for a while without a word." in newest(talk).body
    assert newest(talk).mentions == [BEA]
    assert newest(talk).content["msgtype"] == "m.text"
    assert newest(talk).relation["event_id"] == question
    assert "Thursday 14 May, 10:00" in newest(talk).body
    await talk.wait(days=1)
    assert "#1 is open again, so that others see it. Thank you, bea" in newest(talk).body
    assert newest(talk).mentions == []
    assert "Open" in talk.card(question).body
    assert [step for step in await steps(talk) if step in ("reminded", "release")] == ["reminded", "release"]


async def test_a_word_of_the_claimers_begins_the_patience_anew(talk: Dialogue) -> None:
    question = await _claimed(talk)
    for _ in range(3):
        await talk.wait(days=1, hours=12)
        await talk.say("Which browser is it?", sender=BEA, thread=question, addressed=False)
        await talk.say("Firefox.", sender=ANA, thread=question, addressed=False)
    assert "Taken by bea" in talk.card(question).body
    assert "reminded" not in await steps(talk)


async def test_a_weekend_and_a_bank_holiday_are_nobodys_silence(talk: Dialogue) -> None:
    talk.now = datetime(2026, 5, 22, 9, 0, tzinfo=UTC)  # the Friday before the spring bank holiday
    await _claimed(talk)
    await talk.wait(days=4)  # until Tuesday: one working day
    assert "reminded" not in await steps(talk)
    await talk.wait(days=1)
    assert "reminded" in await steps(talk)


async def test_an_answer_nobody_objects_to_has_settled_it_with_how_to_reopen(talk: Dialogue) -> None:
    question = await _claimed(talk)
    await talk.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    await talk.wait(days=6)
    assert "Answered" in talk.card(question).body
    await talk.wait(days=1)
    assert "Say “reopen #1”" in newest(talk).body
    assert newest(talk).mentions == []
    assert "Resolved, answered by bea" in talk.card(question).body
    await talk.say("reopen #1")
    assert "Open" in talk.card(question).body


async def test_an_asker_who_doesnt_say_what_was_asked_is_told_that_it_rests(talk: Dialogue) -> None:
    question = await _claimed(talk)
    await talk.say("wait", sender=BEA, thread=question, addressed=False)
    await talk.wait(days=15)  # ten working days, and a bank holiday
    assert "ana: #1 is at rest now" in newest(talk).body
    assert newest(talk).mentions == [ANA]
    assert "At rest" in talk.card(question).body
    await talk.say("reopen", sender=ANA, thread=question, addressed=False)
    assert "Open" in talk.card(question).body


async def test_what_nobody_can_be_asked_about_rests_in_the_end(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.wait(days=27)
    assert "Open" in talk.card(question).body
    await talk.wait(days=3)  # twenty working days, and the bank holiday of 25 May
    assert "At rest" in talk.card(question).body


async def test_it_doesnt_rest_while_somebody_is_promised(tmp_path: Path) -> None:
    ladder = [{"ask": "maintainer", "after": "60h"}, {"ask": "stewards", "after": "1h"}]
    requests = QUIET | {"lapse_open_after_days": 1}
    plugins: dict[str, dict[str, object]] = {"requests": requests, "escalation": {"ladder": ladder}}
    async with dialogue(tmp_path, plugins, assertions=[maintains(CAMDEN, PLANX)]) as talk:
        question = await talk.say(ASKED)
        await talk.wait(days=5)
        assert "Open" in talk.card(question).body
        await talk.wait(days=20)
        assert "At rest" in talk.card(question).body


async def test_a_claim_given_back_goes_to_the_next_one_on_the_ladder(tmp_path: Path) -> None:
    plugins = {"requests": QUIET, "escalation": {}}
    async with dialogue(tmp_path, plugins, assertions=[maintains(CAMDEN, PLANX)]) as talk:
        question = await talk.say(ASKED)
        await talk.say("take", sender=CAI, thread=question, addressed=False)
        await talk.wait(days=3)
        assert "Call for Camden" in "".join(said.body for said in talk.said)


async def test_the_council_that_fell_silent_has_had_its_turn(tmp_path: Path) -> None:
    plugins: dict[str, dict[str, object]] = {"requests": QUIET, "escalation": {}}
    assertions = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
    async with dialogue(tmp_path, plugins, assertions=assertions) as talk:
        question = await talk.say(ASKED)
        await talk.say("take", sender=BEA, thread=question, addressed=False)
        await talk.wait(days=3)
        called = "".join(said.body for said in talk.said)
        assert "Call for Lambeth" in called
        assert "Call for Camden" not in called


async def test_down_for_weeks_it_is_reminded_first_and_not_released_at_once(talk: Dialogue) -> None:
    question = await _claimed(talk)
    await talk.sleep(days=21)
    assert "Taken by bea" in talk.card(question).body
    assert (await steps(talk))[-1] == "reminded"
    await talk.wait(days=1)
    assert (await kept(talk)).claimer == ""
