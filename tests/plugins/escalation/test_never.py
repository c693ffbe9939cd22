"""Whatever people do and say of when they can be asked: nobody is called outside their hours, while they are away,
twice for the same, beyond what they want at a time, or for what is in somebody's hands.
"""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.promise import PromiseNote
from bot.domain.request import State
from bot.domain.working_time import Calendar
from bot.language.meaning import NOTHING
from bot.plugin import Context, NoSettings
from bot.store.memory import Memory
from plugins.escalation.candidates import IN_HAND
from tests.dialogue import BEA, CAI, CAMDEN, CLERK, LAMBETH, MAINTAINERS, PLANX, Dialogue, dialogue, maintains
from tests.plugins.escalation.steps import behind, calls, with_ladder

BOTH = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
COUNCILS: list[dict[str, Any]] = [
    {"id": CAMDEN.id, "people": [BEA], "hours": "Mon-Fri 09:00-12:30 13:30-17:00"},
    {"id": LAMBETH.id, "people": [CAI], "hours": "Mon-Wed 10:00-15:00", "nation": "Scotland"},
]
PLUGINS = with_ladder(
    ("maintainer", "2h"), ("maintainers", "3h"), ("users", "1h"), ("stewards", "4h"), repeats=1, recall_after="1h"
) | {"availability": {}}
OF_US = (
    "away", "away until Wednesday", "back", "our hours are Mon-Fri 8-18", "our hours are Tue-Thu 10:00-12:00",
    "we are closed tomorrow", "we are closed until Thursday", "at most 1 at a time", "no limit",
    "stop asking us about PlanX", "ask us again about PlanX",
)  # fmt: skip
SPANS = ({"minutes": 20}, {"hours": 3}, {"hours": 19}, {"days": 3})


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH, councils=COUNCILS) as talk:
        asked, known = 0, list[dict[str, Any]]()
        for _ in range(16):
            what = chance.choice(("ask", "ask", "of us", "of us", "take", "pass", "wait", "reopen", "sleep"))
            who = chance.choice((BEA, CAI))
            if what == "ask":
                asked += 1
                await talk.say(f"help with PlanX: question {asked}")
            elif what == "of us":
                await talk.say(chance.choice(OF_US), sender=who, room=MAINTAINERS)
            elif asked and what != "sleep":
                await talk.say(f"{what} #{chance.randint(1, asked)}", sender=who, room=MAINTAINERS)
            await (talk.sleep if what == "sleep" else talk.wait)(**chance.choice(SPANS))
            made = await calls_made(talk)
            await called_rightly(talk, [one for one in made if one not in known])
            await all_is_well(talk, asked)
            known = made


async def calls_made(talk: Dialogue) -> list[dict[str, Any]]:
    """Who was called for what, and when; without those that came to nothing."""
    async with behind(talk) as memory:
        rows = await memory.connection.fetch(
            "SELECT number, round, rung, organisation_id, called_at FROM call WHERE outcome <> 'given back'"
        )
    return [dict(row) for row in rows]


async def called_rightly(talk: Dialogue, made: list[dict[str, Any]]) -> None:
    """By what was known of the council by then: nobody has said anything since."""
    async with behind(talk) as memory:
        await talk.router.refresh(memory)
        not_asked = await memory.availability.not_asked(PLANX.id)
        for call in made:
            council = next((c for c in COUNCILS if c["id"] == call["organisation_id"]), None)
            at = datetime.fromtimestamp(call["called_at"] / 1e6, UTC)
            calendar = await calendar_of(talk, memory, call["organisation_id"])
            assert calendar.is_open(at), call
            if council:
                day = at.astimezone(calendar.zone).date()
                assert not any(away.covers(day) for away in await memory.availability.away(council["people"])), call
                assert council["id"] not in not_asked, call
                at_most = (await memory.availability.said(council["id"])).at_most
                held = await memory.requests.open_of(council["id"], at - IN_HAND)
                assert at_most is None or held <= at_most, call


async def calendar_of(talk: Dialogue, memory: Memory, organisation_id: str) -> Calendar:
    """The working time of a council as its people have said; of the stewards, the community's."""
    context = Context(
        now=talk.now, settings=NoSettings(), community=talk.router.community, memory=memory, names=talk.router.names,
        language="en", bot=CLERK, understand=lambda text: NOTHING, written=talk.router.keeper.renderer.written,
    )  # fmt: skip
    return await context.calendar(organisation_id if organisation_id in talk.router.names.organisations else "")


async def all_is_well(talk: Dialogue, asked: int) -> None:
    """Nobody is called twice for the same, and what waits is looked after: promise, note and timer are one."""
    async with behind(talk) as memory:
        rows = await memory.connection.fetch("SELECT number, round, organisation_id FROM call")
        made = [(r["number"], r["round"], r["organisation_id"]) for r in rows]
        assert len(made) == len(set(made))
        for number in range(1, asked + 1):
            request = await memory.requests.get(number)
            assert request
            assert request.repeats <= 1
            timer = await memory.timers.due_at(f"rung:{number}")
            if request.state is not State.OPEN:
                assert timer is None
                continue
            note = PromiseNote.from_json(request.promise)
            assert note
            if request.promised_to:
                assert timer == request.promised_at == note.at
                assert timer
                assert timer > talk.now
                assert bool(note.first_at) <= (note.first_at != note.at)
            else:  # the last call has its time still, or it was said that nobody is left
                assert timer or await memory.outbox.state(f"escalation:nobody:{number}:{request.round}")
    assert all(len(said.mentions) == 1 for said in calls(talk))
