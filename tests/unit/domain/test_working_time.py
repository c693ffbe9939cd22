"""Working time is counted by the wall clock of whoever is called: never lost, never counted twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.hours import Period, WorkingHours
from bot.domain.public_holidays import public_holidays
from bot.domain.working_time import Calendar, NeverOpen

OFFICE = WorkingHours.parse("Mon-Fri 09:00-17:00")
LUNCH = WorkingHours.parse("Mon-Fri 09:00-12:30 13:30-17:00")
NIGHT = WorkingHours.parse("Mon-Sun 00:00-06:00")
ALWAYS = WorkingHours.parse("always")

LONDON, BERLIN, LORD_HOWE = (
    ZoneInfo("Europe/London"),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("Australia/Lord_Howe"),
)
ENGLAND = Calendar(OFFICE, LONDON, "England")

HOUR = timedelta(hours=1)


def local(text: str, zone: ZoneInfo = LONDON, fold: int = 0) -> datetime:
    """An instant in UTC, by what the wall clock says."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


# --- reading hours -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Mon-Fri 09:00-12:30 13:30-17:00", "Mon-Fri 09:00-12:30 13:30-17:00"),
        ("Mon-Thu 09:00-17:00, Fri 09:00-13:00", "Mon-Thu 09:00-17:00, Fri 09:00-13:00"),
        ("9-17", "Mon-Fri 09:00-17:00"),
        ("Mon–Fri 9–17", "Mon-Fri 09:00-17:00"),
        ("monday to friday 9am to 5pm", "Mon-Fri 09:00-17:00"),
        ("Mon - Fri 9.30 - 17h", "Mon-Fri 09:30-17:00"),
        ("Mon, Wed and Fri 9h30–12h", "Mon 09:30-12:00, Wed 09:30-12:00, Fri 09:30-12:00"),
        ("Fri 13:30-17 9-12", "Fri 09:00-12:00 13:30-17:00"),
        ("Mon-Fri 9-12; Mon-Wed 13-17", "Mon-Wed 09:00-12:00 13:00-17:00, Thu-Fri 09:00-12:00"),
        ("9-17, Sat 10-12", "Mon-Fri 09:00-17:00, Sat 10:00-12:00"),
        ("Sat-Mon 12am-12pm", "Mon 00:00-12:00, Sat-Sun 00:00-12:00"),
        ("Sun 18:00-00:00", "Sun 18:00-24:00"),
        ("Mon-Sun 0-24", "Mon-Sun 00:00-24:00"),
        ("Tues. 9-12 12-17", "Tue 09:00-12:00 12:00-17:00"),
        (" Always ", "always"),
        ("24/7", "always"),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, canonical: str) -> None:
    assert str(WorkingHours.parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "never open"),
        ("Mon-Fri", "names days without times"),
        ("9-17, Sat", "names days without times"),
        ("Mon-Fri 17:00-09:00", "17:00-09:00 doesn't close after it opens"),
        ("9-5", "9-5 doesn't close after it opens"),
        ("Mon 09:00-09:00", "doesn't close after it opens"),
        ("Mon 00:00-00:00", "doesn't close after it opens"),
        ("Mon 24-24", "doesn't close after it opens"),
        ("Mon 9-12 11-13", "on Mon, 09:00-12:00 and 11:00-13:00 overlap"),
        ("Mon-Fri 9-17, Fri 9-13", "on Fri"),
        ("Foo-Fri 9-17", "“foo” is not a day of the week"),
        ("never", "“never” is not a day of the week"),
        ("Mon 25-26", "no time of day “25”"),
        ("Mon 9:75-10", "no time of day “9:75”"),
        ("Mon 13pm-14pm", "no time of day “13pm”"),
        ("Mon 24:30-25", "no time of day “24:30”"),
        ("Mon 9-1730", "can't read “9-1730”"),
        ("9", "can't read “9”"),
        ("Mon 9-17 !", "can't read “!”"),
        ("Mon 9-17" + " " * 500, "nobody's hours are that long"),
    ],
)
def test_hours_that_make_no_sense_are_refused_in_a_sentence(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        WorkingHours.parse(text)


def test_hours_made_by_hand_obey_the_same_rules() -> None:
    for week in [(), ((),) * 7, ((Period(60, 30),),) * 7, ((Period(60, 1500),),) * 7]:
        with pytest.raises(ValueError, match=r"seven days|never open|doesn't close"):
            WorkingHours(week)


def test_days_can_be_named_in_another_language() -> None:
    french = {"lun": 0, "mar": 1, "mer": 2, "jeu": 3, "ven": 4, "sam": 5, "dim": 6}
    assert str(WorkingHours.parse("lun.–ven. 9h–12h30", french)) == "Mon-Fri 09:00-12:30"


# --- public holidays -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nation", "day", "name"),
    [
        ("England", date(2026, 5, 4), "May Day"),
        ("England", date(2026, 4, 6), "Easter Monday"),
        ("Scotland", date(2026, 4, 6), None),
        ("England", date(2026, 1, 2), None),
        ("Scotland", date(2026, 1, 2), "New Year Holiday"),
        ("Scotland", date(2026, 11, 30), "Saint Andrew's Day"),
        ("Wales", date(2026, 11, 30), None),
        ("Northern Ireland", date(2027, 7, 12), "Battle of the Boyne"),
        ("England", date(2026, 12, 28), "Boxing Day (observed)"),
        ("IE", date(2026, 3, 17), "Saint Patrick's Day"),
        ("FR", date(2026, 7, 14), "Fête nationale"),
        ("DE", date(2026, 1, 6), None),
        ("DE-BY", date(2026, 1, 6), "Heilige Drei Könige"),
        ("", date(2026, 12, 25), None),
    ],
)
def test_each_nation_keeps_its_own_holidays_named_in_its_own_language(nation: str, day: date, name: str | None) -> None:
    assert public_holidays(nation, day.year).get(day) == name


@pytest.mark.parametrize("nation", ["Narnia", "XX", "DE-ZZ", "GB", "england", "date", "HolidayBase", "EU"])
def test_a_nation_nobody_knows_is_refused_when_the_calendar_is_made(nation: str) -> None:
    with pytest.raises(ValueError, match=f"“{nation}”.*say England"):
        Calendar(OFFICE, LONDON, nation)


# --- deadlines, as a table -----------------------------------------------------------------------------

DEADLINES = [
    ("within a day", OFFICE, "2026-06-02T10:00", "4h", "2026-06-02T14:00"),
    ("over lunch", LUNCH, "2026-06-02T10:00", "4h", "2026-06-02T15:00"),
    ("over night", OFFICE, "2026-06-02T15:00", "4h", "2026-06-03T11:00"),
    ("over a weekend", OFFICE, "2026-06-05T15:00", "4h", "2026-06-08T11:00"),
    ("over a weekend and a bank holiday", OFFICE, "2026-05-01T15:00", "4h", "2026-05-05T11:00"),
    ("asked at night", OFFICE, "2026-06-02T03:00", "4h", "2026-06-02T13:00"),
    ("asked on a Sunday", OFFICE, "2026-06-07T12:00", "4h", "2026-06-08T13:00"),
    ("up at closing time", OFFICE, "2026-06-02T13:00", "4h", "2026-06-02T17:00"),
    ("over Christmas", OFFICE, "2026-12-24T16:00", "4h", "2026-12-29T12:00"),
    ("over a leap day", ALWAYS, "2028-02-28T12:00", "48h", "2028-03-01T12:00"),
    ("over midnight", ALWAYS, "2026-06-02T22:00", "4h", "2026-06-03T02:00"),
    ("over new year", ALWAYS, "2026-12-31T22:00", "4h", "2027-01-01T02:00"),
    ("over the weekend the clocks go forward", OFFICE, "2026-03-27T16:00", "2h", "2026-03-30T10:00"),
    ("over the weekend the clocks go back", OFFICE, "2026-10-23T16:00", "2h", "2026-10-26T10:00"),
    ("over the hour that doesn't exist", NIGHT, "2026-03-29T00:00", "2h", "2026-03-29T03:00"),
    ("over the hour that comes twice", NIGHT, "2026-10-25T00:00", "4h", "2026-10-25T03:00"),
]


@pytest.mark.parametrize(
    ("hours", "start", "budget", "end"), [row[1:] for row in DEADLINES], ids=[row[0] for row in DEADLINES]
)
def test_a_deadline_comes_when_so_much_working_time_has_passed(
    hours: WorkingHours, start: str, budget: str, end: str
) -> None:
    calendar = Calendar(hours, LONDON, "England")
    span = timedelta(hours=int(budget.removesuffix("h")))
    assert calendar.deadline(local(start), span) == local(end)
    assert calendar.elapsed(local(start), local(end)) == span


def test_the_hour_that_comes_twice_is_worked_twice_and_its_two_passes_are_told_apart() -> None:
    calendar = Calendar(WorkingHours.parse("Mon-Sun 01:00-02:00"), LONDON)
    first, second = local("2026-10-25T01:30"), local("2026-10-25T01:30", fold=1)
    assert second - first == HOUR
    assert calendar.elapsed(first, second) == HOUR
    assert calendar.deadline(first, HOUR) == second
    assert calendar.elapsed(local("2026-10-25T00:00"), local("2026-10-26T00:00")) == 2 * HOUR


def test_a_period_inside_the_hour_that_does_not_exist_is_not_worked() -> None:
    calendar = Calendar(WorkingHours.parse("Mon-Sun 01:10-01:50"), LONDON)
    assert calendar.elapsed(local("2026-03-29T00:00"), local("2026-03-30T00:00")) == timedelta(0)
    assert calendar.next_open(local("2026-03-29T00:00")) == local("2026-03-30T01:10")


def test_opening_in_the_hour_that_does_not_exist_happens_when_the_clock_jumps() -> None:
    calendar = Calendar(WorkingHours.parse("Mon-Sun 02:30-05:00"), BERLIN)
    assert calendar.next_open(local("2026-03-29T00:00", BERLIN)) == local("2026-03-29T03:00", BERLIN)


def test_lord_howe_island_moves_its_clocks_by_half_an_hour() -> None:
    calendar = Calendar(NIGHT, LORD_HOWE)
    lengths = {
        day: calendar.elapsed(local(f"2026-{day}T00:00", LORD_HOWE), local(f"2026-{day}T12:00", LORD_HOWE))
        for day in ("04-05", "06-01", "10-04")
    }
    assert lengths == {"04-05": 6.5 * HOUR, "06-01": 6 * HOUR, "10-04": 5.5 * HOUR}


def test_a_day_left_out_of_the_calendar_is_not_worked() -> None:
    samoa = ZoneInfo("Pacific/Apia")  # went from 29 to 31 December 2011
    calendar = Calendar(OFFICE, samoa)
    assert calendar.deadline(local("2011-12-29T15:00", samoa), 4 * HOUR) == local("2012-01-02T11:00", samoa)


def test_days_of_ones_own_are_closed_even_for_those_who_answer_always() -> None:
    closed = frozenset({date(2026, 6, 3)})
    start = local("2026-06-02T16:00")
    assert replace(ENGLAND, closed=closed).deadline(start, 2 * HOUR) == local("2026-06-04T10:00")
    assert Calendar(ALWAYS, LONDON, "England", closed).deadline(start, 10 * HOUR) == local("2026-06-04T02:00")


def test_always_knows_no_public_holidays() -> None:
    assert Calendar(ALWAYS, LONDON, "England").is_open(local("2026-12-25T03:00"))
    assert not Calendar(WorkingHours.parse("Mon-Sun 0-24"), LONDON, "England").is_open(local("2026-12-25T03:00"))


def test_the_same_hours_end_at_other_instants_in_scotland() -> None:
    friday = local("2027-03-25T16:00")  # the Thursday before Easter
    scotland = replace(ENGLAND, nation="Scotland")
    assert ENGLAND.deadline(friday, 2 * HOUR) == local("2027-03-30T10:00")
    assert scotland.deadline(friday, 2 * HOUR) == local("2027-03-29T10:00")


# --- open or closed, and why ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "is_open", "next_open"),
    [
        ("2026-06-02T09:00", True, "2026-06-02T09:00"),
        ("2026-06-02T16:59", True, "2026-06-02T16:59"),
        ("2026-06-02T17:00", False, "2026-06-03T09:00"),
        ("2026-06-05T17:00", False, "2026-06-08T09:00"),
        ("2026-05-04T10:00", False, "2026-05-05T09:00"),
    ],
)
def test_a_council_is_open_from_opening_until_just_before_closing(at: str, is_open: bool, next_open: str) -> None:
    assert ENGLAND.is_open(local(at)) is is_open
    assert ENGLAND.next_open(local(at)) == local(next_open)


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("2026-05-01T15:00", "2026-05-05T09:00", [("2026-05-04", "May Day")]),
        ("2026-05-05T15:00", "2026-05-06T09:00", []),
        ("2026-05-04T17:00", "2026-05-05T09:00", []),  # it cost nothing: the day was over
        ("2026-05-04T16:59:59", "2026-05-05T09:00", [("2026-05-04", "May Day")]),
        ("2026-05-01T15:00", "2026-05-04T09:00", []),
        ("2026-05-01T15:00", "2026-05-04T09:00:01", [("2026-05-04", "May Day")]),
        # Boxing Day is a Saturday in 2026: it costs nothing, its substitute does; the 29th is their own.
        (
            "2026-12-24T16:00",
            "2026-12-30T12:00",
            [("2026-12-25", "Christmas Day"), ("2026-12-28", "Boxing Day (observed)"), ("2026-12-29", "")],
        ),
        ("2026-05-05T09:00", "2026-05-01T15:00", []),
    ],
)
def test_the_closed_days_that_cost_working_time_are_named(start: str, end: str, why: list[tuple[str, str]]) -> None:
    calendar = replace(ENGLAND, closed=frozenset({date(2026, 12, 26), date(2026, 12, 29)}))
    told = calendar.why_closed_between(local(start), local(end))
    assert [(day.isoformat(), name) for day, name in told] == why


def test_a_working_day_has_hours_and_no_reason_to_be_closed() -> None:
    days = [date(2026, 5, day) for day in (1, 2, 3, 4, 5)]
    assert [ENGLAND.is_working_day(day) for day in days] == [True, False, False, False, True]
    assert ENGLAND.closed_on(date(2026, 5, 2)) is None


# --- refusals and bounds -------------------------------------------------------------------------------


def test_ten_thousand_hours_are_counted_or_refused_but_never_for_ever() -> None:
    start = local("2026-06-02T10:00")
    assert ENGLAND.elapsed(start, ENGLAND.deadline(start, 10_000 * HOUR)) == 10_000 * HOUR
    seldom = Calendar(WorkingHours.parse("Mon 9-10"), LONDON, "England")
    with pytest.raises(NeverOpen, match="holds no 10,000 hours of working time in the ten years after 2026-06-02"):
        seldom.deadline(start, 10_000 * HOUR)


def test_a_calendar_closed_for_good_is_refused() -> None:
    start = local("2026-06-02T10:00")
    closed = frozenset(start.date() + timedelta(days=n) for n in range(5_000))
    with pytest.raises(NeverOpen, match="never opens within ten years"):
        replace(ENGLAND, closed=closed).next_open(start)


def test_no_time_has_passed_when_the_clock_jumped_back() -> None:
    assert ENGLAND.elapsed(local("2026-06-02T11:00"), local("2026-06-02T10:00")) == timedelta(0)


def test_thirty_years_are_counted_exactly() -> None:
    start, end = local("1995-06-02T11:07"), local("2026-06-02T10:03")
    assert Calendar(ALWAYS, LONDON, "England").elapsed(start, end) == end - start


def test_an_instant_without_a_zone_and_a_negative_budget_are_refused() -> None:
    naive = local("2026-06-02T10:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="no time zone"):
        ENGLAND.deadline(naive, HOUR)
    with pytest.raises(ValueError, match="can't be negative"):
        ENGLAND.deadline(local("2026-06-02T10:00"), -HOUR)


def test_any_zone_may_go_in_and_utc_comes_out() -> None:
    start = local("2026-06-02T10:00")
    assert ENGLAND.deadline(start.astimezone(BERLIN), HOUR).tzinfo is UTC
    assert ENGLAND.deadline(start.astimezone(BERLIN), timedelta(0)) == start
    assert ENGLAND.next_open(start.astimezone(BERLIN)).tzinfo is UTC


def test_a_deadline_costs_less_than_fifty_microseconds() -> None:
    calendar = Calendar(LUNCH, LONDON, "England")
    starts = [local("2026-01-01T00:00") + timedelta(minutes=37 * n % 525_600) for n in range(20_000)]
    began = perf_counter()
    for start in starts:
        calendar.deadline(start, 4 * HOUR)
    assert (perf_counter() - began) / len(starts) < 50e-6


# --- laws ----------------------------------------------------------------------------------------------

many = settings(max_examples=300, deadline=None)  # a year's holidays are computed once, in some example

ZONES = [
    "Europe/London",
    "Europe/Berlin",
    "Europe/Dublin",  # winter time is its daylight saving
    "Africa/Casablanca",  # an hour back for Ramadan
    "America/Los_Angeles",
    "America/Sao_Paulo",  # changed at midnight
    "America/St_Johns",  # changed a minute past midnight: days that begin twice
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Apia",  # left a day out
    "Pacific/Chatham",
    "UTC",
]
# Days on which one of them changed its clock or its calendar, and a leap day.
ODD_DAYS = [
    *(date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 10, 4), date(2026, 9, 27)),
    *(date(2010, 3, 14), date(2010, 11, 7), date(2017, 10, 15), date(2018, 2, 18), date(2026, 3, 22)),
    *(date(2011, 12, 30), date(2028, 2, 29), date(2026, 2, 15), date(2026, 3, 8), date(2026, 11, 1)),
]


@st.composite
def weeks(draw: st.DrawFn) -> WorkingHours:
    """Any week that holds at least half an hour."""
    marks = st.lists(st.integers(0, 47), max_size=6, unique=True).map(sorted)
    week = [
        tuple(Period(a * 30, b * 30) for a, b in zip(ends[::2], ends[1::2], strict=False))
        for ends in (draw(marks) for _ in range(7))
    ]
    if not any(week):
        week[draw(st.integers(0, 6))] = (Period(60, 24 * 60),)
    return WorkingHours(tuple(week))


calendars = st.builds(
    Calendar,
    hours=st.one_of(st.sampled_from([OFFICE, LUNCH, NIGHT, ALWAYS]), weeks()),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    nation=st.sampled_from(["England", "Scotland", "IE", "FR", "DE-BY", ""]),
    closed=st.frozensets(st.sampled_from(ODD_DAYS), max_size=3),
)
near_odd_days = st.builds(
    lambda day, offset: datetime(day.year, day.month, day.day, tzinfo=UTC) + offset,
    st.sampled_from(ODD_DAYS),
    st.timedeltas(timedelta(days=-2), timedelta(days=2)),
)
instants = st.one_of(
    near_odd_days,
    st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
budgets = st.timedeltas(timedelta(0), timedelta(hours=40))
spans = st.timedeltas(timedelta(0), timedelta(days=20))


def on_the_wall(calendar: Calendar, at: datetime) -> bool:
    """Whether a council is open, asked of nothing but its wall clock."""
    wall = at.astimezone(calendar.zone)
    minute = wall.hour * 60 + wall.minute
    return calendar.is_working_day(wall.date()) and any(
        opens <= minute < closes for opens, closes in calendar.hours.week[wall.weekday()]
    )


@many
@given(weeks())
def test_hours_are_written_so_that_they_can_be_read(hours: WorkingHours) -> None:
    assert WorkingHours.parse(str(hours)) == hours


@many
@given(calendars, instants, budgets)
def test_just_the_budget_has_passed_at_the_deadline_and_not_before(
    calendar: Calendar, start: datetime, budget: timedelta
) -> None:
    end = calendar.deadline(start, budget)
    assert calendar.elapsed(start, end) == budget
    assert not budget or calendar.elapsed(start, end - timedelta(microseconds=1)) < budget


@many
@given(calendars, instants, spans, budgets, budgets)
def test_a_later_start_or_a_larger_budget_never_ends_earlier(
    calendar: Calendar, start: datetime, later: timedelta, budget: timedelta, more: timedelta
) -> None:
    assert calendar.deadline(start, budget) <= calendar.deadline(start + later, budget)
    assert calendar.deadline(start, budget) <= calendar.deadline(start, budget + more)


@many
@given(calendars, instants)
def test_open_is_what_the_wall_clock_says(calendar: Calendar, at: datetime) -> None:
    assert calendar.is_open(at) == on_the_wall(calendar, at)


@many
@given(calendars, near_odd_days.map(lambda at: at.replace(second=0, microsecond=0)), st.integers(0, 1_500))
def test_elapsed_time_is_what_a_minute_by_minute_count_finds(calendar: Calendar, start: datetime, minutes: int) -> None:
    worked = sum(on_the_wall(calendar, start + timedelta(minutes=n)) for n in range(minutes))
    assert calendar.elapsed(start, start + timedelta(minutes=minutes)) == timedelta(minutes=worked)


@many
@given(calendars, instants, spans, spans)
def test_working_time_adds_up(calendar: Calendar, first: datetime, span: timedelta, more: timedelta) -> None:
    second, third = first + span, first + span + more
    parts = calendar.elapsed(first, second) + calendar.elapsed(second, third)
    assert parts == calendar.elapsed(first, third)


@many
@given(calendars, instants)
def test_the_next_opening_is_open_and_nothing_was_missed_before_it(calendar: Calendar, at: datetime) -> None:
    opening = calendar.next_open(at)
    assert opening >= at
    assert calendar.is_open(opening)
    assert calendar.elapsed(at, opening) == timedelta(0)
