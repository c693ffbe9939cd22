"""The call: one message to one council (or the stewards), with one real mention, and the next promise."""

from dataclasses import replace

from bot.actions import Changed, Effect, Join, Say
from bot.domain.directory import Organisation
from bot.domain.escalation import Promise
from bot.domain.request import Request, State, number_of
from bot.events import Due
from bot.plugin import Context
from bot.words import Block, Moment, Person, phrase
from plugins.escalation import plugin
from plugins.escalation.promising import KIND, look_ahead, next_call
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

CALL_PRIORITY = 1  # after answers to people, before the digest


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
    found = await next_call(context, request, at_once=True)
    if not isinstance(found, Promise) or found.at > context.now:
        # Whoever was promised has gone, or is at work later than thought: the card says the new truth.
        return [*await look_ahead(context, request, at_once=True), Changed(request.id, "called")]
    effect = await _call(context, request, found, due)
    await context.memory.requests.keep(replace(request, rung=found.rung + 1))
    moved = await context.memory.requests.get(request.number) or request
    return [effect, *await look_ahead(context, moved), Changed(request.id, "called")]


async def _call(context: Ctx, request: Request, found: Promise, due: Due) -> Say:
    organisation = context.names.organisations.get(found.organisation_id or "")
    people = await _people(context, organisation)
    called = organisation.id if organisation else found.ask
    await context.memory.requests.add_call(
        request, called, people[0] if organisation and people else "", context.now, found.rung
    )
    what = "called late" if due.late else "called"
    await context.memory.requests.add_step(
        request.number, context.now, "", what, organisation.name if organisation else found.ask
    )
    return Say(
        _room(context, request, organisation),
        tuple(await _words(context, request, organisation, people, due)),
        thread=None if _elsewhere(context, request, organisation) else await context.thread_of(request),
        mentions=tuple(people),
        notice=False,
        key=f"call:{request.question_event}:{request.round}:{found.rung}:{called}:{due.due_at.isoformat()}",
        subject=request.id,
        priority=CALL_PRIORITY,
    )


async def _words(
    context: Ctx, request: Request, organisation: Organisation | None, people: list[str], due: Due
) -> list[Block]:
    calendar = await context.calendar(organisation.id if organisation else "")
    whom: object = [Person(user_id) for user_id in people] if people else phrase("escalation.everybody")
    if organisation:
        key = "escalation.call_person" if people else "escalation.call_council"
    else:
        key = "escalation.call_stewards"
    waited = calendar.elapsed(request.opened_at, context.now)
    blocks: list[Block] = [
        phrase(key, whom=whom, organisation=organisation.label if organisation else "", number=request.number,
               tool=request.tool_name or phrase("escalation.no_tool")),
        phrase("escalation.waited", asker=Person(request.asker), waited=waited,
               link=await context.link_to(request)),
    ]  # fmt: skip
    if due.late:
        blocks.append(phrase("escalation.late", at=Moment(due.due_at, context.community.time_zone.key)))
    blocks.append(phrase("escalation.take_or_pass" if organisation else "escalation.take", number=request.number))
    return blocks


async def _people(context: Ctx, organisation: Organisation | None) -> list[str]:
    """Whom to mention: the council's next person in turn; the stewards all."""
    if organisation is None:
        return list(context.community.stewards)
    people = await context.people_of(organisation.id)
    if not people:
        return []
    last = await context.memory.requests.last_called_person(organisation.id)
    turn = people.index(last) + 1 if last in people else 0
    return [people[turn % len(people)]]


def _room(context: Ctx, request: Request, organisation: Organisation | None) -> str:
    """The council's own room, else the maintainers'; the stewards' for them; where it was asked, if there is none."""
    community = context.community
    if organisation is None:
        return community.stewards_room or community.maintainers_room or request.room_id
    return community.council(organisation.id).room or community.maintainers_room or request.room_id


def _elsewhere(context: Ctx, request: Request, organisation: Organisation | None) -> bool:
    return _room(context, request, organisation) != request.room_id
