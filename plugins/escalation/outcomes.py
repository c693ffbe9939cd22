"""What came of the calls: who responded, whose time ran out, and before whom somebody else was quicker."""

from datetime import datetime, timedelta

from bot.actions import Changed, Effect
from bot.domain.measures import RESPONSES, Outcome
from bot.domain.promise import PUT_OFF
from bot.domain.request import Cause, Request, State, number_of
from bot.plugin import Context
from plugins.escalation import plugin
from plugins.escalation.ending import NOBODY_LEFT
from plugins.escalation.promising import ladder_of
from plugins.escalation.risk import noticed
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

CAME_OF = {
    Cause.TAKE: Outcome.TAKEN,
    Cause.HAND_OVER: Outcome.TAKEN,
    Cause.PASS: Outcome.PASSED,
    Cause.QUESTION_BACK: Outcome.ANSWERED,
    Cause.ANSWER: Outcome.ANSWERED,
    Cause.BETTER_ANSWER: Outcome.ANSWERED,
    Cause.ACCEPT: Outcome.ANSWERED,
    Cause.DUPLICATE: Outcome.ANSWERED,
}


@plugin.follows
async def what_came_of_it(context: Ctx, changed: Changed) -> list[Effect]:
    """Note it with the calls; a council that has left several unanswered is noticed."""
    number = number_of(changed.request_id)
    request = await context.memory.requests.get(number) if number else None
    if request is None:
        return []
    if changed.what in CAME_OF:
        await _responded(context, request, Cause(changed.what))
    if changed.what == Cause.LAPSE or (changed.what == PUT_OFF and await _is_nobody_left(context, request)):
        return await _silent(context, request, given=None)
    if request.state not in (State.OPEN, State.WAITING):
        await _overtaken(context, request)
    if changed.what == "called":
        return await _next_was_called(context, request)
    return []


async def _is_nobody_left(context: Ctx, request: Request) -> bool:
    """Whether the last call has had its time, too."""
    steps = await context.memory.requests.steps(request.number)
    return bool(steps) and steps[-1].what == NOBODY_LEFT


async def _responded(context: Ctx, request: Request, cause: Cause) -> None:
    """The council of whoever did it has responded to its newest call, be it late."""
    council = await context.surely_of(await _who(context, request, cause))
    calls = [made for made in await context.memory.requests.made(request.number) if made.outcome != Outcome.GIVEN_BACK]
    theirs = [made for made in calls if made.organisation_id == council]
    if not council or not theirs or theirs[-1].outcome in RESPONSES:
        return
    took = await _took(context, request, council, theirs[-1].called_at)
    await context.memory.requests.came_of(request.number, theirs[-1].step, council, CAME_OF[cause], took)


async def _who(context: Ctx, request: Request, cause: Cause) -> str:
    if cause in (Cause.TAKE, Cause.HAND_OVER):
        return request.claimer
    if cause in (Cause.ANSWER, Cause.BETTER_ANSWER, Cause.ACCEPT):
        return request.answerer
    steps = await context.memory.requests.steps(request.number)
    return next((step.who for step in reversed(steps) if step.what == cause), "")


async def _overtaken(context: Ctx, request: Request) -> None:
    """Nobody waits for those any more who were called and hadn't responded yet."""
    for made in await context.memory.requests.made(request.number):
        if made.outcome is Outcome.NOTHING_YET:
            requests = context.memory.requests
            await requests.came_of(request.number, made.step, made.organisation_id, Outcome.OVERTAKEN)


async def _next_was_called(context: Ctx, request: Request) -> list[Effect]:
    calls = await context.memory.requests.made(request.number)
    if not calls:
        return []
    rungs = ladder_of(context, request).rungs
    newest = max(made.step for made in calls)
    given = rungs[newest[1]].after if newest[1] < len(rungs) else timedelta(0)
    return await _silent(context, request, given, before=newest)


async def _silent(
    context: Ctx, request: Request, given: timedelta | None, before: tuple[int, int] | None = None
) -> list[Effect]:
    """Those called on an earlier rung had `given` to respond. Its length is another council's working time: whoever
    had less than half of it in their own, or none since somebody gave the request back, isn't silent but overtaken.
    """
    effects: list[Effect] = []
    for made in await context.memory.requests.made(request.number):
        if made.outcome is not Outcome.NOTHING_YET or (before and made.step >= before):
            continue
        took = await _took(context, request, made.organisation_id, made.called_at)
        fair = given is None or (given > timedelta(0) and 2 * took >= given)
        outcome = Outcome.SILENT if fair else Outcome.OVERTAKEN
        await context.memory.requests.came_of(request.number, made.step, made.organisation_id, outcome)
        if outcome is Outcome.SILENT:
            effects += await noticed(context, made.organisation_id)
    return effects


async def _took(context: Ctx, request: Request, council: str, called_at: datetime) -> timedelta:
    breaks = await context.memory.promises.breaks(request.number, context.now)
    return (await context.calendar(council)).elapsed(called_at, context.now, breaks)
