"""What a digest tells: against the week before, who is asked next, what is at risk and why; by a template, drawn."""

from datetime import date
from pathlib import Path

import pytest

from bot.drawing import can_draw
from tests.dialogue import ANA, BEA, BOPS, CAI, CAMDEN, LAMBETH, PLANX, STEWARDS, Dialogue, dialogue, maintains, uses
from tests.plugins.digest.stage import CHANNEL, FRIDAY, PLUGINS, drafts, issue, posted, tell, until_draft


async def answered(talk: Dialogue, **after: float) -> None:
    """Ana asks, and Bea of Camden answers after a while."""
    question = await talk.say("help with PlanX: how does it go?", ANA)
    await talk.wait(**after)
    await talk.say("Try again.", BEA, thread=question, addressed=False)


async def test_its_numbers_stand_beside_those_of_the_week_before(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=[maintains(CAMDEN, PLANX)]) as talk:
        await answered(talk, hours=1)
        await talk.wait(days=6, hours=23)  # Monday
        for hours in (2, 3, 4):
            await answered(talk, hours=hours)
            await talk.wait(hours=24 - hours)
        await talk.wait(days=2)
        first, second = posted(talk)
    assert first.body.splitlines()[1:5] == [
        "1 question asked (the week before: 0).",
        "1 question answered (the week before: 0).",
        "The first response came within 1 working hour.",
        "Promised was a first response within 8 working hours: kept for 1 of 1.",
    ]
    assert second.body.splitlines()[1:5] == [
        "3 questions asked (the week before: 1).",
        "3 questions answered (the week before: 1).",
        "Half of the first responses came within 3 working hours (the week before: 1 working hour).",
        "Promised was a first response within 8 working hours: kept for 3 of 3 (the week before: 1 of 1).",
    ]
    assert "asked and answered" not in first.body
    assert "Questions asked and answered, by week: 8 May (1 and 1) and 15 May (3 and 3)." in second.body


async def test_of_what_waits_it_says_who_has_it_and_who_is_asked_next(tmp_path: Path) -> None:
    plugins = PLUGINS | {"escalation": {"ladder": [{"ask": "maintainer", "after": "8h"}]}}
    async with dialogue(tmp_path, plugins, assertions=[maintains(LAMBETH, PLANX)]) as talk:
        taken = await talk.say("help with PlanX: one")
        await talk.say("help: of no tool")
        await talk.wait(days=4, hours=4)
        await talk.say("take", CAI, thread=taken)
        await talk.say("help with PlanX: two")
        await talk.wait(hours=3)
        lines = [line for line in posted(talk)[0].body.splitlines() if line.startswith("· #")]
    assert lines[0].endswith("PlanX, for 4 days: somebody has it in hand")
    assert lines[1].endswith("a question about no particular tool, for 4 days: anybody may answer")
    assert lines[2].endswith("PlanX, for 2 hours: Lambeth is asked next, on Monday 18 May, 14:00")


async def test_of_many_that_wait_the_longest_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        for number in range(8):
            await talk.say(f"help with PlanX: number {number}")
            await talk.wait(minutes=1)
        await talk.wait(days=5)
        body = posted(talk)[0].body
    assert [line.split()[1] for line in body.splitlines() if line.startswith("· #")] == [f"#{n}" for n in range(1, 6)]
    assert "· and 3 more" in body


async def test_a_tool_is_at_risk_for_a_reason_that_is_told(tmp_path: Path) -> None:
    old = uses(CAMDEN, BOPS, asserted_on=date(2025, 1, 1))
    known = [uses(CAMDEN, PLANX), old, maintains(LAMBETH, BOPS)]
    async with dialogue(tmp_path, PLUGINS, assertions=known) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(days=5)
        body = posted(talk)[0].body
    assert "· PlanX, used by 1 council: nobody has volunteered" in body
    assert "· BOPS, used by 1 council: nobody has said for a year that they still use it" in body


async def test_it_names_nobody_so_that_it_rings(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await answered(talk, hours=1)
        await talk.wait(days=5)
        assert [said.content["m.mentions"] for said in posted(talk)] == [{}]
        assert BEA not in posted(talk)[0].html


async def test_what_was_told_is_kept_in_both_forms_with_its_figures(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await answered(talk, hours=1)
        await talk.wait(days=5)
        kept = await issue(talk)
    assert kept
    assert kept.title == "🗞 The week in Test councils, up to 15 May 2026"
    assert kept.body == posted(talk)[0].body
    assert kept.formatted_body == posted(talk)[0].html
    assert (kept.figures["asked"], kept.figures["answered"], kept.figures["language"]) == (1, 1, "en")


async def test_a_template_words_it_and_its_mistake_is_told_with_the_draft(tmp_path: Path) -> None:
    path = tmp_path / "digest.j2"
    path.write_text("Good morning!\n{{ title }}\n", encoding="utf-8")
    async with dialogue(tmp_path, PLUGINS | {"digest": FRIDAY | {"template": str(path)}}) as talk:
        await until_draft(talk)
        assert "Good morning!\n🗞" in drafts(talk)[0].body
        path.write_text("{{ title }}\n{% if %}\n", encoding="utf-8")
        await tell(talk, "publish")
        assert posted(talk)[0].body.splitlines()[1].startswith("A quiet week")
        assert any("has a mistake in line 2" in said.body for said in talk.in_room(STEWARDS))


@pytest.mark.skipif(not can_draw(), reason="needs the extra `chart`")
@pytest.mark.parametrize("on", [True, False])
async def test_a_chart_is_shown_below_if_the_settings_say_so(tmp_path: Path, on: bool) -> None:
    async with dialogue(tmp_path, PLUGINS | {"digest": FRIDAY | {"chart": on}}) as talk:
        await talk.wait(days=5)
        await answered(talk, hours=1)
        await talk.wait(days=7)
        await answered(talk, hours=1)
        await talk.wait(days=7)
        charts = [said for said in talk.in_room(CHANNEL) if said.chart]
    assert len(charts) == (1 if on else 0)
    for said in charts:
        assert said.chart
        assert said.chart.title == "Questions by week"
        assert [(one.name, one.values) for one in said.chart.series] == [("Asked", (1, 1)), ("Answered", (1, 1))]
        assert said.body.startswith("Questions asked and answered, by week: ")
