"""Counting time the way volunteers do: only while a council is at work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.hours import WorkingHours
from bot.domain.public_holidays import public_holidays

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_NO_TIME = timedelta(0)
_HORIZON = timedelta(days=3653)  # ten years: what has not happened by then is not going to
_MOST_DAYS_KEPT = 5_000


Interval = tuple[datetime, datetime]


class NeverOpen(ValueError):
    """So much working time doesn't come within ten years."""


class Closed(NamedTuple):
    """A day on which the week's hours don't count; `name` is the holiday's, or "" for a day of one's own."""

    day: date
    name: str


@dataclass(frozen=True)
class Calendar:
    """When one council is at work: open whenever its wall clock, holidays and own closed days say so.

    So an hour that the clock skips isn't worked, and one that comes twice is worked twice.
    """

    hours: WorkingHours
    zone: ZoneInfo
    nation: str = ""
    closed: frozenset[date] = frozenset()
    # What was computed once: forgotten by `replace`, and no part of what a calendar is.
    _days: dict[date, tuple[Interval, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    def __post_init__(self) -> None:
        public_holidays(self.nation, 2000)  # an unknown nation is refused now, not when a request waits

    def deadline(self, start: datetime, budget: timedelta, breaks: Sequence[Interval] = ()) -> datetime:
        """The first instant at which `budget` of working time has passed since `start`, not counting `breaks`: spans
        during which the clock stood still. Raises NeverOpen.
        """
        if budget < _NO_TIME:
            raise ValueError(f"a budget of time can't be negative: {budget}")
        if not budget:
            return _utc(start)
        left = budget
        for opens, closes in _without(self._open(start), breaks):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        hours = f"{budget / _HOUR:,g} hours of working time"
        raise NeverOpen(f"“{self.hours}” holds no {hours} in the ten years after {start:%Y-%m-%d}")

    def elapsed(self, start: datetime, end: datetime, breaks: Sequence[Interval] = ()) -> timedelta:
        """The working time from `start` to `end`, less `breaks`; none if the end comes first (clocks do jump back)."""
        if _utc(end) <= _utc(start):
            return _NO_TIME
        counted = _without(self._open(start, end), breaks)
        return sum((closes - opens for opens, closes in counted), _NO_TIME)

    def is_open(self, at: datetime) -> bool:
        """Whether this council is at work; at the instant of closing it no longer is."""
        instant = _utc(at)
        return any(opens <= instant < closes for opens, closes in self._on(instant.date()))

    def next_open(self, at: datetime) -> datetime:
        """The instant itself if open then, else the next opening."""
        for opens, _ in self._open(at):
            return opens
        raise NeverOpen(f"“{self.hours}” never opens within ten years of {at:%Y-%m-%d}")

    def closed_on(self, day: date) -> Closed | None:
        """Why this local day is not like its weekday, if it isn't."""
        holiday = "" if self.hours.always else public_holidays(self.nation, day.year).get(day, "")
        return Closed(day, holiday) if holiday or day in self.closed else None

    def is_working_day(self, day: date) -> bool:
        """Whether there are hours on this local day."""
        return bool(self.hours.week[day.weekday()]) and not self.closed_on(day)

    def days_after(self, start: datetime, days: int) -> datetime:
        """The same time of day `days` working days later, or the opening after it; counted from the opening, if it
        is closed at `start`. Raises NeverOpen.
        """
        local = self.next_open(start).astimezone(self.zone)
        left = days
        while left > 0:
            local += _DAY
            left -= self.is_working_day(local.date())
            if local - start > _HORIZON:
                raise NeverOpen("no such working day within ten years")
        return self.next_open(_utc(local))

    def why_closed_between(self, start: datetime, end: datetime) -> tuple[Closed, ...]:
        """The holidays and closed days that cost working time between two instants."""
        first, last = _utc(start).astimezone(self.zone), _utc(end).astimezone(self.zone)
        days = (first.date() + n * _DAY for n in range((last.date() - first.date()).days + 1))
        return tuple(
            closed
            for day in days
            if (periods := self.hours.week[day.weekday()])
            and (day > first.date() or _minute_of(first) < periods[-1].closes)
            and (day < last.date() or _minute_of(last) > periods[0].opens)
            and (closed := self.closed_on(day))
        )

    def fingerprint(self, start: date, days: int) -> str:
        """Alike for equal calendars, and another one once the hours, holidays, closed days or the zone's clock change
        what is open in so many days from `start`. Compare those of the same days.
        """
        span = [start + n * _DAY for n in range(days)]
        clock = (datetime.combine(day, time(), self.zone).utcoffset() for day in span)
        works = "".join("01"[self.is_working_day(day)] for day in span)
        told = (str(self.hours), self.zone.key, [(str(offset), len([*same])) for offset, same in groupby(clock)], works)
        return sha256(repr(told).encode()).hexdigest()[:16]

    def _open(self, start: datetime, end: datetime | None = None) -> Iterator[Interval]:
        """The open intervals from `start` to `end`, in order; without an end, those of ten years."""
        begin = _utc(start)
        finish = _utc(end) if end else begin + _HORIZON
        for n in range((finish.date() - begin.date()).days + 1):
            for opens, closes in self._on(begin.date() + n * _DAY):
                if opens < finish and closes > begin:
                    yield max(opens, begin), min(closes, finish)

    def _on(self, day: date) -> tuple[Interval, ...]:
        """The open intervals of one day of UTC: those days come in order everywhere, local ones may not."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= _MOST_DAYS_KEPT:
                self._days.clear()
            known = self._days[day] = tuple(self._intervals(day))
        return known

    def _intervals(self, day: date) -> Iterator[Interval]:
        for begin, end, offset in _stretches(self.zone, day):
            # Within a stretch the wall clock runs evenly, so that plain sums are right.
            local, last = (begin + offset).date(), (end + offset).date()
            while local <= last:
                midnight = datetime.combine(local, time(), UTC) - offset
                for period in self.hours.week[local.weekday()] if self.is_working_day(local) else ():
                    opens = max(begin, midnight + timedelta(minutes=period.opens))
                    closes = min(end, midnight + timedelta(minutes=period.closes))
                    if opens < closes:
                        yield opens, closes
                local += _DAY


def _without(intervals: Iterator[Interval], breaks: Sequence[Interval]) -> Iterator[Interval]:
    """What is left of the open intervals when the breaks are cut out. One that ends before it began is a clock that
    jumped back: no break.
    """
    cuts = sorted((_utc(stops), _utc(goes_on)) for stops, goes_on in breaks if stops < goes_on)
    for begin, end in intervals:
        opens = begin
        for stops, goes_on in cuts:
            if stops < end and goes_on > opens:
                if stops > opens:
                    yield opens, stops
                opens = goes_on
        if opens < end:
            yield opens, end


def _stretches(zone: ZoneInfo, day: date) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """A day of UTC, cut where the zone's clock changes: each piece with its offset from UTC."""
    begin = datetime.combine(day, time(), UTC)
    end = begin + _DAY
    before, after = _offset(zone, begin), _offset(zone, end - _SECOND)
    change = end
    if before != after:
        same, change = begin, end - _SECOND
        while change - same > _SECOND:
            middle = same + (change - same) // _SECOND // 2 * _SECOND
            same, change = (middle, change) if _offset(zone, middle) == before else (same, middle)
    yield begin, change, before
    if change < end:
        yield change, end, after


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or _NO_TIME


def _minute_of(local: datetime) -> float:
    return local.hour * 60 + local.minute + (local.second + local.microsecond / 1e6) / 60


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at:%Y-%m-%d %H:%M} has no time zone")
    return at.astimezone(UTC)
