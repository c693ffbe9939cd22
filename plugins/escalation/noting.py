"""The promise as it is kept: whom it names, who was passed over for them and why, and whether it has moved."""

from datetime import date, datetime, timedelta

from bot.domain.escalation import Nobody, Promise
from bot.domain.measures import Outcome
from bot.domain.promise import PromiseNote
from bot.domain.request import Request
from bot.plugin import Context
from plugins.escalation.candidates import back_on
from plugins.escalation.passing_over import Pairs, councils_passed_over, empty_rungs
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

MOVED = timedelta(minutes=1)  # from so much on a promise counts as moved


async def noted(
    context: Ctx, request: Request, found: Promise | Nobody, before: PromiseNote | None, why: str
) -> PromiseNote:
    """What is kept of who is asked next; `before` is what was promised of the same call, `why` it may have moved."""
    calls = [call for call in await context.memory.requests.calls(request) if call.outcome != Outcome.REFUSED]
    called = tuple(dict.fromkeys(call.organisation_id for call in calls))
    passed_over = await councils_passed_over(context, request, found)
    back = await _back(context, passed_over)
    not_called = _not_called(request, {*called, *(council for council, _ in passed_over)})
    skipped = tuple(empty_rungs(found, passed_over))
    if isinstance(found, Nobody):
        return PromiseNote(called=called, skipped=skipped, passed_over=passed_over, back=back, not_called=not_called)
    first, moved, moved_by = _moved(found, before, why)
    return PromiseNote(
        ask=found.ask,
        organisation_id=found.organisation_id or "",
        at=found.at,
        rung=found.rung,
        called=called,
        skipped=skipped,
        closed=await _closed(context, found),
        passed_over=passed_over,
        first_at=first,
        moved=moved,
        moved_by=moved_by,
        back=back,
        not_called=not_called,
    )


def _moved(found: Promise, before: PromiseNote | None, why: str) -> tuple[datetime | None, str, str]:
    """The first promise, why it moved, and whom it named then; nothing of that if it stands."""
    if before is None or before.at is None:
        return None, "", ""
    first = before.first_at or before.at
    if abs(found.at - first) <= MOVED:
        return None, "", ""
    if why and abs(found.at - before.at) > MOVED:
        if why == "away" and found.at < first and (found.organisation_id or "") == before.organisation_id:
            why = "back"
        return first, why, before.organisation_id
    return first, before.moved or why, before.moved_by


async def _closed(context: Ctx, found: Promise) -> tuple[str, ...]:
    """The holidays that put it off; a council's own closed days are one "", and those on which it is away aren't."""
    own = (await context.calendar(found.organisation_id)).closed if found.organisation_id else frozenset()
    return tuple(dict.fromkeys(closed.name for closed in found.closed if closed.name or closed.day in own))


def _not_called(request: Request, told: set[str]) -> Pairs:
    """Those who were passed over by earlier calls, but for whoever is told of anyhow."""
    kept = PromiseNote.from_json(request.promise)
    return tuple((council, why) for council, why in kept.not_called if council not in told) if kept else ()


async def _back(context: Ctx, passed_over: Pairs) -> tuple[tuple[str, date], ...]:
    found = []
    for council, why in passed_over:
        if why == "away" and (day := await back_on(context, council, await context.people_of(council))):
            found.append((council, day))
    return tuple(found)
