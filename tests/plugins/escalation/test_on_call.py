"""Who is on call: the order of the calls, who is at work and until when, and the ladder in words; nobody is pinged."""

from datetime import date
from pathlib import Path
from typing import Any

from tests.dialogue import BEA, CAI, CAMDEN, CARDIFF, LAMBETH, PLANX, WARWICK, dialogue, maintains
from tests.plugins.escalation.steps import PLUGINS, behind, goes_away, with_ladder

ALL_FOUR = [maintains(council, PLANX) for council in (CAMDEN, LAMBETH, CARDIFF, WARWICK)]
COUNCILS: list[dict[str, Any]] = [
    {"id": CAMDEN.id, "people": [BEA]},
    {"id": LAMBETH.id, "people": [CAI], "hours": "Mon-Fri 14:00-18:00"},
    {"id": CARDIFF.id, "hours": "always"},
]


async def test_the_councils_their_people_and_hours_and_the_ladder(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=ALL_FOUR[:3], councils=COUNCILS) as talk:
        await talk.say("who's on call for PlanX?")
        lines = talk.last.body.splitlines()
        assert lines[0] == "On call for PlanX, in the order in which they would be called now:"
        assert lines[1] == "· Camden, bea next; at work now, until 17:00"
        assert lines[2] == "· Cardiff; at work round the clock"
        assert lines[3] == "· Lambeth, cai next; next at work on Monday 11 May, 14:00"
        assert "· after 4 hours: one of these councils, by turns" in lines
        assert lines[-1] == "· after 4 hours: the stewards"
        assert talk.last.mentions == []


async def test_who_is_away_full_or_not_asked_comes_last_and_it_is_said(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=ALL_FOUR, councils=COUNCILS) as talk:
        await goes_away(talk, [BEA], date(2026, 5, 11), date(2026, 5, 15))
        async with behind(talk) as memory:
            await memory.availability.keep_at_most(LAMBETH.id, 0, CAI, talk.now)
            await memory.availability.dont_ask(WARWICK.id, PLANX.id, "@wes:example.org", talk.now)
        await talk.say("who's on call for PlanX?")
        assert talk.last.body.splitlines()[1:5] == [
            "· Cardiff; at work round the clock",
            "· Camden is away, back on 18 May 2026",
            "· Lambeth has as many questions in hand as it wants at a time",
            "· Warwickshire helps with PlanX but isn't asked at present, by its own wish",
        ]


async def test_the_order_is_that_of_the_calls(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=ALL_FOUR[:2]) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=5)
        await talk.say("who's on call for PlanX?")
        assert [line.partition(",")[0] for line in talk.last.body.splitlines()[1:3]] == ["· Lambeth", "· Camden"]


async def test_without_a_volunteer_it_says_so_and_still_who_is_asked(tmp_path: Path) -> None:
    plugins = with_ladder(("maintainers", "0s"), ("stewards", "2h"), repeats=1)
    async with dialogue(tmp_path, plugins) as talk:
        await talk.say("who's on call for PlanX?")
        assert "No council is on call for PlanX" in talk.last.body
        assert "· at once: all of these councils, each in its own hours" in talk.last.body
        assert "Then it begins again, once." in talk.last.body


async def test_a_tool_nobody_knows_is_asked_back_for(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS) as talk:
        await talk.say("who's on call for Planks?")
        assert "Planks" in talk.last.body
