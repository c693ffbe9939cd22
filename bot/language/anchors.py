"""A day or a stretch of days that somebody speaks of, found in the calendar from the day they say it on."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

Stretch = tuple[date, date]
DAY, WEEK = timedelta(days=1), timedelta(days=7)
LEAP_GAP = 9  # years: there is no 29 February in 2097 to 2103


@dataclass(frozen=True)
class Anchor:
    """`find` gives the first such stretch on or after a day.

    `floats`: it has a day and a month and no year. `number`: nothing but a day of the month. `dated`: the year is said.
    """

    find: Callable[[date], Stretch]
    floats: bool = False
    dated: bool = False
    number: int = 0


def on(day: date) -> Anchor:
    """That day, or those days."""
    return Anchor(lambda after: (day, day))


def stretch(first: date, last: date) -> Anchor:
    """From one day to another."""
    return Anchor(lambda after: (first, last))


def dated(year: int, month: int, day: int) -> Anchor:
    """A day of a month, in a year if one is said. Raises ValueError if there is no such day."""
    if year:
        there = date(year, month, day)
        return Anchor(lambda after: (there, there), dated=True)
    date(2024, month, day)  # a leap year: a day that this one hasn't is in none

    def find(after: date) -> Stretch:
        for later in range(after.year, after.year + LEAP_GAP):
            if day <= monthrange(later, month)[1] and (there := date(later, month, day)) >= after:
                return there, there
        raise ValueError(f"there is no {day}.{month}. soon")

    return Anchor(find, floats=True)


def whole_month(year: int, month: int) -> Anchor:
    """A month: the present one if it is that."""
    if year:
        first, last = _month(year, month)
        return Anchor(lambda after: (first, last), dated=True)

    def find(after: date) -> Stretch:
        return _month(after.year + (month < after.month), month)

    return Anchor(find)


def day_of_month(number: int) -> Anchor:
    """The next such day: "the 24th"."""
    if not 1 <= number <= 31:
        raise ValueError(f"no month has a day {number}")

    def find(after: date) -> Stretch:
        month = after.replace(day=1)
        for _ in range(3):  # no two months in a row are shorter than 31 days, but for December and January
            if number <= monthrange(month.year, month.month)[1] and (there := month.replace(day=number)) >= after:
                return there, there
            month = _month(month.year, month.month)[1] + DAY
        raise ValueError(f"no month has a day {number}")

    return Anchor(find, number=number)


def weekday(number: int, today: date, *, next_week: bool, later: bool) -> Anchor:
    """That day of the week: the one of next week, else the nearest, today's own only if not `later`."""
    if next_week:
        return on(monday(today) + WEEK + number * DAY)

    def find(after: date) -> Stretch:
        start = max(after, today + DAY) if later else after
        there = start + ((number - start.weekday()) % 7) * DAY
        return there, there

    return Anchor(find)


def weeks(today: date, ahead: int) -> Anchor:
    """A week from Monday to Sunday, or what is left of the present one."""
    first = monday(today) + ahead * WEEK
    return stretch(max(first, today), first + 6 * DAY)


def weekend(today: date, ahead: int) -> Anchor:
    """A Saturday and Sunday."""
    saturday = monday(today) + ahead * WEEK + 5 * DAY
    return stretch(max(saturday, today) if saturday + DAY >= today else saturday, saturday + DAY)


def months(today: date, ahead: int) -> Anchor:
    """The month that begins so many months ahead, or what is left of the present one."""
    index = today.year * 12 + today.month - 1 + ahead
    first, last = _month(index // 12, index % 12 + 1)
    return stretch(max(first, today), last)


def week_from(start: Anchor) -> Anchor:
    """The seven days that begin then."""

    def find(after: date) -> Stretch:
        first = start.find(after)[0]
        return first, first + 6 * DAY

    return Anchor(find, dated=start.dated)


def holidays() -> Anchor:
    """From Christmas to the new year, both included: the present ones if it is that time."""

    def find(after: date) -> Stretch:
        year = after.year - (after.month == after.day == 1)
        return date(year, 12, 25), date(year + 1, 1, 1)

    return Anchor(find)


def checked(anchor: Anchor, weekday_number: int) -> Anchor:
    """The same day, which must be that day of the week; the next that is one, if only its number is said."""

    def find(after: date) -> Stretch:
        first, last = anchor.find(after)
        tries = 12 if anchor.number else 0
        while first.weekday() != weekday_number and tries:
            first, last = anchor.find(last + DAY)
            tries -= 1
        if first.weekday() != weekday_number or first != last:
            raise ValueError(f"{first.isoformat()} isn't that day of the week")
        return first, last

    return Anchor(find, floats=anchor.floats, dated=anchor.dated)


def monday(day: date) -> date:
    """The first day of its week."""
    return day - day.weekday() * DAY


def after_months(day: date, number: int) -> date:
    """The last day of so many months that begin on a day."""
    index = day.year * 12 + day.month - 1 + number
    first, last = _month(index // 12, index % 12 + 1)
    return min(last, first + (day.day - 1) * DAY) - DAY


def _month(year: int, month: int) -> Stretch:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])
