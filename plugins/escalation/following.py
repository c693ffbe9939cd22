"""What becomes of the ladder when a request moves on: its clock starts, stops, goes on, or is up at once."""

from dataclasses import replace

from bot.actions import Changed, DropTimer, Effect
from bot.domain.measures import Outcome
from bot.domain.promise import MOVES
from bot.domain.request import Cause, Request, State, number_of
from bot.plugin import Context
from plugins.escalation import plugin
from plugins.escalation.promising import afresh, ladder_of, look_ahead, timer_key
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

BEGINS = frozenset({"opened", "other tool", Cause.REOPEN})
GIVEN_BACK = frozenset({Cause.PASS, Cause.RELEASE})
GOES_ON = MOVES | dict.fromkeys(map(str, (Cause.UNDO, Cause.ASKER_WROTE, Cause.ANSWER_DELETED)), "paused")
TOGETHER = frozenset({"maintainers", "users"})


@plugin.follows
async def follow(context: Ctx, changed: Changed) -> list[Effect]:
    """Start, stop or hurry the clock."""
    number = number_of(changed.request_id)
    request = await context.memory.requests.get(number) if number else None
    if request is None:
        return []
    if request.state is not State.OPEN:
        return [DropTimer(timer_key(request))]
    what = changed.what
    if what in BEGINS:
        return await look_ahead(context, _begun(context, request, what))
    if what in GIVEN_BACK:
        over = what == Cause.RELEASE or await _is_its_turn_over(context, request)
        return await look_ahead(context, request, at_once=over)
    if why := GOES_ON.get(what):
        return await look_ahead(context, request, why=why)
    return []  # the clock goes on as it was


def _begun(context: Ctx, request: Request, what: str) -> Request:
    """Asked anew it climbs the ladder that it has, from the beginning; otherwise one of its own is taken."""
    request = replace(request, rung=0, repeats=0, promise="")
    if what != Cause.REOPEN:
        request = replace(request, ladder=ladder_of(context, replace(request, ladder="")).to_json())
    return afresh(context, request)


async def _is_its_turn_over(context: Ctx, request: Request) -> bool:
    """Whether who gave it back is surely of a council that was called, and nobody who was called together with it may
    still answer; others can't hurry the calls.
    """
    steps = await context.memory.requests.steps(request.number)
    calls = await context.memory.requests.calls(request)
    if not steps or await context.surely_of(steps[-1].who) not in {call.organisation_id for call in calls}:
        return False
    rungs = ladder_of(context, request).rungs
    last = max(call.rung for call in calls)
    if last >= len(rungs) or rungs[last].ask not in TOGETHER:
        return True
    passed = {await context.surely_of(step.who) for step in steps if step.what == Cause.PASS and step.who}
    asked = {call.organisation_id for call in calls if call.rung == last and call.outcome != Outcome.REFUSED}
    return asked <= passed
