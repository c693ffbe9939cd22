"""Rungs whose councils are asked all together: each in its own hours, now or as soon as it is at work."""

from datetime import datetime

from bot.actions import Changed, Effect, SetTimer
from bot.domain.escalation import Promise, soonest
from bot.domain.request import Request
from bot.events import Due
from bot.plugin import Context
from plugins.escalation import plugin
from plugins.escalation.candidates import maintainers, users
from plugins.escalation.passing_over import write_down_skipped
from plugins.escalation.promising import each_of, ladder_of, look_ahead, next_call
from plugins.escalation.settings import EscalationSettings
from plugins.escalation.speaking import MOST_AT_ONCE, Ref, climb, due_since, open_request, speak, write_down
from plugins.escalation.whom import Whom, whom
from plugins.escalation.wording import Waiting

Ctx = Context[EscalationSettings]

LATE_CALL = "late_call"


async def call_together(context: Ctx, request: Request, found: Promise, due: Due) -> list[Effect]:
    """Those who are at work now are called now, each with one message for all that is due; the others later."""
    due_now = {request.number: (request, found)}
    for other in (await context.memory.promises.due_to(found.ask, context.now))[:MOST_AT_ONCE]:
        theirs = await next_call(context, other)
        if isinstance(theirs, Promise) and theirs.ask == found.ask and theirs.at <= context.now:
            due_now.setdefault(other.number, (other, theirs))
    effects: list[Effect] = []
    calls: dict[tuple[str, str], tuple[Whom, list[Waiting]]] = {}
    known: dict[str, Whom] = {}
    for one, promised in due_now.values():
        late = due_since(context, one)
        slots = await each_of(context, one, promised)
        present = [await _whom(context, council, promised, one, known) for council, at in slots if at <= context.now]
        await write_down_skipped(context, one, promised)
        for who in present:
            await write_down(context, who, one, promised.rung, late=late is not None)
        effects += [_later(one, promised.rung, council, at) for council, at in slots if at > context.now]
        effects += await climb(context, one, promised)
        kept = await context.memory.requests.get(one.number) or one
        for who in present:
            calls.setdefault((who.called, who.room_for(one)), (who, []))[1].append(Waiting(kept, promised.rung, late))
    said = [await speak(context, who, waiting) for who, waiting in calls.values()]
    return [*(effect for some in said for effect in some), *effects]


async def _whom(context: Ctx, council: str, promised: Promise, request: Request, known: dict[str, Whom]) -> Whom:
    """The same person for all that is due, unless they asked it themselves."""
    if council not in known or request.asker in known[council].people:
        known[council] = await whom(context, council, promised.ask, request)
    return known[council]


def _later(request: Request, rung: int, council: str, at: datetime) -> SetTimer:
    ref = Ref(request.number, request.round, rung)
    return SetTimer(LATE_CALL, f"late:{council};{ref}", at, f"{council};{ref}")


@plugin.due(LATE_CALL)
async def call_late(context: Ctx, due: Due) -> list[Effect]:
    """A council that wasn't at work when the others were called is now: if it is still wanted, and may be asked."""
    council, _, written = due.subject.rpartition(";")
    ref = Ref.read(written)
    request = await open_request(context, ref)
    if request is None or council in {call.organisation_id for call in await context.memory.requests.calls(request)}:
        return []
    ask = ladder_of(context, request).rungs[ref.rung].ask
    found = await (users(context, request, ()) if ask == "users" else maintainers(context, request.tool_id))
    slot = soonest([one for one in found if one.organisation_id == council], context.now)
    if slot is None:
        return []
    if slot > context.now:
        return [_later(request, ref.rung, council, slot)]
    who = await whom(context, council, ask, request)
    await write_down(context, who, request, ref.rung, late=False)
    promised = await look_ahead(context, request)  # as before, but for who has been called
    request = await context.memory.requests.get(ref.number) or request
    said = await speak(context, who, [Waiting(request, ref.rung)])
    return [*said, *promised, Changed(request.id, "called")]
