"""The card: one message a request, edited in place: where it stands, who has it, what happens next, what to type."""

from bot.actions import Changed, Effect, Say
from bot.domain.promise import AGAIN, PromiseNote
from bot.domain.request import UNANSWERED, Kind, Request, State, number_of
from bot.events import Allowed, Entered
from bot.plugin import Context
from bot.words import Block, Moment, Person, Phrase, Quote, phrase
from plugins.requests import plugin
from plugins.requests.life import spoken_of
from plugins.requests.settings import RequestsSettings, patience_with

Ctx = Context[RequestsSettings]


@plugin.follows
async def draw(context: Ctx, changed: Changed) -> list[Effect]:
    """Bring the card up to date with the request, whoever changed it."""
    request = await spoken_of(context, changed.request_id)
    if request is None:
        return []
    here = not request.is_elsewhere
    return [
        Say(
            request.room_id,
            tuple(await _blocks(context, request)),
            reply_to=request.question_event if here else None,
            thread=request.thread or None,
            key=request.card_key,
            subject=request.id,
            card=True,
            language=request.language,
        )
    ]


@plugin.allowed
async def draw_again(context: Ctx, allowed: Allowed) -> list[Effect]:
    """What changed while we were not allowed to show it."""
    return await _all_in(context, allowed.room_id)


@plugin.enters
async def draw_on_entering(context: Ctx, entered: Entered) -> list[Effect]:
    """What moved here from an upgraded room before we could follow."""
    return await _all_in(context, entered.room_id)


async def _all_in(context: Ctx, room_id: str) -> list[Effect]:
    requests = context.memory.requests
    found = [*await requests.unanswered_in(room_id), *await requests.answered_in(room_id)]
    return [Changed(request.id, "to be shown") for request in found]


async def _blocks(context: Ctx, request: Request) -> list[Block]:
    blocks: list[Block] = [headline(request)]
    if request.is_elsewhere and request.text:
        blocks.append(phrase("requests.the_question", text=Quote(request.text)))
    if request.cards and not request.is_elsewhere and request.text:
        blocks.append(phrase("requests.another_card"))
    blocks.append(state_line(context, request))
    if also := await context.memory.requests.count_steps(request.number, "me too"):
        blocks.append(phrase("requests.wanted_by_others", count=also))
    blocks += promise_lines(context, request)
    if next_line := _without_a_word(context, request):
        blocks.append(next_line)
    if request.thread and await _is_anothers(context, request):
        blocks.append(phrase("requests.beside", number=request.number))
    here = "_here" if request.is_elsewhere and request.state in UNANSWERED else ""
    blocks.append(phrase(f"requests.type_{request.state}{here}", number=request.number))
    return blocks


async def _is_anothers(context: Ctx, request: Request) -> bool:
    """Whether the thread it was asked in is another request's: what is said there is about that one."""
    subject = await context.memory.inbox.subject(request.thread, request.question_room)
    return number_of(subject) not in (None, request.number)


def _without_a_word(context: Ctx, request: Request) -> Phrase | None:
    """What happens next if nobody does anything; in days and not by date, since every word begins them anew."""
    days, _ = patience_with(context.settings, request.state)
    if not days or request.state is State.OPEN:
        return None
    who = Person(request.claimer if request.state is State.CLAIMED else request.asker)
    return phrase(f"requests.silence_{request.state}", count=days, who=who)


def headline(request: Request) -> Phrase:
    """Number, tool and asker."""
    key = "requests.headline" if request.tool_name else "requests.headline_no_tool"
    if request.kind is Kind.CHECK:
        key = "requests.headline_check"
    return phrase(key, number=request.number, tool=request.tool_name, asker=Person(request.asker))


def state_line(context: Ctx, request: Request) -> Phrase:
    """Where it stands, in words."""
    if request.duplicate_of:
        return phrase("requests.is_duplicate", original=request.duplicate_of)
    who = request.claimer if request.state in (State.CLAIMED, State.WAITING) else request.answerer
    organisation = request.claimer_organisation if who == request.claimer else request.answerer_organisation
    known = context.names.organisations.get(organisation)
    person: object = Person(who) if who else phrase("requests.somebody")
    if known and who:
        person = phrase("requests.person_of", person=Person(who), organisation=known.label)
    if request.state is State.WAITING and not who:
        return phrase("requests.is_waiting_with_nobody")
    if request.state is State.RESOLVED and who:
        return phrase("requests.is_resolved_by", who=person)
    return phrase(f"requests.is_{request.state}", who=person)


def promise_lines(context: Ctx, request: Request) -> list[Phrase]:
    """What happens next and when, and why not sooner."""
    note = PromiseNote.from_json(request.promise)
    if note is None or request.state is not State.OPEN:
        return []
    lines = [phrase("requests.begun_again", count=request.repeats)] if request.repeats else []
    if note.called:
        lines.append(_called(context, note))
    tool = request.tool_name or phrase("requests.this")
    lines += [phrase(_skipped(ask, note), tool=tool) for ask in note.skipped]
    lines += _passed_over(context, note, tool)
    if note.at is None:
        return [*lines, phrase("requests.everybody_asked" if note.called else "requests.nobody_left")]
    return [*lines, _promise(context, note, Moment(note.at, context.community.time_zone.key)), *_moved(context, note)]


def _promise(context: Ctx, note: PromiseNote, at: Moment) -> Phrase:
    if note.ask == AGAIN:
        return phrase("requests.from_beginning", at=at)
    council = context.names.organisations.get(note.organisation_id)
    whom: object = council.name if council else phrase(f"requests.ask_{note.ask}")
    if not note.closed:
        return phrase("requests.promise", whom=whom, at=at)
    closed = [name or phrase("requests.own_closed_days") for name in note.closed]
    return phrase("requests.promise_closed", whom=whom, at=at, closed=closed)


def _passed_over(context: Ctx, note: PromiseNote, tool: object) -> list[Phrase]:
    """Whose turn it isn't, or wasn't, and why; without blame."""
    lines, back = [], dict(note.back)
    for organisation_id, why in note.passed_over:
        council = context.names.organisations.get(organisation_id)
        if council is None:
            continue
        if why == "away" and (day := back.get(organisation_id)):
            lines.append(phrase("requests.passed_over_away_until", council=council.label, day=day))
        else:
            lines.append(phrase(f"requests.passed_over_{why}", council=council.label, tool=tool))
    for organisation_id, why in note.not_called:
        if council := context.names.organisations.get(organisation_id):
            lines.append(phrase(f"requests.was_passed_over_{why}", council=council.label, tool=tool))
    return lines


def _moved(context: Ctx, note: PromiseNote) -> list[Phrase]:
    """What was promised first, and why that isn't so any more."""
    if note.first_at is None or not note.moved:
        return []
    council = context.names.organisations.get(note.moved_by)
    whose: object = council.label if council else phrase("requests.who_was_promised")
    at = Moment(note.first_at, context.community.time_zone.key)
    return [phrase(f"requests.moved_{note.moved}", at=at, council=whose)]


def _skipped(ask: str, note: PromiseNote) -> str:
    further = ask == "maintainer" and note.called
    return "requests.skipped_further_maintainer" if further else f"requests.skipped_{ask}"


def _called(context: Ctx, note: PromiseNote) -> Phrase:
    names = [
        context.names.organisations[called].label
        if called in context.names.organisations
        else phrase("requests.ask_stewards")
        for called in note.called
    ]
    return phrase("requests.called", names=names)
