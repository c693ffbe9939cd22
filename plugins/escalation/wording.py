"""The words of a call: what waits, how long in working time, what to say, and who is next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.promise import AGAIN, PromiseNote
from bot.domain.request import Request
from bot.plugin import Context
from bot.words import Block, Items, Moment, Person, Phrase, WorkingTime, phrase
from plugins.escalation.settings import EscalationSettings
from plugins.escalation.whom import Whom

Ctx = Context[EscalationSettings]


@dataclass(frozen=True)
class Waiting:
    """A request that somebody is called for, with the next promise; `late`: when it was due, if that is long past."""

    request: Request
    rung: int
    late: datetime | None = None


async def one_call(context: Ctx, who: Whom, waiting: Waiting, older: Sequence[int], *, again: bool) -> list[Block]:
    """A call for one request."""
    request, zone = waiting.request, context.community.time_zone.key
    tool = request.tool_name or phrase("escalation.no_tool")
    blocks: list[Block] = [_opening(who, request.number, tool, again=again)]
    blocks.append(
        phrase("escalation.waited", asker=Person(request.asker), waited=await _waited(context, who, request),
               link=await context.link_to(request))
    )  # fmt: skip
    if waiting.late:
        blocks.append(phrase("escalation.late", at=Moment(waiting.late, zone)))
    blocks.append(_next(context, request))
    if older:
        blocks.append(phrase("escalation.older", count=len(older), numbers=[f"#{number}" for number in older]))
    blocks.append(_to_say(who, request.number))
    return blocks


def _opening(who: Whom, number: int, tool: object, *, again: bool) -> Phrase:
    people: object = [Person(user_id) for user_id in who.people] or phrase("escalation.everybody")
    if who.organisation is None:
        return phrase("escalation.call_stewards", whom=people, number=number, tool=tool)
    council = who.organisation.label
    if who.ask == "users":
        return phrase("escalation.call_user", whom=people, organisation=council, number=number, tool=tool)
    if not who.people:
        return phrase("escalation.call_council", organisation=council, number=number, tool=tool)
    if again:
        return phrase("escalation.call_again", whom=people, organisation=council, number=number, tool=tool)
    return phrase("escalation.call_person", whom=people, organisation=council, number=number, tool=tool)


def _to_say(who: Whom, number: int) -> Phrase:
    if who.ask == "users":
        return phrase("escalation.take_or_stop", number=number)
    if who.organisation is None:
        return phrase("escalation.take", number=number)
    return phrase("escalation.take_or_pass", number=number)


async def many_calls(context: Ctx, who: Whom, waiting: Sequence[Waiting], older: Sequence[int]) -> list[Block]:
    """One message for several requests that wait for the same council."""
    people: object = [Person(user_id) for user_id in who.people] or phrase("escalation.everybody")
    council = who.organisation.label if who.organisation else phrase("escalation.the_stewards")
    zone = context.community.time_zone.key
    lines = [await _line(context, who, one.request) for one in waiting]
    blocks: list[Block] = [phrase("escalation.calls", count=len(waiting), organisation=council, whom=people)]
    blocks.append(Items(tuple(lines)))
    if late := min((one.late for one in waiting if one.late), default=None):
        blocks.append(phrase("escalation.late_calls", at=Moment(late, zone)))
    if older:
        blocks.append(phrase("escalation.older", count=len(older), numbers=[f"#{number}" for number in older]))
    first = waiting[0].request.number
    blocks.append(_which(who, first))
    return blocks


def _which(who: Whom, number: int) -> Phrase:
    if who.ask == "users":
        return phrase("escalation.take_which_or_stop", number=number)
    if who.organisation is None:
        return phrase("escalation.take_which_one", number=number)
    return phrase("escalation.take_which", number=number)


async def _line(context: Ctx, who: Whom, request: Request) -> Phrase:
    return phrase(
        "escalation.call_line",
        link=await context.link_to(request),
        tool=request.tool_name or phrase("escalation.no_tool"),
        waited=await _waited(context, who, request),
        after=_next(context, request),
    )


async def _waited(context: Ctx, who: Whom, request: Request) -> WorkingTime:
    """In the working time of who is called."""
    calendar = await context.calendar(who.organisation.id if who.organisation else "")
    breaks = await context.memory.promises.breaks(request.number, context.now)
    return WorkingTime(calendar.elapsed(request.opened_at, context.now, breaks))


def _next(context: Ctx, request: Request) -> Phrase:
    """Who is asked after them."""
    note = PromiseNote.from_json(request.promise)
    if note is None or note.at is None:
        return phrase("escalation.next_nobody")
    at = Moment(note.at, context.community.time_zone.key)
    if note.ask == AGAIN:
        return phrase("escalation.next_from_beginning", at=at)
    council = context.names.organisations.get(note.organisation_id)
    whom: object = council.label if council else phrase(f"escalation.next_{note.ask}")
    return phrase("escalation.next", whom=whom, at=at)
