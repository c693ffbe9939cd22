"""Who may do what to a request; a refusal says who can."""

from bot.domain.directory import Grade, Relation
from bot.domain.measures import Outcome
from bot.domain.request import Cause, Kind, Request, State
from bot.errors import UserError
from bot.plugin import Context
from bot.words import Person, Phrase, phrase
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

SETTLING = frozenset({Cause.RESOLVE, Cause.REOPEN, Cause.UNDO, Cause.DUPLICATE})
HOLDING = frozenset({Cause.HAND_OVER, Cause.WAIT})
BY_THE_CLOCK = frozenset({Cause.RELEASE, Cause.SILENCE, Cause.LAPSE, Cause.ASKER_LEFT, Cause.ROOM_LEFT})


async def permit(context: Ctx, request: Request, cause: Cause, who: str) -> None:
    """Raise UserError, with who may, unless this person may.

    Anybody but the asker takes; a claim is passed, handed over or put on hold by its holder, a call passed by the
    council that was called; the question is settled by those it concerns. Stewards may all.
    """
    if cause is Cause.TAKE:
        await _may_take(context, request, who)
    elif refusal := await _gone(context, request, cause) or await _refused(context, request, cause, who):
        raise UserError(refusal)


async def _refused(context: Ctx, request: Request, cause: Cause, who: str) -> Phrase | None:
    if cause in BY_THE_CLOCK or context.community.is_steward(who):
        return None
    number, asker, claimer = request.number, Person(request.asker), Person(request.claimer)
    if cause is Cause.PASS and not request.claimer:
        return None if await _is_called_now(context, request, who) else phrase("requests.only_called", number=number)
    if cause is Cause.PASS or cause in HOLDING:
        if not request.claimer:
            return phrase("requests.nobody_has_it", number=number)
        return None if who == request.claimer else phrase("requests.only_claimer", number=number, claimer=claimer)
    if cause in (Cause.WITHDRAW, Cause.ACCEPT) and who != request.asker:
        return phrase(f"requests.only_asker_{cause}", number=number, asker=asker)
    if cause in SETTLING and who not in {request.asker, request.claimer, request.answerer}:
        if cause is Cause.DUPLICATE and await answers_for(context, request, who):
            return None
        return phrase("requests.only_concerned", number=number, asker=asker)
    return None


async def _gone(context: Ctx, request: Request, cause: Cause) -> Phrase | None:
    """Why there is nothing to be reopened: its words were taken back, or its room is one in which we aren't."""
    if cause is not Cause.REOPEN:
        return None
    if not request.text:
        return phrase("requests.no_question_left", number=request.number)
    room = await context.memory.rooms.get(await context.memory.rooms.now(request.room_id))
    if room and room.membership != "join":
        return phrase("requests.no_room_left", number=request.number)
    return None


async def _may_take(context: Ctx, request: Request, who: str) -> None:
    if who == request.asker:
        raise UserError(phrase("requests.own_question", number=request.number))
    if request.state not in (State.OPEN, State.WAITING):
        return  # the table refuses, and says why
    await may_have_more(context, who)


async def has_hands_full(context: Ctx, who: str) -> bool:
    """Whether they have taken as much as one may."""
    return len(await context.memory.requests.in_hand(who)) >= context.settings.claims_per_person


async def may_have_more(context: Ctx, who: str) -> None:
    """Raise UserError, with what they have, if this person has as much in hand as one may."""
    if await has_hands_full(context, who):
        in_hand = await context.memory.requests.in_hand(who)
        numbers = [f"#{held.number}" for held in in_hand]
        raise UserError(phrase("requests.hands_full", numbers=numbers, first=in_hand[0].number))


async def _is_called_now(context: Ctx, request: Request, who: str) -> bool:
    """Whether theirs is the council that was called last, or one of those called together, and hasn't passed since.

    A pass at the instant of the call is what the call came from.
    """
    theirs = await context.surely_of(who)
    no_calls = (Outcome.REFUSED, Outcome.GIVEN_BACK)
    calls = [call for call in await context.memory.requests.calls(request) if call.outcome not in no_calls]
    last = [call for call in calls if call.rung == max(call.rung for call in calls)]
    call = next((call for call in last if theirs and call.organisation_id == theirs), None)
    if call is None:
        return False
    steps = await context.memory.requests.steps(request.number)
    passed = [step for step in steps if step.what == Cause.PASS and step.at > call.called_at]
    return not (passed if len(last) == 1 else [p for p in passed if await context.surely_of(p.who) == theirs])


async def was_called(context: Ctx, request: Request, who: str) -> bool:
    """Whether this person is surely of a council that was called for it."""
    return await context.surely_of(who) in {c.organisation_id for c in await context.memory.requests.calls(request)}


async def answers_for(context: Ctx, request: Request, who: str) -> bool:
    """Whether this person is surely of a council that answers for the tool."""
    theirs = await context.surely_of(who)
    if not (theirs and request.tool_id):
        return False
    maintaining = await context.memory.register.maintainers(request.tool_id)
    return any(usage.organisation_id == theirs and usage.grade is not Grade.UNVERIFIED for usage in maintaining)


async def knows_the_tool(context: Ctx, request: Request, who: str) -> bool:
    """Whether this person's word is taken for an answer: they have it in hand, run the community, were called, or
    are of a council that uses or maintains the tool, or of none that we know of. Anybody's, where no council is known
    to use it, or a claim is checked: then who is known better is heard after them.
    """
    if request.kind is Kind.CHECK:
        return True
    if who == request.claimer or context.community.is_steward(who) or await was_called(context, request, who):
        return True
    register = context.memory.register
    knowing = {
        usage.organisation_id
        for relation in Relation
        for usage in (await register.usages_of_tool(request.tool_id, relation) if request.tool_id else ())
    }
    belonging = await context.belonging(who)
    return not knowing or belonging is None or belonging.organisation_id in knowing
