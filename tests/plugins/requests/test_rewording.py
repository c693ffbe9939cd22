"""Edits and redactions: the request follows what people say now."""

from pathlib import Path

from tests.dialogue import ANA, BEA, BOPS, CAI, CAMDEN, LAMBETH, PLANX, SAM, Dialogue, dialogue, maintains
from tests.plugins.requests.conftest import QUIET, kept, newest, steps

ASKED = "help with PlanX: the map layer doesn't load"


async def test_the_askers_edit_changes_what_is_kept(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.edit(question, "help with PlanX: the map layer loads too slowly")
    assert (await kept(talk)).text == "the map layer loads too slowly"
    assert await steps(talk) == ["opened", "nobody is called", "edited"]


async def test_another_tool_is_another_ladder(tmp_path: Path) -> None:
    assertions = [maintains(CAMDEN, PLANX), maintains(LAMBETH, BOPS)]
    async with dialogue(tmp_path, {"requests": QUIET, "escalation": {}}, assertions=assertions) as talk:
        question = await talk.say(ASKED)
        assert "London Borough of Camden will be asked" in talk.card(question).body
        await talk.edit(question, "help with BOPS: the map layer doesn't load")
        assert "about BOPS" in talk.card(question).body
        assert "London Borough of Lambeth will be asked" in talk.card(question).body
        await talk.wait(days=1)
        assert "Call for Lambeth" in "".join(said.body for said in talk.said)
        assert "Call for Camden" not in "".join(said.body for said in talk.said)


async def test_an_edit_that_changes_nothing_is_nothing(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.edit(question, ASKED)
    assert "edited" not in await steps(talk)


async def test_an_edit_by_somebody_else_or_of_an_edit_or_from_another_room_is_nothing(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    first = await talk.edit(question, "help with PlanX: one")
    await talk.edit(question, "help with BOPS: two", sender=CAI)
    await talk.edit(first, "help with BOPS: three")
    await talk.edit(question, "help with BOPS: four", room="!evil:example.org")
    assert ((await kept(talk)).text, (await kept(talk)).tool_id) == ("one", "planx")


async def test_what_wasnt_understood_and_then_is_opens_a_request(talk: Dialogue) -> None:
    said = await talk.say("blurb frobnicate xyzzy")
    assert "didn't understand" in newest(talk).body
    await talk.edit(said, ASKED)
    assert "Help request #1 about PlanX" in talk.card(said).body


async def test_a_settled_requests_edit_doesnt_start_anything(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say("resolve #1")
    await talk.edit(question, "help with BOPS: the login")
    assert "Resolved" in talk.card(question).body
    assert (await kept(talk)).tool_id == "planx"


async def test_a_card_somebody_removed_is_said_anew_and_goes_on(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    old = talk.card(question).event_id
    await talk.redact(old, sender=SAM)
    new = newest(talk)
    assert new.event_id != old
    assert "The card before this one was removed; this one goes on in its place." in new.body
    await talk.react(new.event_id, "🙋", sender=BEA)
    assert [said.edits for said in talk.said if "Taken by bea" in said.body] == [new.event_id]


async def test_a_settled_requests_card_may_go(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say("resolve #1")
    said = len(talk.said)
    await talk.redact(talk.card(question).event_id, sender=SAM)
    assert len(talk.said) == said


async def test_an_accepted_answer_taken_back_is_forgotten(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    answer = await talk.say("The password is hunter2.", sender=BEA, thread=question, addressed=False)
    await talk.react(answer, "✅", sender=ANA)
    await talk.redact(answer, sender=BEA)
    assert (await kept(talk)).answer == ""


async def test_two_changes_within_a_second_end_on_the_card(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    claim = await talk.react(question, "🙋", sender=BEA)
    await talk.redact(claim, sender=BEA)
    await talk.react(question, "🙋", sender=BEA)
    assert "Taken by bea" in talk.card(question).body
    assert [step for step in await steps(talk) if step in ("take", "pass")] == ["take", "pass", "take"]


async def test_a_settled_card_whose_newest_words_were_removed_doesnt_show_older_ones(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    card = talk.card(question).event_id
    await talk.say("withdraw #1")
    edit = next(said.event_id for said in talk.said if said.edits == card)
    await talk.redact(edit, sender=SAM)
    assert card in talk.redacted
    assert "Withdrawn" in newest(talk).body
