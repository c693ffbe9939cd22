"""Hours, days and places as people of a language write them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from types import MappingProxyType

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_day_names, get_timezone_location

from bot.domain.community import Span
from bot.domain.hours import Period, WorkingHours
from bot.domain.working_time import Calendar
from bot.words import Phrase, date_pattern, phrase

_DAY = timedelta(days=1)
_NATIONS: Mapping[str, str] = MappingProxyType(
    {"England": "england", "Wales": "wales", "Scotland": "scotland", "Northern Ireland": "northern_ireland"}
)


def day_in_words(day: date, language: str, with_year: bool = True) -> str:
    """ "Thursday 24 December 2026", as that language has it."""
    pattern = date_pattern(language, "EEEE d MMMM y" if with_year else "EEEE d MMMM")
    return str(format_date(day, pattern, locale=language))


def days_in_words(first: date, last: date | None, language: str) -> Phrase:
    """One day, a stretch of them, or one without an end."""
    if first == last:
        return phrase("availability.one_day", day=day_in_words(first, language))
    if last is None:
        return phrase("availability.days_open", first=day_in_words(first, language))
    began = day_in_words(first, language, with_year=first.year != last.year)
    return phrase("availability.days", first=began, last=day_in_words(last, language))


def hours_in_words(hours: WorkingHours, language: str) -> Phrase:
    """The week, with neighbouring days of the same hours together."""
    if hours.always:
        return phrase("availability.always")
    names = get_day_names("abbreviated", "stand-alone", locale=language)
    runs = [
        (names[days[0]] if len(days) == 1 else f"{names[days[0]]}–{names[days[-1]]}", periods)
        for periods, days in _runs(hours)
        if periods
    ]
    said = [phrase("availability.hours_on", days=days, times=_times(periods)) for days, periods in runs]
    told = said.pop()
    while said:
        told = phrase("availability.hours_then", first=said.pop(), then=told)
    return told


def _runs(hours: WorkingHours) -> Iterable[tuple[Sequence[Period], list[int]]]:
    return ((periods, list(days)) for periods, days in groupby(range(7), key=lambda day: hours.week[day]))


def _times(periods: Sequence[Period]) -> list[str]:
    return [str(period).replace("-", "–") for period in periods]


def week_in_words(calendar: Calendar, language: str) -> Phrase:
    """The hours with the clock they are meant by, and the holidays that interrupt them."""
    hours = hours_in_words(calendar.hours, language)
    city = get_timezone_location(calendar.zone, locale=language, return_city=True)
    if calendar.hours.always:
        return hours
    if not calendar.nation:
        return phrase("availability.week_without_holidays", hours=hours, city=city)
    return phrase("availability.week", hours=hours, city=city, nation=_nation(calendar.nation, language))


def _nation(nation: str, language: str) -> Phrase | str:
    if slug := _NATIONS.get(nation):
        return phrase(f"availability.in_{slug}")
    country, _, part = nation.partition("-")
    try:
        name = str(Locale.parse(language).territories.get(country, country))
    except (ValueError, UnknownLocaleError):
        name = country
    return f"{name} ({part})" if part else name


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same days in the fewest stretches, in order."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + _DAY:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
