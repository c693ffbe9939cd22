"""Working time: what a deadline costs, and how calls fall on unequal councils."""

import time
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.hours import WorkingHours
from bot.domain.working_time import Calendar
from tests.bench.figures import Figure, median, timed
from tests.dialogue import MONDAY
from tests.fairness import HOUR, START, Volunteer, Years, jain

DEADLINES, REQUESTS = 1_000_000, 10_000
LONDON = ZoneInfo("Europe/London")


def measure() -> list[Figure]:
    """A million deadlines, a calendar's fingerprint, and years of calls."""
    return [*_deadlines(), *_fingerprints(), *_fairness()]


def _calendar(hours: str = "Mon-Fri 09:00-12:30 13:30-17:00", nation: str = "England") -> Calendar:
    return Calendar(WorkingHours.parse(hours), LONDON, nation)


def _deadlines() -> list[Figure]:
    """Within two years, to the minute; the calendar has seen none of the days before."""
    minutes = 2 * 365 * 24 * 60
    starts = [MONDAY + timedelta(minutes=7919 * n % minutes) for n in range(DEADLINES)]
    calendar, budget = _calendar(), 4 * HOUR
    [cold] = timed(lambda: calendar.deadline(MONDAY, budget), 1)
    begun = time.perf_counter()
    for start in starts:
        calendar.deadline(start, budget)
    seconds = time.perf_counter() - begun
    fresh = iter([_calendar() for _ in range(200)])
    firsts = timed(lambda: next(fresh).deadline(MONDAY, budget), 200)
    return [
        Figure(f"{DEADLINES:,} deadlines of 4 working hours", seconds, "s"),
        Figure("one of them", seconds / DEADLINES * 1e6, "µs"),
        Figure("the first of a new calendar", median(firsts) * 1000, "µs"),
        Figure("the first ever, with a year's holidays loaded", cold * 1000, "µs"),
    ]


def _fingerprints() -> list[Figure]:
    taken = timed(lambda: _calendar().fingerprint(MONDAY.date(), 400), 50)
    return [Figure("fingerprint of a calendar's 400 days", median(taken), "ms")]


def _fairness() -> list[Figure]:
    every_third_week = frozenset(START.date() + timedelta(days=n) for n in range(9_000) if n // 7 % 3 == 0)
    councils = [
        Volunteer("as usual, answers in 6 hours"),
        Volunteer("quick, in 2", 2),
        Volunteer("slow, in 24", 24),
        Volunteer("mornings", calendar=_calendar("Mon-Fri 09:00-12:30")),
        Volunteer("two days a week", calendar=_calendar("Tue,Thu 9-17")),
        Volunteer("Scottish", calendar=_calendar("Mon-Fri 9-17", "Scotland")),
        Volunteer("away every third week", away=every_third_week),
        Volunteer("one at a time", at_most=1),
    ]
    return [*_years("8 equal councils", [Volunteer(f"council {n}") for n in range(8)]), *_years("unequal", councils)]


def _years(label: str, councils: list[Volunteer]) -> list[Figure]:
    years = Years(councils, HOUR / 2).pass_by(REQUESTS)
    counts, loads = years.counts(), years.loads()
    each = []
    if label == "unequal":
        each = [Figure(f"share of {REQUESTS:,} calls: {name}", 100 * counts[name] / REQUESTS, "%") for name in counts]
        each += [Figure(f"share of what is in hand: {name}", 100 * loads[name] / sum(loads.values()), "%") for name in loads]
    free = [loads[one.name] for one in councils if one.at_most is None]
    return [
        *each,
        Figure(f"{label}: questions in hand while at work, most to least", max(free) / min(free), "ratio"),
        Figure(f"{label}: Jain's index of questions in hand", jain(free), "of 1"),
        Figure(f"{label}: most calls one after the other to the same", years.longest_run(), "calls"),
        Figure(f"{label}: at a call, most in hand less least, on average", sum(years.spreads) / REQUESTS, ""),
    ]
