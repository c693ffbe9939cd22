"""A request's clock: it stands still while nobody is waited for but the asker, and stops at the first response."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.request import RUNNING, Cause, Request
from bot.domain.working_time import Interval, NeverOpen
from bot.plugin import Context
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

RESPONSES = frozenset({Cause.ANSWER, Cause.BETTER_ANSWER, Cause.ACCEPT, Cause.QUESTION_BACK})


async def timed(context: Ctx, before: Request, after: Request, cause: Cause, who: str) -> Request:
    """Stop or start the clock of a request that has moved; the request with what is measured of it."""
    promises = context.memory.promises
    if after.state in RUNNING:
        await promises.start_clock(after.number, context.now)
    else:
        await promises.stop_clock(after.number, context.now)
    breaks = await promises.breaks(after.number, context.now)
    if cause is Cause.ANSWER_DELETED and await _was_all(context, after):
        after = replace(after, responded_at=None, response_seconds=None)
    if cause in RESPONSES and who not in ("", after.asker) and after.responded_at is None:
        took = (await context.calendar()).elapsed(after.opened_at, context.now, breaks)
        after = replace(after, responded_at=context.now, response_seconds=took // timedelta(seconds=1))
    return replace(after, respond_by=await _respond_by(context, before, after, breaks))


async def _was_all(context: Ctx, request: Request) -> bool:
    """Whether the answer that is now deleted was the first response and the only one."""
    if request.responded_at is None:
        return False
    steps = await context.memory.requests.steps(request.number)
    return len([step for step in steps if step.what in RESPONSES and step.at >= request.responded_at]) == 1


async def _respond_by(context: Ctx, before: Request, after: Request, breaks: Sequence[Interval]) -> datetime | None:
    """When the time to respond is up; None if that isn't known, since the clock stands still before it."""
    known = before.respond_by
    if before.responded_at and after.responded_at:
        return known
    if after.state not in RUNNING and after.responded_at is None:
        return known if known and known <= context.now else None
    if after.responded_at is None and before.state in RUNNING:
        return known
    if after.target_seconds is None:
        return None
    return await time_is_up(context, after.opened_at, timedelta(seconds=after.target_seconds), breaks)


async def time_is_up(
    context: Ctx, opened_at: datetime, target: timedelta, breaks: Sequence[Interval] = ()
) -> datetime | None:
    """When so much of the community's working time has passed; None if it has none."""
    try:
        return (await context.calendar()).deadline(opened_at, target, breaks)
    except NeverOpen:
        return None
