"""The call nobody acknowledged: put once more, to the council's next person."""

from typing import NamedTuple

from bot.actions import Effect, SetTimer
from bot.domain.request import Request
from bot.domain.working_time import NeverOpen
from bot.events import Due
from bot.plugin import Context
from plugins.escalation import plugin
from plugins.escalation.candidates import silent
from plugins.escalation.settings import EscalationSettings
from plugins.escalation.speaking import RECALL, Ref, open_request, speak
from plugins.escalation.whom import whom
from plugins.escalation.wording import Waiting

Ctx = Context[EscalationSettings]

AGAIN = "again"  # how the cause of a repeated call begins
CALLED_AGAIN = "called again"  # a step of the history


class _Unheard(NamedTuple):
    """A request whose call nobody has acknowledged."""

    request: Request
    rung: int
    person: str


@plugin.due(RECALL)
async def call_again(context: Ctx, due: Due) -> list[Effect]:
    """Call the council's next person, if it has another who is there, and if it is its turn still."""
    called, _, written = due.subject.rpartition(";")
    unheard = [one for ref in written.split(",") if (one := await _unheard(context, called, Ref.read(ref)))]
    if not unheard:
        return []
    calendar = await context.calendar(called)
    if not calendar.is_open(context.now):
        try:
            return [SetTimer(RECALL, due.key, calendar.next_open(context.now), due.subject)]
        except NeverOpen:
            return []
    but = {one.person for one in unheard} | {one.request.asker for one in unheard}
    who = await whom(context, called, "maintainer", unheard[0].request, but)
    if not who.person:
        return []
    requests = context.memory.requests
    for one in unheard:
        for call in await requests.calls(one.request):
            if call.organisation_id == called and call.rung == one.rung:
                await requests.call_again(one.request, call, who.person)
        note = who.organisation.name if who.organisation else called
        await requests.add_step(one.request.number, context.now, "", CALLED_AGAIN, note)
    waiting = [
        Waiting(one.request, one.rung)
        for one in unheard
        if who.room_for(one.request) == who.room_for(unheard[0].request)
    ]
    return await speak(context, who, waiting, again=f"{AGAIN}:{due.due_at.isoformat()}")


async def _unheard(context: Ctx, called: str, ref: Ref) -> _Unheard | None:
    """None if somebody of the council has said anything since or that it isn't to be asked, or another one has been
    called.
    """
    request = await open_request(context, ref)
    if request is None or called in await silent(context, request.tool_id):
        return None
    calls = await context.memory.requests.calls(request)
    mine = next((call for call in calls if call.organisation_id == called and call.rung == ref.rung), None)
    if mine is None or mine.outcome or any(call.rung > ref.rung for call in calls):
        return None
    for step in await context.memory.requests.steps(ref.number):
        if step.who and step.at >= mine.called_at and await context.surely_of(step.who) == called:
            return None
    return _Unheard(request, ref.rung, mine.person)
