"""Councils that don't respond: they are told first, then the stewards, who can find another council in time."""

from bot.actions import Effect, Say, SetTimer
from bot.domain.directory import Organisation
from bot.domain.measures import is_to_be_told, maintaining
from bot.domain.working_time import NeverOpen
from bot.events import Due
from bot.plugin import Context
from bot.words import Block, phrase
from plugins.escalation import plugin
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

KIND = "unanswered"
MOST_LISTED = 20  # calls, tools


async def noticed(context: Ctx, organisation_id: str) -> list[Effect]:
    """Another call of theirs was left unanswered: one before the stewards hear of it, the council itself does."""
    organisation = context.names.organisations.get(organisation_id)
    if organisation is None:
        return []
    run = await context.memory.measures.unanswered(organisation.id)
    effects: list[Effect] = []
    if _is_warned(context, run):
        effects += await _when_at_work(context, organisation)
    if is_to_be_told(len(run), context.settings.unanswered_calls_noticed):
        effects += await _tell_stewards(context, organisation, run)
    return effects


def _is_warned(context: Ctx, run: list[int]) -> bool:
    limit = context.settings.unanswered_calls_noticed
    return is_to_be_told(len(run) + 1, limit) or limit == len(run) == 1


async def _when_at_work(context: Ctx, organisation: Organisation) -> list[Effect]:
    try:
        at = (await context.calendar(organisation.id)).next_open(context.now)
    except NeverOpen:
        return []
    return [SetTimer(KIND, f"{KIND}:{organisation.id}", at, organisation.id)]


@plugin.due(KIND)
async def warn(context: Ctx, due: Due) -> list[Effect]:
    """Tell the council, where only they hear it, unless they have responded meanwhile."""
    organisation = context.names.organisations.get(due.subject)
    run = await context.memory.measures.unanswered(due.subject)
    limit = context.settings.unanswered_calls_noticed
    if organisation is None or len(run) < max(limit - 1, 1):
        return []
    room = context.community.council(organisation.id).room or await _person(context, organisation)
    if not room:
        return []
    line = phrase("escalation.unanswered", count=len(run), numbers=_numbers(run), organisation=organisation.label)
    how = phrase("escalation.unanswered_what_now")
    return [Say(room, (line, how), key=f"{KIND}:{organisation.id}:{run[0]}:{len(run)}", notice=False)]


async def _person(context: Ctx, organisation: Organisation) -> str:
    """Whom of them we call: the one called last, if they are still of that council."""
    people = await context.people_of(organisation.id)
    last = await context.memory.requests.last_called_person(organisation.id)
    return last if last in people else next(iter(people), "")


async def _tell_stewards(context: Ctx, organisation: Organisation, run: list[int]) -> list[Effect]:
    room = context.community.stewards_room
    if not room:
        return []
    blocks: list[Block] = [
        phrase("escalation.silent_council", count=len(run), organisation=organisation.name, numbers=_numbers(run))
    ]
    if tools := await _tools(context, organisation):
        blocks.append(phrase("escalation.silent_council_tools", tools=tools))
    blocks.append(phrase("escalation.silent_council_what_now"))
    return [Say(room, tuple(blocks), key=f"silent:{organisation.id}:{run[0]}:{len(run)}")]


async def _tools(context: Ctx, organisation: Organisation) -> list[object]:
    """What it answers for, first what nobody else does."""
    alone, shared = [], []
    for usage in await context.memory.register.maintained_by(organisation.id):
        tool = context.names.tools.get(usage.tool_id)
        if tool is None:
            continue
        if set(maintaining(await context.memory.register.maintainers(tool.id))) - {organisation.id}:
            shared.append(tool.name)
        else:
            alone.append(tool.name)
    only = [phrase("escalation.nobody_else", tool=name) for name in sorted(alone, key=str.casefold)]
    return [*only, *sorted(shared, key=str.casefold)][:MOST_LISTED]


def _numbers(run: list[int]) -> list[str]:
    """Each request once, however often they were called for it."""
    return [f"#{number}" for number in list(dict.fromkeys(run))[-MOST_LISTED:]]
