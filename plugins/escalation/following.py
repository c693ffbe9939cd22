"""What becomes of the ladder when a request moves on: its clock starts, stops, goes on, or is up at once."""

from dataclasses import replace

from bot.actions import Changed, DropTimer, Effect
from bot.domain.promise import MOVES
from bot.domain.request import Cause, Request, State, number_of
from bot.plugin import Context
from plugins.escalation import plugin
from plugins.escalation.promising import afresh, ladder_of, look_ahead, timer_key
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

AFRESH = frozenset({"opened", "other tool"})  # a ladder of its own is taken
GOES_ON = frozenset({Cause.UNDO, Cause.ASKER_WROTE, Cause.ANSWER_DELETED})  # where it stopped
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
    match changed.what:
        case what if what in MOVES:
            return await look_ahead(context, request, why=MOVES[what])
        case what if what in AFRESH:
            unclimbed = replace(request, ladder="", rung=0, repeats=0)
            ladder = ladder_of(context, unclimbed).to_json()
            return await look_ahead(context, afresh(context, replace(unclimbed, ladder=ladder)))
        case Cause.REOPEN:
            return await look_ahead(context, afresh(context, replace(request, rung=0, repeats=0)))
        case Cause.RELEASE:
            return await look_ahead(context, request, at_once=True)
        case Cause.PASS:
            return await look_ahead(context, request, at_once=await _is_its_turn_over(context, request))
        case what if what in GOES_ON:
            return await look_ahead(context, request, why="paused")
    return []  # the clock goes on as it was


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
    asked = {call.organisation_id for call in calls if call.rung == last and call.outcome != "refused"}
    return asked <= passed
