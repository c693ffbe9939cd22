"""Patience: what happens to a request about which nobody says a word, in working days."""

from bot.actions import Changed, DropTimer, Effect, SetTimer
from bot.domain.promise import NO_WORD, PromiseNote
from bot.domain.request import Cause, Request, State
from bot.domain.working_time import Calendar, NeverOpen
from bot.events import Due
from bot.plugin import Context
from bot.words import Moment, Person, phrase
from plugins.requests import plugin
from plugins.requests.life import confirmation, in_thread, move, spoken_of
from plugins.requests.settings import PATIENCE, REMIND, RequestsSettings, patience_with

Ctx = Context[RequestsSettings]

OBJECTED, ASKED_AGAIN = "asker wrote on", "asked whether settled"  # steps of a request's history


def timer_key(request: Request) -> str:
    """The one timer of a request's silence."""
    return f"patience:{request.number}"


@plugin.follows
async def be_patient(context: Ctx, changed: Changed) -> list[Effect]:
    """Every change is a word, unless only a promise moved: the silence begins anew."""
    request = None if changed.what in NO_WORD else await spoken_of(context, changed.request_id)
    return await restart(context, request) if request else []


async def restart(context: Ctx, request: Request) -> list[Effect]:
    """Set the timer of the silence for the state the request is in; a settled one has none."""
    days, kind = patience_with(context.settings, request.state)
    if not days:
        return [DropTimer(timer_key(request))]
    return await _set(context, request, kind, days)


async def _set(context: Ctx, request: Request, kind: str, days: int) -> list[Effect]:
    try:
        at = (await _calendar(context, request)).days_after(context.now, days)
    except NeverOpen:
        return [DropTimer(timer_key(request))]  # of a council that is never at work nobody can wait for a word
    return [SetTimer(kind, timer_key(request), at, request.id)]


async def _calendar(context: Ctx, request: Request) -> Calendar:
    """Whose working days count: theirs who are waited for."""
    who = request.claimer_organisation if request.state is State.CLAIMED else request.asker_organisation
    return await context.calendar(who)


@plugin.due(REMIND)
async def remind(context: Ctx, due: Due) -> list[Effect]:
    """Ask once whether they are still on it; without a word it then goes back."""
    request = await spoken_of(context, due.subject)
    if request is None or request.state is not State.CLAIMED:
        return []
    timer = await _set(context, request, PATIENCE, context.settings.release_claim_after_days)
    at = next((effect.due_at for effect in timer if isinstance(effect, SetTimer)), due.due_at)
    line = phrase(
        "requests.still_on_it",
        who=Person(request.claimer),
        number=request.number,
        at=Moment(at, context.community.time_zone.key),
    )
    await context.memory.requests.add_step(request.number, context.now, "", "reminded", request.claimer)
    return [await in_thread(context, request, line, mentions=(request.claimer,)), *timer]


@plugin.due(PATIENCE)
async def end(context: Ctx, due: Due) -> list[Effect]:
    """It has been quiet for long: a claim goes back, an answer has settled it, and what nobody answers lapses."""
    request = await spoken_of(context, due.subject)
    if request is None:
        return []
    match request.state:
        case State.CLAIMED:
            return await released(context, request, "silent")
        case State.ANSWERED if await _is_doubted(context, request):
            return await _ask_whether_settled(context, request)
        case State.ANSWERED:
            return await _moved(context, request, Cause.SILENCE)
        case State.WAITING:
            return await _moved(context, request, Cause.LAPSE, (request.asker,))
        case State.OPEN if _is_promised(context, request):
            return await restart(context, request)  # somebody will still be asked
        case State.OPEN:
            return await _moved(context, request, Cause.LAPSE, (request.asker,))
    return []


async def _is_doubted(context: Ctx, request: Request) -> bool:
    """Whether the asker's last word, since it was answered, was neither thanks nor that it is settled."""
    told = (OBJECTED, ASKED_AGAIN, Cause.ANSWER, Cause.BETTER_ANSWER)
    steps = [step.what for step in await context.memory.requests.steps(request.number) if step.what in told]
    return bool(steps) and steps[-1] == OBJECTED


async def _ask_whether_settled(context: Ctx, request: Request) -> list[Effect]:
    await context.memory.requests.add_step(request.number, context.now, "", ASKED_AGAIN)
    line = phrase("requests.is_it_settled", asker=Person(request.asker), number=request.number)
    asked = await in_thread(context, request, line, mentions=(request.asker,))
    return [asked, *await restart(context, request)]


async def released(context: Ctx, request: Request, note: str) -> list[Effect]:
    """Give a claim back to all, without blame."""
    line = phrase("requests.done_release", number=request.number, who=Person(request.claimer))
    await move(context, request, Cause.RELEASE, "", note=note)
    return [Changed(request.id, Cause.RELEASE), await in_thread(context, request, line)]


async def _moved(context: Ctx, request: Request, cause: Cause, mentions: tuple[str, ...] = ()) -> list[Effect]:
    await move(context, request, cause, "")
    line = confirmation(cause, request, "")
    return [Changed(request.id, cause), await in_thread(context, request, line, mentions=mentions)]


def _is_promised(context: Ctx, request: Request) -> bool:
    note = PromiseNote.from_json(request.promise)
    return bool(note and note.at and "escalation" in context.plugins)
