"""A council's weekly hours, as people write them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

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
_LONGEST = 500  # characters: they come from chat, too
_SHOWN = 40  # characters of what couldn't be read


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
        # Marks of direction come along unseen when hours are pasted.
        seen = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
        return cls(_read_week(seen, day_names))

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
        raise ValueError(f"“{_shown(text)}” names days without times; write hours like “{EXAMPLE}”")
    return tuple(tuple(sorted(periods)) for periods in week)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    if len(text) > _LONGEST:
        raise ValueError(f"nobody's hours are that long; write them like “{EXAMPLE}” or “always”")
    plain = _FROM_TO.sub("-", text.casefold()).strip()
    at = _skip(plain, 0)
    while at < len(plain):
        token = _TOKEN.match(plain, at)
        if not token:
            raise ValueError(f"I can't read “{_shown(plain[at:])}” as hours; write them like “{EXAMPLE}” or “always”")
        yield token
        at = _skip(plain, token.end())


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _skip(plain: str, at: int) -> int:
    between = _BETWEEN.match(plain, at)
    return between.end() if between else at


def _read_days(first: str, last: str, day_names: Mapping[str, int]) -> set[int]:
    for name in (first, last):
        if name not in day_names:
            raise ValueError(f"“{_shown(name)}” is not a day of the week; write hours like “{EXAMPLE}” or “always”")
    start, end = day_names[first], day_names[last]
    return {(start + n) % 7 for n in range((end - start) % 7 + 1)}  # "Sat-Mon" goes round the week


def _read_period(opens: str, closes: str) -> Period:
    begin, end = _minutes(opens), _minutes(closes)
    if end == 0 < begin:
        end = 24 * 60  # "18:00-00:00" ends at midnight
    if begin >= end:
        hint = "write 17:00 or 5pm, not 5" if begin < 12 * 60 else "write a night as two days, like Mon 22-24, Tue 0-6"
        raise ValueError(f"{opens}-{closes} doesn't close after it opens; {hint}")
    return Period(begin, end)


def _minutes(text: str) -> int:
    hour, minute = (int(number) for number in [*re.findall("[0-9]+", text), "0"][:2])
    half = text[-2:] if text.endswith(("am", "pm")) else ""
    if minute > 59 or hour > 24 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        raise ValueError(f"there is no time of day “{text}”")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * 60 + minute
