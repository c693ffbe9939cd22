"""The promise as it is kept: whom it names, who was passed over for them and why, and whether it has moved."""

from datetime import date, datetime, timedelta

from bot.domain.escalation import Nobody, Promise, Why
from bot.domain.promise import PromiseNote
from bot.domain.request import Request
from bot.plugin import Context
from plugins.escalation.candidates import back_on, silent
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

MOVED = timedelta(minutes=1)  # from so much on a promise counts as moved
MOST_TOLD = 5  # councils that are said to be passed over


async def noted(
    context: Ctx, request: Request, found: Promise | Nobody, before: PromiseNote | None, why: str
) -> PromiseNote:
    """What is kept of who is asked next; `before` is what was promised of the same call, `why` it may have moved."""
    calls = [call for call in await context.memory.requests.calls(request) if call.outcome != "refused"]
    called = tuple(dict.fromkeys(call.organisation_id for call in calls))
    passed_over = await _passed_over(context, request, found)
    back = await _back(context, passed_over)
    skipped = tuple(dict.fromkeys(skip.ask for skip in found.skipped if skip.organisation_id is None))
    if isinstance(found, Nobody):
        return PromiseNote(called=called, skipped=skipped, passed_over=passed_over, back=back)
    first, moved, moved_by = _moved(found, before, why)
    return PromiseNote(
        ask=found.ask,
        organisation_id=found.organisation_id or "",
        at=found.at,
        rung=found.rung,
        called=called,
        skipped=skipped,
        closed=tuple(dict.fromkeys(closed.name for closed in found.closed if closed.name)),
        passed_over=passed_over,
        first_at=first,
        moved=moved,
        moved_by=moved_by,
        back=back,
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


async def _passed_over(context: Ctx, request: Request, found: Promise | Nobody) -> tuple[tuple[str, str], ...]:
    told = {Why.AWAY, Why.HANDS_FULL, Why.NEVER_OPEN}
    pairs = [(skip.organisation_id, skip.why.name.lower()) for skip in found.skipped if skip.why in told]
    councils = [(council, why) for council, why in pairs if council]
    if isinstance(found, Nobody) or found.rung == request.rung:
        councils += [(council, "not_asked") for council in await silent(context, request.tool_id)]
    return tuple(dict.fromkeys(councils))[:MOST_TOLD]


async def _back(context: Ctx, passed_over: tuple[tuple[str, str], ...]) -> tuple[tuple[str, date], ...]:
    found = []
    for council, why in passed_over:
        if why == "away" and (day := await back_on(context, council, await context.people_of(council))):
            found.append((council, day))
    return tuple(found)
