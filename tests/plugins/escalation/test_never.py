"""Whatever people do: nobody is called outside their hours, twice for the same, or for what is in somebody's hands."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.request import State
from tests.dialogue import BEA, CAI, CAMDEN, LAMBETH, MAINTAINERS, PLANX, Dialogue, dialogue, maintains
from tests.plugins.escalation.steps import behind, calls, with_ladder

BOTH = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
COUNCILS: list[dict[str, Any]] = [
    {"id": CAMDEN.id, "people": [BEA], "hours": "Mon-Fri 09:00-12:30 13:30-17:00"},
    {"id": LAMBETH.id, "people": [CAI], "hours": "Mon-Wed 10:00-15:00", "nation": "Scotland"},
]
PLUGINS = with_ladder(
    ("maintainer", "2h"), ("maintainers", "3h"), ("users", "1h"), ("stewards", "4h"), repeats=1, recall_after="1h"
)
SPANS = ({"minutes": 20}, {"hours": 3}, {"hours": 19}, {"days": 3})


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH, councils=COUNCILS) as talk:
        asked = 0
        for _ in range(14):
            what = chance.choice(("ask", "ask", "take", "pass", "wait", "reopen", "sleep"))
            if what == "ask":
                asked += 1
                await talk.say(f"help with PlanX: question {asked}")
            elif asked and what != "sleep":
                word = f"{what} #{chance.randint(1, asked)}"
                await talk.say(word, sender=chance.choice((BEA, CAI)), room=MAINTAINERS)
            await (talk.sleep if what == "sleep" else talk.wait)(**chance.choice(SPANS))
            await all_is_well(talk, asked)


async def all_is_well(talk: Dialogue, asked: int) -> None:
    """What was called in this while was called rightly, and what waits is looked after."""
    async with behind(talk) as memory:
        rows = await memory.connection.fetch("SELECT number, round, organisation_id, called_at, outcome FROM call")
        made = [(r["number"], r["round"], r["organisation_id"]) for r in rows]
        assert len(made) == len(set(made))
        for row in rows:
            council = next((c for c in talk.router.community.councils if c.id == row["organisation_id"]), None)
            organisation = talk.router.names.organisations.get(row["organisation_id"])
            at = datetime.fromtimestamp(row["called_at"] / 1e6, UTC)
            if row["outcome"] != "given back":
                assert talk.router.community.calendar(organisation).is_open(at), (council, at)
        for number in range(1, asked + 1):
            request = await memory.requests.get(number)
            assert request
            assert request.repeats <= 1
            timer = await memory.timers.due_at(f"rung:{number}")
            if request.state is State.OPEN and request.promised_to:
                assert timer == request.promised_at
                assert timer
                assert timer > talk.now
            if request.state is not State.OPEN:
                assert timer is None
    assert all(len(said.mentions) == 1 for said in calls(talk))
