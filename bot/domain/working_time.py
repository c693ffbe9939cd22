"""Counting time the way volunteers do: only while a council is at work."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ENGLISH_DAYS: Mapping[str, int] = MappingProxyType(
    {name.casefold(): number for number, name in enumerate(DAY_NAMES)}
    | {"monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6}
    | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
)
EXAMPLE = "Mon-Fri 09:00-12:30 13:30-17:00"

_TIME = r"[0-9]{1,2}(?:[:.h][0-9]{2}|h)?\s*(?:am|pm)?"
_TOKEN = re.compile(
    rf"(?P<opens>{_TIME})\s*-\s*(?P<closes>{_TIME})(?![0-9])"
    r"|(?P<first>[^\W\d_]+)\.?(?:\s*-\s*(?P<last>[^\W\d_]+)\.?)?"
)
_BETWEEN = re.compile(r"(?:[\s,;:&+/]|\band\b)*")
_FROM_TO = re.compile(r"\s+(?:to|until|till)\s+|\s*[\u2010-\u2015\u2212]\s*")

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_NO_TIME = timedelta(0)
_HORIZON = timedelta(days=3653)  # ten years: what has not happened by then is not going to
_MOST_DAYS_KEPT = 5_000
_LONGEST = 500  # characters: they come from chat, too


class Period(NamedTuple):
    """From opening to closing, in minutes since midnight; 24:00 is 1440."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in self)


@dataclass(frozen=True)
class WorkingHours:
    """When somebody is at work in any week: each weekday's periods, Monday first, on the wall clock.

    `always` is somebody who answers round the clock, public holidays included.
    """

    week: tuple[tuple[Period, ...], ...]
    always: bool = False

    def __post_init__(self) -> None:
        if len(self.week) != len(DAY_NAMES):
            raise ValueError(f"a week has seven days, not {len(self.week)}")
        if not any(self.week):
            raise ValueError(f"these hours never open; write them like “{EXAMPLE}” or “always”")
        for name, periods in zip(DAY_NAMES, self.week, strict=True):
            for period in periods:
                if not 0 <= period.opens < period.closes <= 24 * 60:
                    raise ValueError(f"{period} on {name} doesn't close after it opens; write 17:00 or 5pm, not 5")
            for earlier, later in pairwise(periods):
                if later.opens < earlier.closes:
                    raise ValueError(f"on {name}, {earlier} and {later} overlap")

    @classmethod
    def parse(cls, text: str, day_names: Mapping[str, int] = ENGLISH_DAYS) -> "WorkingHours":
        """Reads "Mon-Thu 09:00-12:30 13:30-17:00, Fri 9-1pm", "9-17" (Monday to Friday) or "always"."""
        if text.strip().casefold() in ("always", "24/7"):
            return cls(((Period(0, 24 * 60),),) * 7, always=True)
        return cls(_read_week(text, day_names))

    def __str__(self) -> str:
        """The hours as `parse` reads them: neighbouring days of the same hours together."""
        if self.always:
            return "always"
        runs: list[tuple[int, int]] = []
        for day, periods in enumerate(self.week):
            if runs and self.week[runs[-1][0]] == periods:
                runs[-1] = (runs[-1][0], day)
            else:
                runs.append((day, day))
        return ", ".join(
            " ".join(["-".join(DAY_NAMES[d] for d in sorted({first, last})), *map(str, self.week[first])])
            for first, last in runs
            if self.week[first]
        )


def _read_week(text: str, day_names: Mapping[str, int]) -> tuple[tuple[Period, ...], ...]:
    week: list[list[Period]] = [[] for _ in DAY_NAMES]
    days: set[int] = set()
    timed = True  # the days named last have been given times, so the next ones begin anew
    for token in _tokens(text):
        if token["opens"]:
            period = _read_period(token["opens"], token["closes"])
            for day in days or range(5):
                week[day].append(period)
            timed = True
        else:
            named = _read_days(token["first"], token["last"] or token["first"], day_names)
            days = named if timed else days | named
            timed = False
    if not timed:
        raise ValueError(f"“{text}” names days without times; write hours like “{EXAMPLE}”")
    return tuple(tuple(sorted(periods)) for periods in week)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    if len(text) > _LONGEST:
        raise ValueError(f"nobody's hours are that long; write them like “{EXAMPLE}” or “always”")
    plain = _FROM_TO.sub("-", text.casefold()).strip()
    at = _skip(plain, 0)
    while at < len(plain):
        token = _TOKEN.match(plain, at)
        if not token:
            raise ValueError(f"I can't read “{plain[at:]}” as hours; write them like “{EXAMPLE}” or “always”")
        yield token
        at = _skip(plain, token.end())


def _skip(plain: str, at: int) -> int:
    between = _BETWEEN.match(plain, at)
    return between.end() if between else at


def _read_days(first: str, last: str, day_names: Mapping[str, int]) -> set[int]:
    for name in (first, last):
        if name not in day_names:
            raise ValueError(f"“{name}” is not a day of the week; write hours like “{EXAMPLE}” or “always”")
    start, end = day_names[first], day_names[last]
    return {(start + n) % 7 for n in range((end - start) % 7 + 1)}  # "Sat-Mon" goes round the week


def _read_period(opens: str, closes: str) -> Period:
    begin, end = _minutes(opens), _minutes(closes)
    if end == 0 < begin:
        end = 24 * 60  # "18:00-00:00" ends at midnight
    if begin >= end:
        raise ValueError(f"{opens}-{closes} doesn't close after it opens; write 17:00 or 5pm, not 5")
    return Period(begin, end)


def _minutes(text: str) -> int:
    hour, minute = (int(number) for number in [*re.findall("[0-9]+", text), "0"][:2])
    half = text[-2:] if text.endswith(("am", "pm")) else ""
    if minute > 59 or hour > 24 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        raise ValueError(f"there is no time of day “{text}”")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * 60 + minute


# --- public holidays -----------------------------------------------------------------------------------

_UNITED_KINGDOM = {"England": "ENG", "Wales": "WLS", "Scotland": "SCT", "Northern Ireland": "NIR"}
_CODE = re.compile(r"(?P<country>[A-Z]{2})(?:-(?P<part>.+))?")


@lru_cache(maxsize=1024)
def public_holidays(nation: str, year: int) -> Mapping[date, str]:
    """A nation's public holidays in a year, named in its own language.

    The United Kingdom's nations go by name, others by ISO code: "IE", "FR", "DE-BY"; "" has no holidays.
    """
    if not nation:
        return MappingProxyType({})
    if nation in ("GB", "UK"):  # the library would leave out each nation's own days
        raise ValueError(f"“{nation}” has no holidays of its own; say {', '.join(_UNITED_KINGDOM)}")
    code = _CODE.fullmatch(f"GB-{_UNITED_KINGDOM[nation]}" if nation in _UNITED_KINGDOM else nation)
    if not code:
        raise ValueError(_unknown(nation))
    country, part = code["country"], code["part"]
    try:
        # Left to itself the library speaks the process's LANGUAGE: another name on another machine.
        language = holidays.country_holidays(country, subdiv=part).default_language
        days = holidays.country_holidays(country, subdiv=part, years=year, language=language)
    except (NotImplementedError, AttributeError):
        raise ValueError(_unknown(nation)) from None
    return MappingProxyType(dict(days))


def _unknown(nation: str) -> str:
    known = ", ".join(_UNITED_KINGDOM)
    return f"I know no public holidays of “{nation}”; say {known}, or a code like IE, FR, DE or DE-BY"


# --- one council's calendar ----------------------------------------------------------------------------

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

    def deadline(self, start: datetime, budget: timedelta) -> datetime:
        """The first instant at which `budget` of working time has passed since `start`."""
        if budget < _NO_TIME:
            raise ValueError(f"a budget of time can't be negative: {budget}")
        if not budget:
            return _utc(start)
        left = budget
        for opens, closes in self._open(start):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        hours = f"{budget / _HOUR:,g} hours of working time"
        raise NeverOpen(f"“{self.hours}” holds no {hours} in the ten years after {start:%Y-%m-%d}")

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; none if the end comes first (clocks do jump back)."""
        if _utc(end) <= _utc(start):
            return _NO_TIME
        return sum((closes - opens for opens, closes in self._open(start, end)), _NO_TIME)

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
