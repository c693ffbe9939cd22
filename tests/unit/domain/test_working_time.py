"""Working time is counted by the wall clock of whoever is called: never lost, never counted twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.community import Community, Council, Span
from bot.domain.directory import Organisation
from bot.domain.hours import Period, WorkingHours
from bot.domain.public_holidays import _looked_up, public_holidays, why_no_holidays
from bot.domain.week import next_posting
from bot.domain.working_time import Calendar, Interval, NeverOpen

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
        ("Mon 22-24, Tue 0-6", "Mon 22:00-24:00, Tue 00:00-06:00"),
        ("Mon 8-9 10-11 12-13 14-15", "Mon 08:00-09:00 10:00-11:00 12:00-13:00 14:00-15:00"),
        ("\u200fMon \u202a9-17\u202c", "Mon 09:00-17:00"),  # marks of direction, as pasting brings them along
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
        ("22:00-06:00", "write a night as two days, like Mon 22-24, Tue 0-6"),
        ("18:00 to 2:00", "write a night as two days"),
        ("9-5", "9-5 doesn't close after it opens; write 17:00 or 5pm, not 5"),
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
        ("Mon 9-10 " * 50, "on Mon, 09:00-10:00 and 09:00-10:00 overlap"),
        ("x" * 500, f"“{'x' * 40}…” is not a day of the week"),
        ("?" * 500, rf"can't read “{chr(92) + '?'}" + r"{40}…” as hours"),
        ("closed", "“closed” is not a day of the week"),
        ("🕘–🕔", "can't read “🕘-🕔” as hours; write them like “Mon-Fri"),
        ("Mon 9-17 😀", "can't read “😀” as hours"),
        ("الاثنين 9-17", "“الاثنين” is not a day of the week"),
        ("٩-١٧", "can't read “٩-١٧” as hours"),
        ("９-１７", "can't read “９-１７” as hours"),
        ("יום ב׳", "“יום” is not a day of the week"),
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


CLOSED_ONLY_THERE = [
    ("England", "2026-05-04", "May Day"),
    ("England", "2026-04-06", "Easter Monday"),
    ("England", "2026-08-31", "Late Summer Bank Holiday"),
    ("England", "2026-12-28", "Boxing Day (observed)"),
    ("England", "2026-01-02", None),
    ("England", "2026-03-17", None),
    ("Wales", "2026-05-04", "May Day"),
    ("Wales", "2026-11-30", None),
    ("Scotland", "2026-01-02", "New Year Holiday"),
    ("Scotland", "2026-08-03", "Summer Bank Holiday"),
    ("Scotland", "2026-11-30", "Saint Andrew's Day"),
    ("Scotland", "2026-04-06", None),
    ("Scotland", "2026-08-31", None),
    ("Northern Ireland", "2027-07-12", "Battle of the Boyne"),
    ("Northern Ireland", "2026-07-13", "Battle of the Boyne (observed)"),
    ("Northern Ireland", "2026-03-17", "Saint Patrick's Day"),
    ("IE", "2026-02-02", "Saint Brigid's Day"),
    ("IE", "2026-03-17", "Saint Patrick's Day"),
    ("IE", "2026-10-26", "October Bank Holiday"),
    ("IE", "2026-04-03", None),
    ("FR", "2026-07-14", "Fête nationale"),
    ("FR", "2026-04-03", None),
    ("FR-57", "2026-04-03", "Vendredi saint"),  # Moselle
    ("FR-6AE", "2026-12-26", "Saint-Étienne"),  # Alsace
    ("DE", "2026-01-06", None),
    ("DE-BW", "2026-01-06", "Heilige Drei Könige"),
    ("DE-BY", "2026-06-04", "Fronleichnam"),
    ("DE-BE", "2027-03-08", "Frauentag"),
    ("DE-BB", "2026-04-05", "Ostersonntag"),
    ("DE-HB", "2028-10-31", "Reformationstag"),
    ("DE-HH", "2028-10-31", "Reformationstag"),
    ("DE-HE", "2026-06-04", "Fronleichnam"),
    ("DE-HE", "2028-11-01", None),
    ("DE-MV", "2027-03-08", "Frauentag"),
    ("DE-NI", "2028-10-31", "Reformationstag"),
    ("DE-NI", "2026-06-04", None),
    ("DE-NW", "2028-11-01", "Allerheiligen"),
    ("DE-RP", "2028-11-01", "Allerheiligen"),
    ("DE-SL", "2028-08-15", "Mariä Himmelfahrt"),
    ("DE-SN", "2026-11-18", "Buß- und Bettag"),
    ("DE-ST", "2026-01-06", "Heilige Drei Könige"),
    ("DE-ST", "2026-06-04", None),
    ("DE-SH", "2028-10-31", "Reformationstag"),
    ("DE-SH", "2026-01-06", None),
    ("DE-TH", "2027-09-20", "Weltkindertag"),
    ("", "2026-12-25", None),
]


@pytest.mark.parametrize(("nation", "day", "name"), CLOSED_ONLY_THERE)
def test_each_nation_keeps_its_own_holidays_named_in_its_own_language(nation: str, day: str, name: str | None) -> None:
    local_day = date.fromisoformat(day)
    assert public_holidays(nation, local_day.year).get(local_day) == name


def test_all_the_laender_keep_the_day_of_german_unity() -> None:
    laender = {nation for nation, _, _ in CLOSED_ONLY_THERE if nation.startswith("DE-")}
    assert len(laender) == 16
    assert {public_holidays(land, 2028).get(date(2028, 10, 3)) for land in laender} == {"Tag der Deutschen Einheit"}


@pytest.mark.parametrize("nation", ["Narnia", "XX", "DE-ZZ", "GB", "england", "date", "HolidayBase", "EU"])
def test_a_nation_nobody_knows_is_refused_when_the_calendar_is_made(nation: str) -> None:
    with pytest.raises(ValueError, match=f"“{nation}”.*say England"):
        Calendar(OFFICE, LONDON, nation)


@pytest.mark.parametrize("error", [ImportError("no module"), RuntimeError("a bad year"), KeyError("x"), OSError(5, "")])
def test_holidays_that_cannot_be_loaded_leave_a_council_its_weekdays_and_are_told_of(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(name: str) -> None:
        raise error

    monkeypatch.setattr("bot.domain.public_holidays.import_module", broken)
    forget()
    try:
        calendar = Calendar(OFFICE, LONDON, "England")
        assert calendar.is_open(local("2026-12-25T10:00"))
        assert not calendar.is_open(local("2026-12-26T10:00"))
        assert calendar.closed_on(date(2026, 12, 25)) is None
        assert Calendar(OFFICE, LONDON, "IE").is_open(local("2026-03-17T10:00"))
        assert f"the holidays library failed: {type(error).__name__}" in why_no_holidays("England", 2026)
        assert list(Community().without_holidays([], 2026)) == ["England"]
    finally:
        forget()


def test_a_year_beyond_what_the_library_knows_has_its_weekdays() -> None:
    assert ENGLAND.is_open(local("2150-12-25T10:00"))
    assert why_no_holidays("England", 2150) == "the holidays library has none for 2150"


@pytest.mark.parametrize("nation", ["", "England", "IE", "FR-57", "DE-BY"])
def test_where_holidays_are_known_there_is_nothing_to_tell(nation: str) -> None:
    assert why_no_holidays(nation, 2026) == ""


def forget() -> None:
    """What was looked up before is looked up anew."""
    _looked_up.cache_clear()


# --- the community's calendars -------------------------------------------------------------------------

BRENT, BELFAST, NOWHERE = (
    Organisation("local-authority:BEN", "Brent", nation="England"),
    Organisation("local-authority:BFS", "Belfast", nation="Northern Ireland"),
    Organisation("body:1", "Atlantis", nation="Atlantis"),
)
FRIDAY_AND_MONDAY = ((date(2026, 6, 5), date(2026, 6, 8)),)


@pytest.mark.parametrize(
    ("council", "hours", "closed", "opens"),
    [
        ({}, "", (), "2026-06-05T09:00"),
        ({}, "Mon-Fri 12-15", (), "2026-06-05T12:00"),  # what was said in chat
        ({}, "", FRIDAY_AND_MONDAY, "2026-06-09T09:00"),
        ({"hours": "10-16"}, "", (), "2026-06-05T10:00"),
        ({"hours": "10-16"}, "Mon-Fri 12-15", (), "2026-06-05T12:00"),
        ({"hours": "10-16", "locked": True}, "Mon-Fri 12-15", FRIDAY_AND_MONDAY, "2026-06-05T10:00"),
        ({"closed": FRIDAY_AND_MONDAY}, "", ((date(2026, 6, 9), date(2026, 6, 9)),), "2026-06-10T09:00"),
        ({"time_zone": "Europe/Berlin"}, "", (), "2026-06-05T08:00"),
    ],
)
def test_a_councils_hours_are_its_own_word_then_the_settings_then_the_communitys(
    council: dict[str, Any], hours: str, closed: tuple[Span, ...], opens: str
) -> None:
    community = Community(councils=(Council(BRENT.id, **council),))
    assert community.calendar(BRENT, hours, closed).next_open(local("2026-06-05T06:00")) == local(opens)


def test_the_stewards_closed_days_are_the_communitys_alone() -> None:
    community = Community(closed=FRIDAY_AND_MONDAY)
    friday = local("2026-06-05T10:00")
    assert community.calendar(None).next_open(friday) == local("2026-06-09T09:00")
    assert community.calendar(BRENT).is_open(friday)


def test_holidays_are_those_of_where_a_council_is_or_else_the_communitys_and_that_is_told() -> None:
    community = Community(nation="Wales", councils=(Council(BRENT.id, nation="Scotland"),))
    nations = [community.calendar(one).nation for one in (BRENT, BELFAST, NOWHERE, None)]
    assert nations == ["Scotland", "Northern Ireland", "Wales", "Wales"]
    told = community.without_holidays([BRENT, BELFAST, NOWHERE], 2026)
    assert list(told) == ["Atlantis"]
    assert "I know no public holidays of “Atlantis”" in told["Atlantis"]


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


BREAKS = [
    ("none", [], "2026-06-02T14:00"),
    ("at work", [("02T11:00", "02T12:00")], "2026-06-02T15:00"),
    ("two", [("02T11:00", "02T12:00"), ("02T13:00", "02T13:30")], "2026-06-02T15:30"),
    ("not in order", [("02T13:00", "02T13:30"), ("02T11:00", "02T12:00")], "2026-06-02T15:30"),
    ("one inside another", [("02T11:00", "02T13:00"), ("02T11:30", "02T12:00")], "2026-06-02T16:00"),
    ("one into another", [("02T11:00", "02T12:00"), ("02T11:30", "02T13:00")], "2026-06-02T16:00"),
    ("one after another", [("02T11:00", "02T12:00"), ("02T12:00", "02T13:00")], "2026-06-02T16:00"),
    ("from before the start", [("01T11:00", "02T11:00")], "2026-06-02T15:00"),
    ("before the start", [("01T11:00", "02T09:00")], "2026-06-02T14:00"),
    ("after the end", [("02T14:00", "03T09:00")], "2026-06-02T14:00"),
    ("while closed", [("01T18:00", "02T08:00"), ("02T17:00", "03T09:00")], "2026-06-02T14:00"),
    ("over night", [("02T16:00", "03T11:00"), ("02T11:00", "02T14:00")], "2026-06-03T12:00"),
    ("to before it began: a clock jumped back", [("02T13:00", "02T11:00")], "2026-06-02T14:00"),
    ("of no length", [("02T11:00", "02T11:00")], "2026-06-02T14:00"),
]


@pytest.mark.parametrize(("breaks", "end"), [row[1:] for row in BREAKS], ids=[row[0] for row in BREAKS])
def test_the_clock_stands_still_during_breaks(breaks: list[tuple[str, str]], end: str) -> None:
    start = local("2026-06-02T10:00")
    spans = [(local(f"2026-06-{begin}"), local(f"2026-06-{end}")) for begin, end in breaks]
    assert ENGLAND.deadline(start, 4 * HOUR, spans) == local(end)
    assert ENGLAND.elapsed(start, local(end), spans) == 4 * HOUR
    elsewhere = [(begin.astimezone(BERLIN), end.astimezone(LORD_HOWE)) for begin, end in spans]
    assert ENGLAND.deadline(start, 4 * HOUR, elsewhere) == local(end)
    assert ENGLAND.deadline(start, 4 * HOUR, elsewhere).tzinfo is UTC


def test_a_clock_that_stands_still_for_good_has_no_deadline() -> None:
    start = local("2026-06-02T10:00")
    with pytest.raises(NeverOpen):
        ENGLAND.deadline(start, HOUR, [(start, start + timedelta(days=10_000))])


# --- fingerprints --------------------------------------------------------------------------------------

NEW_YEAR = date(2026, 1, 1)


@pytest.mark.parametrize(
    "other",
    [
        replace(ENGLAND, nation="Scotland"),
        replace(ENGLAND, nation=""),
        replace(ENGLAND, hours=LUNCH),
        replace(ENGLAND, hours=WorkingHours.parse("Mon-Thu 9-17")),
        replace(ENGLAND, zone=BERLIN),
        replace(ENGLAND, closed=frozenset({date(2026, 6, 3)})),
        Calendar(ALWAYS, LONDON, "England"),
    ],
)
def test_calendars_that_are_open_at_other_times_have_other_fingerprints(other: Calendar) -> None:
    assert ENGLAND.fingerprint(NEW_YEAR, 400) != other.fingerprint(NEW_YEAR, 400)


@pytest.mark.parametrize(
    "other",
    [
        Calendar(WorkingHours.parse("9am to 5pm"), ZoneInfo("Europe/London"), "England"),
        replace(ENGLAND, nation="Wales"),
        replace(ENGLAND, closed=frozenset({date(2026, 6, 6), date(2026, 12, 25), date(2031, 6, 2)})),
    ],
)
def test_what_changes_nothing_of_when_a_council_is_open_leaves_its_fingerprint(other: Calendar) -> None:
    assert ENGLAND.fingerprint(NEW_YEAR, 400) == other.fingerprint(NEW_YEAR, 400)


def test_zones_that_change_their_clocks_at_another_hour_of_the_same_day_have_other_fingerprints() -> None:
    havana, new_york = (Calendar(NIGHT, ZoneInfo(f"America/{name}")) for name in ("Havana", "New_York"))
    assert havana.fingerprint(NEW_YEAR, 400) != new_york.fingerprint(NEW_YEAR, 400)


def test_a_holiday_announced_later_is_seen_by_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ENGLAND.fingerprint(NEW_YEAR, 400)
    announced = {**public_holidays("England", 2026), date(2026, 6, 2): "Coronation"}
    known = {2026: announced, 2027: public_holidays("England", 2027)}
    monkeypatch.setattr("bot.domain.working_time.public_holidays", lambda nation, year: known[year])
    assert ENGLAND.fingerprint(NEW_YEAR, 400) != before


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


@pytest.mark.parametrize("jump", [-HOUR, timedelta(days=-366), timedelta(days=366), timedelta(days=366 * 30)])
@pytest.mark.parametrize("hours", [OFFICE, NIGHT, ALWAYS])
def test_a_clock_that_jumps_makes_neither_an_error_nor_negative_time(hours: WorkingHours, jump: timedelta) -> None:
    calendar = Calendar(hours, LONDON, "England")
    before = local("2026-10-25T01:30")
    after = before + jump
    stood_still = [(before, after)]
    assert calendar.elapsed(before, after) >= timedelta(0)
    assert calendar.elapsed(before, after, stood_still) == timedelta(0)
    assert calendar.deadline(after, HOUR, stood_still) > after
    assert calendar.next_open(after) >= after
    assert calendar.days_after(after, 2) >= after
    assert all(before.date() <= day <= after.date() for day, _ in calendar.why_closed_between(before, after))
    assert next_posting(after, 0, time(9), LONDON, calendar) > after


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-06-02T10:00", 0, "2026-06-02T10:00"),
        ("2026-06-02T10:00", 2, "2026-06-04T10:00"),
        ("2026-06-05T10:00", 1, "2026-06-08T10:00"),
        ("2026-05-01T10:00", 2, "2026-05-06T10:00"),  # over a weekend and a bank holiday
        ("2026-06-06T10:00", 1, "2026-06-09T09:00"),  # counted from Monday's opening
        ("2026-03-27T10:00", 1, "2026-03-30T10:00"),  # the clocks went forward
        ("2026-06-02T17:00", 1, "2026-06-04T09:00"),
    ],
)
def test_working_days_later_is_at_the_same_time_of_day(start: str, days: int, end: str) -> None:
    assert ENGLAND.days_after(local(start), days) == local(end)


def test_so_many_days_that_they_never_come_are_refused() -> None:
    for calendar in (ENGLAND, Calendar(ALWAYS, LONDON)):
        with pytest.raises(NeverOpen):
            calendar.days_after(local("2026-06-02T10:00"), 1_000_000_000)


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
@given(calendars, instants, budgets, st.data())
def test_with_breaks_as_well(calendar: Calendar, start: datetime, budget: timedelta, data: st.DataObject) -> None:
    around = st.timedeltas(timedelta(days=-2), timedelta(days=6)).map(lambda span: start + span)
    breaks: list[Interval] = data.draw(st.lists(st.tuples(around, around), max_size=4))
    end = calendar.deadline(start, budget, breaks)
    assert calendar.elapsed(start, end, breaks) == budget
    assert not budget or calendar.elapsed(start, end - timedelta(microseconds=1), breaks) < budget
    assert end >= calendar.deadline(start, budget)
    assert not budget or not any(begin < end < until for begin, until in breaks)


@many
@given(calendars, near_odd_days.map(lambda at: at.replace(second=0, microsecond=0)), st.integers(0, 1_500), st.data())
def test_what_breaks_take_away_is_what_a_minute_by_minute_count_finds(
    calendar: Calendar, start: datetime, minutes: int, data: st.DataObject
) -> None:
    ends = st.integers(-60, 1_500)
    breaks = data.draw(st.lists(st.tuples(ends, ends), max_size=4))
    worked = sum(
        on_the_wall(calendar, start + timedelta(minutes=n))
        for n in range(minutes)
        if not any(begin <= n < end for begin, end in breaks)
    )
    spans = [(start + timedelta(minutes=begin), start + timedelta(minutes=end)) for begin, end in breaks]
    assert calendar.elapsed(start, start + timedelta(minutes=minutes), spans) == timedelta(minutes=worked)


@many
@given(calendars, st.sampled_from(["", "England", "Scotland", "DE-BY"]), st.sampled_from(ODD_DAYS), st.integers(0, 60))
def test_only_calendars_that_are_open_at_the_same_times_have_the_same_fingerprint(
    calendar: Calendar, nation: str, start: date, days: int
) -> None:
    other = replace(calendar, nation=nation, closed=calendar.closed & {start})
    span = [start + timedelta(days=n) for n in range(days)]
    works = [[one.is_working_day(day) for day in span] for one in (calendar, other)]
    assert (calendar.fingerprint(start, days) == other.fingerprint(start, days)) == (works[0] == works[1])


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
