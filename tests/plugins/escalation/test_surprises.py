"""What people would be surprised by: words said between a promise and its call, or between a call and the next."""

from datetime import date
from pathlib import Path
from typing import Any

from tests.dialogue import BEA, CAI, CAMDEN, LAMBETH, MAINTAINERS, PLANX, ROOM, dialogue, maintains, uses
from tests.plugins.escalation.steps import (
    ABE,
    PLUGINS,
    agrees,
    behind,
    calls,
    goes_away,
    happens,
    with_ladder,
)

ONE = [maintains(CAMDEN, PLANX)]
BOTH = [*ONE, maintains(LAMBETH, PLANX)]
TODAY = date(2026, 5, 11)  # a Monday


async def test_who_is_back_sooner_is_not_said_to_be_away(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA]}]
    async with dialogue(tmp_path, PLUGINS, assertions=ONE, councils=councils) as talk:
        await goes_away(talk, [BEA], TODAY, date(2026, 5, 14))
        question = await talk.say("help with PlanX: it is down")
        assert "Friday 15 May" in talk.card(question).body
        async with behind(talk) as memory:
            await memory.availability.drop_away(BEA, TODAY)
        await happens(talk, "away changed")
        assert "will be asked on Monday 11 May, 14:00" in talk.card(question).body
        moved = "First promised for Friday 15 May, 09:00; moved because Camden is back sooner."
        assert moved in talk.card(question).body


async def test_all_together_are_called_at_once_when_who_was_called_before_passes(tmp_path: Path) -> None:
    councils: list[dict[str, Any]] = [{"id": CAMDEN.id, "people": [BEA]}, {"id": LAMBETH.id, "people": [CAI]}]
    plugins = with_ladder(("maintainer", "1h"), ("maintainers", "3h"))
    async with dialogue(tmp_path, plugins, assertions=BOTH, councils=councils) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=1)
        (first,) = calls(talk)
        await talk.say("pass", sender=BEA, room=MAINTAINERS, reply_to=first.event_id, addressed=False)
        await talk.wait(minutes=1)
        assert [said.mentions for said in calls(talk)] == [[BEA], [CAI]]


async def test_who_agreed_in_person_is_not_called_later_while_away(tmp_path: Path) -> None:
    councils: list[dict[str, Any]] = [
        {"id": CAMDEN.id, "people": [BEA]},
        {"id": LAMBETH.id, "people": [CAI], "hours": "Mon-Fri 15:00-17:00"},
    ]
    using = [uses(CAMDEN, PLANX), uses(LAMBETH, PLANX)]
    async with dialogue(tmp_path, with_ladder(("users", "1h")), assertions=using, councils=councils) as talk:
        await agrees(talk, BEA, CAI)
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=2)
        assert [said.mentions for said in calls(talk, BEA)] == [[BEA]]
        await goes_away(talk, [CAI], TODAY, TODAY)
        before = len(talk.in_room(ROOM))
        await talk.wait(hours=6)
        assert not calls(talk, CAI)
        assert not any("you said that you may be asked" in said.body for said in talk.in_room(ROOM)[before:])
        await talk.wait(days=1)
        assert [said.mentions for said in calls(talk, CAI)] == [[CAI]]


async def test_who_wants_to_be_asked_no_more_is_not_called_once_more(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA, ABE]}]
    async with dialogue(tmp_path, PLUGINS, assertions=ONE, councils=councils) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(hours=4)
        assert len(calls(talk)) == 1
        async with behind(talk) as memory:
            await memory.availability.dont_ask(CAMDEN.id, PLANX.id, BEA, talk.now)
        await talk.wait(hours=3)
        await talk.wait(days=1)
        assert [said for said in calls(talk) if "once more" in said.body] == []


async def test_otherwise_they_are(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA, ABE]}]
    async with dialogue(tmp_path, PLUGINS, assertions=ONE, councils=councils) as talk:
        await talk.say("help with PlanX: it is down")
        await talk.wait(days=1)
        assert [said for said in calls(talk) if "once more" in said.body] != []
