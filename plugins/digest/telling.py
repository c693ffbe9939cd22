"""A week of an edition: what the memory tells of it, counted there."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.domain.digest import WEEK, Count, Week, began
from bot.domain.measures import AtRisk
from bot.plugin import Context
from plugins.digest.editions import tools_of
from plugins.digest.settings import DigestSettings, EditionSettings

Ctx = Context[DigestSettings]

LONGEST_WAITING = 5
THANKED = 20
NEW = 8
AT_RISK = 5
LOOKED_AT = 200  # of the tools at risk, to find an edition's own among them
WEEKS_BACK = 8
INSTANT = timedelta(microseconds=1)  # the least that is told apart


async def last_seven_days(context: Ctx, edition: EditionSettings) -> Week:
    """The week up to now, and with what was asked at this instant."""
    end = context.now + INSTANT
    return await _told(context, edition, end - WEEK, end)


async def week_until(context: Ctx, edition: EditionSettings, week: str, end: datetime) -> Week:
    """The week that ends then; it begins where the issue before this one ended."""
    before = await context.memory.digests.before(edition.key, week, 1)
    until = before[0].figures.get("end") if before else None
    start = began(end, datetime.fromisoformat(until) if until else None)
    return await _told(context, edition, start, end)


async def _told(context: Ctx, edition: EditionSettings, start: datetime, end: datetime) -> Week:
    digests, tools = context.memory.digests, tools_of(context, edition)
    before = start - (end - start)
    responses = context.memory.measures.responses
    count = await _count(context, start, end, tools)
    return Week(
        start=start,
        end=end,
        count=count,
        before=await _count(context, before, start, tools),
        response=await responses(start, min(end, context.now), tools),
        response_before=await responses(before, start, tools),
        unanswered=await digests.count_waiting(end, tools),
        waiting=tuple(await digests.waiting_longest(end, LONGEST_WAITING, tools)),
        thanks=tuple(await digests.answerers(start, end, THANKED, tools)),
        new_uses=tuple(await digests.new_uses(start, end, NEW, tools)),
        new_tools=tuple(await _new_tools(context, start, end, tools))[:NEW],
        at_risk=tuple(await _at_risk(context, tools)),
        by_week=(*await _weeks_before(context, start, tools), count),
    )


async def _weeks_before(context: Ctx, start: datetime, tools: Sequence[str]) -> list[Count]:
    starts = [start - n * WEEK for n in range(WEEKS_BACK - 1, 0, -1)]
    return [await _count(context, one, one + WEEK, tools) for one in starts]


async def _count(context: Ctx, start: datetime, end: datetime, tools: Sequence[str]) -> Count:
    digests = context.memory.digests
    asked, answered = await digests.count_asked(start, end, tools), await digests.count_answered(start, end, tools)
    return Count(_day(context, start), asked, answered)


def _day(context: Ctx, at: datetime) -> date:
    return at.astimezone(context.community.time_zone).date()


async def _new_tools(context: Ctx, start: datetime, end: datetime, tools: Sequence[str]) -> list[str]:
    """None in the register's first week, when everything is new."""
    first = await context.memory.register.first_added_at()
    if first is None or first >= start:
        return []
    added = await context.memory.register.tools_added_between(start, end)
    return [tool_id for tool_id in added if tool_id in tools or not tools]


async def _at_risk(context: Ctx, tools: Sequence[str]) -> list[AtRisk]:
    found = await context.memory.measures.tools_at_risk(LOOKED_AT if tools else AT_RISK, _day(context, context.now))
    known = [one for one in found if one.tool_id in context.names.tools and (one.tool_id in tools or not tools)]
    return known[:AT_RISK]


def waited(week: Week, opened_at: datetime, now: datetime) -> timedelta:
    """How long a question has waited by the week's end, or by now if that is still to come."""
    return max(min(week.end, now) - opened_at, timedelta(0))
