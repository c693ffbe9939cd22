"""The call that was promised: when its time comes, all that is due for the same council is put to it at once."""

from dataclasses import dataclass

from bot.actions import Changed, Effect, Join
from bot.domain.escalation import Nobody, Promise, Why
from bot.domain.promise import PUT_OFF
from bot.domain.request import Request, State, number_of
from bot.events import Due
from bot.plugin import Context
from plugins.escalation import plugin
from plugins.escalation.ending import nobody_left
from plugins.escalation.following import TOGETHER
from plugins.escalation.promising import KIND, look_ahead, next_call
from plugins.escalation.settings import EscalationSettings
from plugins.escalation.speaking import HELD, climb, due_since, speak, write_down
from plugins.escalation.together import call_together
from plugins.escalation.whom import Whom, whom
from plugins.escalation.wording import Waiting

Ctx = Context[EscalationSettings]

MOST_AT_ONCE = 10  # requests in one message; what is left has a timer of its own


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
            return await nobody_left(context, request)
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


@dataclass(frozen=True)
class _Turn:
    """A request whose turn it is now, and on which rung."""

    request: Request
    rung: int


async def _call_in_turn(context: Ctx, request: Request, found: Promise, due: Due) -> list[Effect]:
    """One council, or the stewards, for everything that is due for them now."""
    called = found.organisation_id or found.ask
    who = await whom(context, called, found.ask, request)
    turns = [_Turn(request, found.rung)]
    for other in await context.memory.promises.due_to(called, context.now):
        if len(turns) < MOST_AT_ONCE and other.number != request.number:
            turns += await _is_turn_of(context, who, request, other)
    turns.sort(key=lambda turn: turn.request.promised_at or context.now)
    who = await _asked_by_none_of_them(context, who, turns)
    waiting, effects = [], []
    for turn in turns:
        late = due_since(context, turn.request)
        await write_down(context, who, turn.request, turn.rung, late=late is not None)
        effects += await climb(context, turn.request, turn.rung)
        kept = await context.memory.requests.get(turn.request.number) or turn.request
        waiting.append(Waiting(kept, turn.rung, late))
    return [*await speak(context, who, waiting, due.due_at.isoformat()), *effects]


async def _is_turn_of(context: Ctx, who: Whom, request: Request, other: Request) -> list[_Turn]:
    """Whether the other one's turn is with the same council in the same place; it is looked at as carefully."""
    found = await next_call(context, other)
    if isinstance(found, Nobody) or found.at > context.now:
        return []
    same = (found.organisation_id or found.ask) == who.called
    return [_Turn(other, found.rung)] if same and who.room_for(other) == who.room_for(request) else []


async def _asked_by_none_of_them(context: Ctx, who: Whom, turns: list[_Turn]) -> Whom:
    askers = {turn.request.asker for turn in turns}
    return await whom(context, who.called, who.ask, turns[0].request, askers)
