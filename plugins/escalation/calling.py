"""The call that was promised: when its time comes, all that is due for the same council is put to it at once."""

from bot.actions import Changed, Effect, Join
from bot.domain.escalation import Nobody, Promise, Why
from bot.domain.promise import PUT_OFF
from bot.domain.request import Request, State, number_of
from bot.events import Due
from bot.plugin import Context
from plugins.escalation import plugin
from plugins.escalation.ending import nobody_left
from plugins.escalation.following import TOGETHER
from plugins.escalation.passing_over import write_down_skipped
from plugins.escalation.promising import KIND, begin_again, look_ahead, may_begin_again, next_call
from plugins.escalation.settings import EscalationSettings
from plugins.escalation.speaking import HELD, MOST_AT_ONCE, climb, due_since, speak, write_down
from plugins.escalation.together import call_together
from plugins.escalation.whom import Whom, whom
from plugins.escalation.wording import Waiting

Ctx = Context[EscalationSettings]


@plugin.starts
async def enter_rooms(context: Ctx) -> list[Effect]:
    """Be where councils and stewards are called, if invited or allowed."""
    community = context.community
    named = [community.maintainers_room, community.stewards_room, *(c.room for c in community.councils)]
    joined = set(await context.memory.rooms.joined())
    return [Join(room) for room in dict.fromkeys(named) if room and room not in joined]


@plugin.due(KIND)
async def call(context: Ctx, due: Due) -> list[Effect]:
    """The time is up: look at the request again, and if nobody has it yet, call whose turn it is now."""
    number = number_of(due.subject)
    request = await context.memory.requests.get(number) if number else None
    if request is None or request.state is not State.OPEN:
        return []
    found = await next_call(context, request)
    if isinstance(found, Nobody):
        if not request.promised_to:
            if await may_begin_again(context, request):
                await write_down_skipped(context, request, found)
                return await begin_again(context, request)
            return await nobody_left(context, request, found)
        return [*await look_ahead(context, request, why="council"), Changed(request.id, PUT_OFF)]
    if found.at > context.now:
        why = _why_not_now(request, found, late=due.late)
        return [*await look_ahead(context, request, why=why), Changed(request.id, PUT_OFF)]
    if found.ask in TOGETHER:
        return await call_together(context, request, found, due)
    return await _call_in_turn(context, request, found, due)


def _why_not_now(request: Request, found: Promise, *, late: bool) -> str:
    """Whoever was promised has gone, or is at work later than was thought, or we weren't there in time."""
    if late:
        return HELD
    reasons = {skip.why for skip in found.skipped if skip.organisation_id == request.promised_to}
    if Why.AWAY in reasons:
        return "away"
    if Why.HANDS_FULL in reasons:
        return "hands_full"
    return "closed" if request.promised_to == found.organisation_id else "council"


async def _call_in_turn(context: Ctx, request: Request, found: Promise, due: Due) -> list[Effect]:
    """One council, or the stewards, for everything that is due for them now."""
    called = found.organisation_id or found.ask
    everything = await context.memory.promises.due_to(called, context.now)
    others = [other for other in everything if other.number != request.number]
    askers = {other.asker for other in others[:MOST_AT_ONCE]}
    who = await whom(context, called, found.ask, request, askers)
    waiting, effects = await _put(context, who, request, found)
    for other in others:
        if len(waiting) == MOST_AT_ONCE:
            break
        # As carefully as the first: what it was called for a moment ago weighs on the council by now.
        theirs = await _turn(context, who, request, other)
        if theirs:
            more, further = await _put(context, who, other, theirs)
            waiting, effects = [*waiting, *more], [*effects, *further]
    waiting.sort(key=lambda one: one.request.number)
    return [*await speak(context, who, waiting), *effects]


async def _put(context: Ctx, who: Whom, request: Request, found: Promise) -> tuple[list[Waiting], list[Effect]]:
    """The request is put to them now."""
    late = due_since(context, request)
    await write_down_skipped(context, request, found)
    await write_down(context, who, request, found.rung, late=late is not None)
    effects = await climb(context, request, found)
    kept = await context.memory.requests.get(request.number) or request
    return [Waiting(kept, found.rung, late)], effects


async def _turn(context: Ctx, who: Whom, request: Request, other: Request) -> Promise | None:
    """The call that is due for the other request, if it is the same council's turn, in the same place."""
    found = await next_call(context, other)
    if isinstance(found, Nobody) or found.at > context.now:
        return None
    same = (found.organisation_id or found.ask) == who.called
    return found if same and who.room_for(other) == who.room_for(request) else None
