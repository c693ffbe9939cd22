"""When the week is told: the posting's instant, the week's name."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.working_time import Calendar, NeverOpen

_DAY = timedelta(days=1)
_DAYS_AHEAD = 3653  # ten years, as for working time


def next_posting(now: datetime, weekday: int, at: time, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """The next weekly posting strictly after `now`, in UTC: on `weekday` (Monday is 0), at that local time.

    A posting that meets a public holiday or a closed day waits for the next working day, even into the
    week after; if it then meets that week's own posting, they are one.
    """
    if not 0 <= weekday <= 6:
        raise ValueError(f"a weekday is 0 (Monday) to 6 (Sunday), not {weekday}")
    today = now.astimezone(zone).date()
    for n in range(_DAYS_AHEAD):
        day = today + n * _DAY
        if _is_posting_day(day, weekday, calendar):
            instant = datetime.combine(day, at, zone).astimezone(UTC)
            if instant > now:
                return instant
    raise NeverOpen(f"no working day for a posting in the ten years after {today}")


def working_day_before(at: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """The same local time on the last working day before, in UTC; a day before where there is none in a fortnight."""
    local = at.astimezone(zone)
    days = [local.date() - n * _DAY for n in range(1, 15)]
    day = next(filter(calendar.is_working_day, days), days[0])
    return datetime.combine(day, local.time(), zone).astimezone(UTC)


def iso_week(at: datetime, zone: ZoneInfo) -> str:
    """The week's name in that zone: "2026-W48"."""
    year, week, _ = at.astimezone(zone).isocalendar()
    return f"{year:04}-W{week:02}"


def _is_posting_day(day: date, weekday: int, calendar: Calendar) -> bool:
    planned = day - (day.weekday() - weekday) % 7 * _DAY
    if not calendar.closed_on(planned):
        return day == planned  # also a Sunday that an operator chose on purpose
    waited = ((planned + n * _DAY) for n in range(1, (day - planned).days))
    return day != planned and calendar.is_working_day(day) and not any(map(calendar.is_working_day, waited))
