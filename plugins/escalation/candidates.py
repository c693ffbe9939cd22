"""The councils that may be asked: those that answer for a tool, and those that use it and agreed to be asked."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta

from bot.domain.directory import Grade, Status
from bot.domain.escalation import Candidate
from bot.domain.request import Request
from bot.domain.working_time import Calendar
from bot.plugin import Context
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

IN_HAND = timedelta(days=90)  # a call that nobody followed for so long weighs no more
DAYS_AHEAD = 60  # so far it is looked who is away
MOST_USERS = 8  # councils that are asked at once because they use a tool
MOST_COUNTED = 200  # promises that weigh on a council

_NEVER = datetime.min.replace(tzinfo=UTC)


async def maintainers(context: Ctx, tool_id: str, number: int = 0) -> list[Candidate]:
    """The councils that volunteered for the tool, as far as that is verified, with what they have in hand but for
    the request with this number.
    """
    not_asked = await context.memory.availability.not_asked(tool_id) if tool_id else set()
    found = await _volunteers(context, tool_id)
    return [await _candidate(context, i, await context.people_of(i), number) for i in found if i not in not_asked]


async def silent(context: Ctx, tool_id: str) -> list[str]:
    """The councils that volunteered for the tool and don't want to be asked about it."""
    not_asked = await context.memory.availability.not_asked(tool_id) if tool_id else set()
    return [i for i in await _volunteers(context, tool_id) if i in not_asked] if not_asked else []


async def users(context: Ctx, request: Request, called: Collection[str]) -> list[Candidate]:
    """The councils that use the tool and have somebody who agreed to be asked; those longest not asked come first."""
    if not request.tool_id:
        return []
    usages = await context.memory.register.usages_of_tool(request.tool_id)
    present = {u.organisation_id for u in usages if u.status is not Status.RETIRED and u.grade is not Grade.UNVERIFIED}
    left_out = {request.asker_organisation, *called, *await context.memory.availability.not_asked(request.tool_id)}
    bodies = sorted(present & set(context.names.organisations) - left_out)
    agreed = [(body, people) for body in bodies if (people := await willing(context, body, request.asker))]
    found = [await _candidate(context, body, people, request.number) for body, people in agreed]
    return sorted(found, key=lambda one: (one.last_asked or _NEVER, one.organisation_id))[:MOST_USERS]


async def willing(context: Ctx, organisation_id: str, asker: str) -> list[str]:
    """The people of this organisation who said that they may be asked; nobody learns of them."""
    people = [person for person in await context.contacts_of(organisation_id) if person != asker]
    return [person for person in people if (await context.memory.contacts.get(person)).consent == "yes"]


async def next_person(context: Ctx, organisation_id: str, people: Sequence[str], but: Collection[str] = ()) -> str:
    """Whose turn it is among a council's people, of those who are there today; empty if nobody is."""
    calendar = await context.calendar(organisation_id)
    today = context.now.astimezone(calendar.zone).date()
    absent = {away.user_id for away in await context.memory.availability.away(people) if away.covers(today)}
    last = await context.memory.requests.last_called_person(organisation_id)
    turn = people.index(last) + 1 if last in people else 0
    in_turn = (*people[turn:], *people[:turn])
    return next((person for person in in_turn if person not in absent and person not in but), "")


async def most_in_hand(context: Ctx, organisation_id: str) -> int | None:
    """How many questions at a time this council wants, if it set a bound."""
    council = context.community.council(organisation_id)
    said = await context.memory.availability.said(organisation_id)
    return council.at_most if council.locked or said.at_most is None else said.at_most


async def days_away(context: Ctx, people: Sequence[str], calendar: Calendar) -> frozenset[date]:
    """The coming days on which all of these people are away."""
    aways = await context.memory.availability.away(people)
    if not people or {away.user_id for away in aways} != set(people):
        return frozenset()
    today = context.now.astimezone(calendar.zone).date()
    days = (today + timedelta(days=n) for n in range(DAYS_AHEAD))
    return frozenset(day for day in days if {away.user_id for away in aways if away.covers(day)} == set(people))


async def back_on(context: Ctx, organisation_id: str, people: Sequence[str]) -> date | None:
    """The first day after their next absence on which one of them is there again; None if that isn't known."""
    calendar = await context.calendar(organisation_id)
    away = calendar.closed | await days_away(context, people, calendar)
    today = context.now.astimezone(calendar.zone).date()
    days = [today + timedelta(days=n) for n in range(DAYS_AHEAD)]
    gone = next((day for day in days if day in away), today)
    return next((day for day in days if day > gone and day not in away and calendar.is_working_day(day)), None)


async def _volunteers(context: Ctx, tool_id: str) -> list[str]:
    usages = await context.memory.register.maintainers(tool_id) if tool_id else []
    known = context.names.organisations
    return [u.organisation_id for u in usages if u.organisation_id in known and u.grade is not Grade.UNVERIFIED]


async def _candidate(context: Ctx, organisation_id: str, people: Sequence[str], number: int) -> Candidate:
    """What is promised of a council weighs on it too, or all that is asked on one morning would be put to the same
    one; but only what it was called for counts as in its hands.
    """
    calendar = await context.calendar(organisation_id)
    promised = await context.memory.promises.count_to(organisation_id, number, MOST_COUNTED)
    at_most = await most_in_hand(context, organisation_id)
    return Candidate(
        organisation_id,
        await context.memory.requests.open_of(organisation_id, context.now - IN_HAND) + promised,
        await context.memory.requests.last_called(organisation_id),
        calendar,
        await days_away(context, people, calendar),
        at_most + promised if at_most is not None else None,
    )
