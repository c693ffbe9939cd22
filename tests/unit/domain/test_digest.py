"""A week as numbers: where it begins, when it is quiet, and what of it is worth a percentage."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.digest import GAP, MANY, WEEK, Count, Week, began, in_percent, without_empty_beginning
from bot.domain.measures import Response

END = datetime(2026, 5, 15, 15, tzinfo=UTC)
DAY = date(2026, 5, 8)
NOTHING = Count(DAY, 0, 0)
QUIET = Week(END - WEEK, END, NOTHING, NOTHING, Response(), Response())


@pytest.mark.parametrize(
    ("told_until", "begins"),
    [
        (None, WEEK),
        (timedelta(days=7), timedelta(days=7)),
        (timedelta(days=1), timedelta(days=1)),  # posted early, or late
        (timedelta(days=11), timedelta(days=11)),  # put off by a holiday
        (timedelta(days=14), WEEK),  # one was skipped
        (timedelta(days=400), WEEK),
        (timedelta(days=-2), WEEK),  # a clock that jumped
    ],
)
def test_a_week_begins_where_the_last_one_told_ended(told_until: timedelta | None, begins: timedelta) -> None:
    assert END - began(END, END - told_until if told_until else None) == begins


@given(st.none() | st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_week_has_a_length_and_is_no_fortnight(ago: timedelta | None) -> None:
    assert timedelta(0) < END - began(END, END - ago if ago is not None else None) < GAP


@pytest.mark.parametrize(
    "changes",
    [
        {"count": Count(DAY, 1, 0)},
        {"count": Count(DAY, 0, 1)},
        {"unanswered": 1},
        {"new_uses": (("local-authority:CMD", "planx"),)},
        {"new_tools": ("planx",)},
    ],
)
def test_a_week_is_quiet_if_nothing_happened_and_nothing_waits(changes: dict[str, object]) -> None:
    assert QUIET.quiet
    assert replace(QUIET, before=Count(DAY, 9, 9)).quiet
    assert not replace(QUIET, **changes).quiet  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("within", "of", "percent"), [(1, 2, None), (MANY - 1, MANY - 1, None), (MANY - 2, MANY, 90), (41, 44, 93)]
)
def test_a_share_of_few_is_no_percentage(within: int, of: int, percent: int | None) -> None:
    assert in_percent(within, of) == percent


@pytest.mark.parametrize(("within", "percent"), [(0, 0), (1, 1), (399, 99), (400, 100)])
def test_only_all_are_a_hundred_percent_and_only_none_is_no_percent(within: int, percent: int) -> None:
    assert in_percent(within, 400) == percent


def test_weeks_are_told_from_the_first_in_which_something_was() -> None:
    some = Count(DAY, 0, 2)
    assert without_empty_beginning((NOTHING, NOTHING, some, NOTHING)) == (some, NOTHING)
    assert without_empty_beginning((NOTHING,)) == ()


def test_its_figures_are_numbers_and_times_as_text() -> None:
    response = Response(9, 10, 8, timedelta(hours=3), timedelta(hours=8))
    assert replace(QUIET, count=Count(DAY, 12, 10), unanswered=4, response=response).figures == {
        "start": "2026-05-08T15:00:00+00:00",
        "end": "2026-05-15T15:00:00+00:00",
        "asked": 12,
        "answered": 10,
        "waiting": 4,
        "responses": 10,
        "within_target": 8,
        "median_seconds": 10_800,
        "target_seconds": 28_800,
    }
