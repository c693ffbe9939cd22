"""Hours and days are written as people of each language write them."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hours import WorkingHours
from bot.words import Phrase
from plugins.availability.wording import day_in_words, days_in_words, hours_in_words, merged

DAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))
SPAN = st.tuples(DAY, st.integers(0, 40)).map(lambda span: (span[0], span[0] + timedelta(days=span[1])))


@pytest.mark.parametrize(
    ("language", "told", "shortly"),
    [
        ("en", "Thursday 24 December 2026", "Thursday 24 December"),
        ("cy", "Dydd Iau 24 Rhagfyr 2026", "Dydd Iau 24 Rhagfyr"),
        ("fr", "jeudi 24 décembre 2026", "jeudi 24 décembre"),
        ("de", "Donnerstag, 24. Dezember 2026", "Donnerstag, 24. Dezember"),
    ],
)
def test_a_day_has_its_weekday_and_its_year_unless_another_day_says_it(language: str, told: str, shortly: str) -> None:
    eve = date(2026, 12, 24)
    assert day_in_words(eve, language) == told
    assert days_in_words(eve, date(2026, 12, 27), language).values["first"] == shortly
    assert days_in_words(eve, date(2027, 1, 2), language).values["first"] == told


@pytest.mark.parametrize(
    ("language", "days"),
    [("en", "Mon–Thu"), ("cy", "Llun–Iau"), ("fr", "lun.–jeu."), ("de", "Mo–Do")],
)
def test_days_of_the_week_are_named_in_the_language(language: str, days: str) -> None:
    told = hours_in_words(WorkingHours.parse("Mon-Thu 09:00-12:30 13:30-17:00, Fri 09:00-13:00"), language)
    first, then = told.values["first"], told.values["then"]
    assert isinstance(first, Phrase)
    assert isinstance(then, Phrase)
    assert first.values == {"days": days, "times": ["09:00–12:30", "13:30–17:00"]}
    assert then.values["times"] == ["09:00–13:00"]


@given(st.lists(SPAN, max_size=20))
def test_stretches_are_merged_without_losing_or_adding_a_day(spans: list[tuple[date, date]]) -> None:
    def days(some: list[tuple[date, date]]) -> set[date]:
        return {first + timedelta(days=n) for first, last in some for n in range((last - first).days + 1)}

    found = merged(spans)
    assert days(found) == days(spans)
    assert all(later[0] - earlier[1] > timedelta(days=1) for earlier, later in itertools.pairwise(found))
