"""Promises are looked at again: when a calendar they were made by has changed, or nothing would keep them."""

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from bot.actions import Changed, Effect, SetTimer
from bot.domain.promise import CALENDAR_CHANGED, PUT_OFF
from bot.domain.working_time import Calendar
from bot.events import Due
from bot.plugin import Context
from plugins.escalation import plugin
from plugins.escalation.promising import look_ahead
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

DAILY, BY_CALENDAR, UNKEPT = "recheck", "recheck promises", "recheck open"
AT = time(5)
AT_ONCE = 100  # requests looked at in one transaction
READ_AT_ONCE = 5_000
YEARS = 3 * 366  # days by which calendars are compared: nothing is promised further ahead
_THE_FIRST = datetime.fromtimestamp(0, UTC)


@plugin.starts
async def look_again(context: Ctx) -> list[Effect]:
    """Holidays and settings may have changed while we were away."""
    return [SetTimer(DAILY, DAILY, context.now)]


@plugin.due(DAILY)
async def compare(context: Ctx, due: Due) -> list[Effect]:
    """Each calendar by which something is promised with itself as it was; a changed one has its promises redone."""
    seen = await context.memory.availability.calendars_seen()
    fresh: list[tuple[str, str]] = []
    effects: list[Effect] = [
        SetTimer(DAILY, DAILY, _tomorrow(context)),
        SetTimer(UNKEPT, UNKEPT, context.now, _THE_FIRST.isoformat()),
    ]
    for whom in await context.memory.promises.promised():
        calendars = await _calendars(context, whom)
        before = seen.get(whom, "")
        if before != _told(calendars, _year_of(before) or context.now.year):
            effects.append(SetTimer(BY_CALENDAR, f"{BY_CALENDAR}:{whom}", context.now, f"0 {whom}"))
        fresh.append((whom, _told(calendars, context.now.year)))
    await context.memory.availability.see_calendars(fresh)
    return effects


def _tomorrow(context: Ctx) -> datetime:
    zone = context.community.time_zone
    return datetime.combine(context.now.astimezone(zone).date() + timedelta(days=1), AT, zone)


async def _calendars(context: Ctx, whom: str) -> list[Calendar]:
    """The calendar of the council; of councils that are asked all together, every one there is."""
    if whom in context.names.organisations or whom == "stewards":
        return [await context.calendar(whom)]
    found = [await context.calendar(organisation_id) for organisation_id in context.names.organisations]
    return list({id(calendar): calendar for calendar in found}.values())


def _told(calendars: list[Calendar], year: int) -> str:
    """What they are in the years from this one on. The year goes with it: compared are the same days, or they would
    differ by the passing of time alone.
    """
    start = date(year, 1, 1)
    each = sorted({calendar.fingerprint(start, YEARS) for calendar in calendars})
    return f"{year} {sha256(' '.join(each).encode()).hexdigest()[:16]}"


def _year_of(told: str) -> int:
    year = told.partition(" ")[0]
    return int(year) if year.isdigit() else 0


@plugin.due(BY_CALENDAR)
async def redo(context: Ctx, due: Due) -> list[Effect]:
    """Some of the promises made by a calendar that has changed; the rest in transactions of their own."""
    after, _, whom = due.subject.partition(" ")
    requests = await context.memory.promises.made_to(whom, int(after), AT_ONCE)
    effects: list[Effect] = [Changed(request.id, CALENDAR_CHANGED) for request in requests]
    if len(requests) == AT_ONCE:
        effects.append(SetTimer(BY_CALENDAR, due.key, context.now, f"{requests[-1].number} {whom}"))
    return effects


@plugin.due(UNKEPT)
async def find_unkept(context: Ctx, due: Due) -> list[Effect]:
    """Open requests that no timer will wake and of which it isn't known that nobody is left to be asked."""
    found, until = await context.memory.promises.unkept(datetime.fromisoformat(due.subject), READ_AT_ONCE)
    effects: list[Effect] = []
    for request in found:
        effects += await look_ahead(context, request)
        effects.append(Changed(request.id, PUT_OFF))
    if until:
        effects.append(SetTimer(UNKEPT, UNKEPT, context.now, until.isoformat()))
    return effects
