"""The week is told at its hour, on the next working day if that day is a holiday, and never twice."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.hours import WorkingHours
from bot.domain.week import iso_week, next_posting
from bot.domain.working_time import Calendar, NeverOpen

LONDON = ZoneInfo("Europe/London")
MONDAY, FRIDAY, SUNDAY = 0, 4, 6
NINE = time(9, 0)

OWN_DAYS = frozenset(date(2026, 8, 9) + timedelta(days=n) for n in range(10))  # Sunday 9 to Tuesday 18 August
ENGLAND = Calendar(WorkingHours.parse("Mon-Fri 09:00-17:00"), LONDON, "England", OWN_DAYS)


def local(text: str) -> datetime:
    """An instant in UTC, by what London's wall clock says."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "weekday", "posted"),
    [
        ("2026-06-02T10:00", MONDAY, "2026-06-08T09:00"),
        ("2026-06-08T08:59", MONDAY, "2026-06-08T09:00"),
        ("2026-06-08T09:00", MONDAY, "2026-06-15T09:00"),
        # Monday 4 May is a bank holiday: Tuesday, whether asked before, on the holiday or after.
        ("2026-05-02T10:00", MONDAY, "2026-05-05T09:00"),
        ("2026-05-04T10:00", MONDAY, "2026-05-05T09:00"),
        ("2026-05-05T08:00", MONDAY, "2026-05-05T09:00"),
        ("2026-05-05T09:00", MONDAY, "2026-05-11T09:00"),
        # Good Friday and Easter Monday.
        ("2026-04-02T10:00", FRIDAY, "2026-04-07T09:00"),
        ("2026-04-07T09:00", FRIDAY, "2026-04-10T09:00"),
        # Ten days of their own: two Mondays told as one.
        ("2026-08-04T10:00", MONDAY, "2026-08-19T09:00"),
        ("2026-08-17T10:00", MONDAY, "2026-08-19T09:00"),
        ("2026-08-19T09:00", MONDAY, "2026-08-24T09:00"),
        # A Sunday is no working day, but chosen on purpose, unless they are closed.
        ("2026-06-02T10:00", SUNDAY, "2026-06-07T09:00"),
        ("2026-08-08T10:00", SUNDAY, "2026-08-19T09:00"),
        # Nine by the wall clock in winter and in summer.
        ("2026-03-24T10:00", SUNDAY, "2026-03-29T09:00"),
    ],
)
def test_the_week_is_told_at_its_hour_or_on_the_next_working_day(now: str, weekday: int, posted: str) -> None:
    assert next_posting(local(now), weekday, NINE, LONDON, ENGLAND) == local(posted)


def test_the_hour_is_the_digests_own_zone_and_the_answer_is_in_utc() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    posted = next_posting(local("2026-06-02T10:00"), MONDAY, NINE, berlin, ENGLAND)
    assert (posted, posted.tzinfo) == (datetime(2026, 6, 8, 7, tzinfo=UTC), UTC)


def test_an_hour_that_does_not_exist_is_told_when_the_clock_has_jumped() -> None:
    posted = next_posting(local("2026-03-28T10:00"), SUNDAY, time(1, 30), LONDON, ENGLAND)
    assert posted == local("2026-03-29T02:30")


def test_an_hour_that_comes_twice_is_told_once() -> None:
    first = next_posting(local("2026-10-24T10:00"), SUNDAY, time(1, 30), LONDON, ENGLAND)
    assert first == local("2026-10-25T01:30")
    assert next_posting(first, SUNDAY, time(1, 30), LONDON, ENGLAND) == local("2026-11-01T01:30")


def test_a_calendar_closed_for_good_is_refused() -> None:
    closed = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(6_000))
    shut = Calendar(ENGLAND.hours, LONDON, "England", closed)
    with pytest.raises(NeverOpen, match="no working day"):
        next_posting(local("2026-06-02T10:00"), MONDAY, NINE, LONDON, shut)


def test_a_weekday_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="0 \\(Monday\\) to 6"):
        next_posting(local("2026-06-02T10:00"), 7, NINE, LONDON, ENGLAND)


@settings(deadline=None)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 6),
    st.times(),
)
def test_the_next_posting_is_the_same_until_it_comes(now: datetime, weekday: int, at: time) -> None:
    posted = next_posting(now, weekday, at, LONDON, ENGLAND)
    assert now < posted
    just_before = posted - timedelta(microseconds=1)
    assert next_posting(just_before, weekday, at, LONDON, ENGLAND) == posted
    assert not ENGLAND.closed_on(posted.astimezone(LONDON).date())


@pytest.mark.parametrize(
    ("at", "zone", "week"),
    [
        ("2026-11-25T12:00+00:00", "Europe/London", "2026-W48"),
        ("2027-01-03T12:00+00:00", "Europe/London", "2026-W53"),
        ("2024-12-30T12:00+00:00", "Europe/London", "2025-W01"),
        ("2026-06-07T23:30+00:00", "Europe/London", "2026-W24"),  # already Monday there
        ("2026-06-07T23:30+00:00", "UTC", "2026-W23"),
    ],
)
def test_a_week_is_named_by_where_one_is(at: str, zone: str, week: str) -> None:
    assert iso_week(datetime.fromisoformat(at), ZoneInfo(zone)) == week
