"""The closed days of a council from an iCal file (RFC 5545): its whole-day events."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
import structlog
from icalendar import Calendar

from bot.domain.community import Span

BEHIND = timedelta(days=366)  # a promise made last year still counts from then
AHEAD = timedelta(days=2 * 366)
MOST_BYTES = 1_000_000
_DAY = timedelta(days=1)
_WITHIN_A_DAY = {"SECONDLY", "MINUTELY", "HOURLY"}  # such events fill no day, and there are millions of them


def closed_days_of(council: str, path: Path, zone: ZoneInfo, today: date) -> tuple[Span, ...]:
    """The closed days in a council's file; none, and a warning, if it can't be read."""
    try:
        return read_closed_days(path, zone, today)
    except OSError as error:
        reason = error.strerror or str(error)
    except ValueError as error:
        reason = str(error)
    structlog.get_logger().warning(
        "calendar file not read: only weekdays, holidays and the other closed days count",
        council=council, file=str(path), reason=reason,
    )  # fmt: skip
    return ()


def read_closed_days(path: Path, zone: ZoneInfo, today: date) -> tuple[Span, ...]:
    """Its whole days from a year ago to two years ahead, in order; raises OSError or ValueError if it can't be read."""
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES:,} bytes")
    text = path.read_text(encoding="utf-8-sig")
    for line in ("BEGIN:VCALENDAR", "END:VCALENDAR"):
        if line not in text.upper():
            raise ValueError(f"it is no whole iCal file: there is no {line} in it")
    begin, end = today - BEHIND, today + AHEAD
    try:
        spans = {
            (max(first, begin), min(last, end))
            for calendar in Calendar.from_ical(text, multiple=True)
            for event in _events(calendar, begin, end)
            for first, last in _whole_days(event, zone)
        }
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:  # what broken events come to
        raise ValueError(f"an event in it makes no sense: {error!r}") from error
    return tuple(sorted(span for span in spans if span[0] <= span[1]))


def _events(calendar: Any, begin: date, end: date) -> Iterator[Any]:
    """Every event in that time, each time that it comes again."""
    events = [part for part in calendar.subcomponents if part.name == "VEVENT"]
    for event in events:
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            if _WITHIN_A_DAY.intersection(rule.get("FREQ", [])):
                calendar.subcomponents.remove(event)
                break
    found = recurring_ical_events.of(calendar, components=["VEVENT"]).between(begin, end)
    return (event for event in found if str(event.get("STATUS", "")).upper() != "CANCELLED")


def _whole_days(event: Any, zone: ZoneInfo) -> Iterator[Span]:
    """The days it fills, from midnight to midnight where the council is; its end is the first day or instant after."""
    starts, ends = event.start, event.end
    if isinstance(starts, datetime):
        local = _local(starts, zone)
        first = local.date() if local.time() == time() else local.date() + _DAY
        last = _local(ends, zone).date() - _DAY
    else:
        first, last = starts, max(starts, ends - _DAY)
    if first <= last:
        yield first, last


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone) if at.tzinfo else at
