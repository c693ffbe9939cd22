"""Closed days of the settings: written by hand, or in an iCal file that may be anything."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.errors import OperatorError
from config.calendars import read_closed_days
from config.settings import community, load

LONDON, TODAY = ZoneInfo("Europe/London"), date(2026, 5, 11)
CHRISTMAS = "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261228"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets."""
    monkeypatch.setattr("os.environ", {})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A settings file that isn't there yet."""
    return tmp_path / "townclerk.toml"


def ical(*events: str) -> str:
    """A calendar of these events."""
    listed = "".join(f"BEGIN:VEVENT\nUID:{n}\n{event}\nEND:VEVENT\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{listed}END:VCALENDAR\n"


def read(folder: Path, text: str, zone: ZoneInfo = LONDON) -> list[str]:
    """The closed days as "first/last"."""
    path = folder / "closed.ics"
    path.write_text(text, encoding="utf-8")
    return [f"{first}/{last}" for first, last in read_closed_days(path, zone, TODAY)]


# --- written by hand ---------------------------------------------------------------------------------


def test_days_and_stretches_of_the_community_and_of_a_council(file: Path) -> None:
    file.write_text(
        '[community]\nclosed = ["2026-12-24/2026-12-31", "2027-01-02"]\n'
        '[[councils]]\nid = "CMD"\nclosed = [2026-05-29, " 2028-02-29 / 2028-03-01 "]\nat_most = 3\n'
    )
    made = community(load(file)[0], TODAY)
    assert made.closed == ((date(2026, 12, 24), date(2026, 12, 31)), (date(2027, 1, 2), date(2027, 1, 2)))
    council = made.council("CMD")
    assert council.closed == ((date(2026, 5, 29), date(2026, 5, 29)), (date(2028, 2, 29), date(2028, 3, 1)))
    assert council.at_most == 3
    assert not made.calendar(None).is_open(datetime(2026, 12, 29, 12, tzinfo=LONDON))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[community]\nclosed = ["24 December"]', "community.closed: '24 December' is no day that there is"),
        ('[community]\nclosed = ["2026-13-01"]', "write days like 2026-12-24, or 2026-12-24/2026-12-31"),
        ('[community]\nclosed = ["2026-12-31/2026-12-24"]', "doesn't lead from a day to a later one"),
        ('[community]\nclosed = ["2026-02-29"]', "is no day that there is"),
        ('[community]\nclosed = ["2026-01-01/2027-01-02"]', "within a year"),
        ('[community]\nclosed = ["2026-01-01/2026-01-02/2026-01-03"]', "write days like"),
        ('[community]\nclosed = "2026-12-24"', "community.closed"),
        ("[community]\nclosed = [2026-12-24T09:00:00]", "write days like"),
        ('[[councils]]\nid = "a"\nclosed = [""]', "councils.0.closed"),
        ('[[councils]]\nid = "a"\nat_most = 0', "councils.0.at_most"),
        ('[[councils]]\nid = "a"\ncalendar = "x.ics"', "did you mean calendar_file?"),
        ("[plugins.availability]\nx = 1\n[community]\nclosd = []", "did you mean closed?"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_an_example(file: Path, text: str, told: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OperatorError) as caught:
        load(file)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


# --- an iCal file ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "days"),
    [
        (CHRISTMAS, ["2026-12-24/2026-12-27"]),
        ("DTSTART;VALUE=DATE:20261224", ["2026-12-24/2026-12-24"]),
        ("DTSTART;VALUE=DATE:20261224\nDURATION:P2D", ["2026-12-24/2026-12-25"]),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224", ["2026-12-24/2026-12-24"]),
        ("DTSTART:20261224T090000Z\nDTEND:20261224T170000Z", []),
        ("DTSTART:20261224T000000Z\nDTEND:20261226T000000Z", ["2026-12-24/2026-12-25"]),
        ("DTSTART:20261223T120000Z\nDTEND:20261225T120000Z", ["2026-12-24/2026-12-24"]),
        ("DTSTART;TZID=Europe/Paris:20261224T000000\nDTEND;TZID=Europe/Paris:20261225T000000", []),
        ("DTSTART:20260701T000000Z\nDTEND:20260702T000000Z", []),  # in London's summer that is 01:00 to 01:00
        ("DTSTART:20261224T000000\nDTEND:20261225T000000", ["2026-12-24/2026-12-24"]),
        (f"{CHRISTMAS}\nSTATUS:CANCELLED", []),
        (
            "DTSTART;VALUE=DATE:20200501\nRRULE:FREQ=YEARLY",
            ["2026-05-01/2026-05-01", "2027-05-01/2027-05-01", "2028-05-01/2028-05-01"],
        ),
        (
            "DTSTART;VALUE=DATE:20200501\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20270501",
            ["2026-05-01/2026-05-01", "2028-05-01/2028-05-01"],
        ),
        ("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY", ["2028-02-29/2028-02-29"]),
        ("DTSTART;VALUE=DATE:20190101\nDTEND;VALUE=DATE:20190102", []),
        ("DTSTART:20200101T000000\nRRULE:FREQ=SECONDLY", []),
    ],
)
def test_whole_days_of_events_are_closed_days(tmp_path: Path, event: str, days: list[str]) -> None:
    assert read(tmp_path, ical(event)) == days


def test_the_day_is_that_of_the_council(tmp_path: Path) -> None:
    event = ical("DTSTART;TZID=Europe/Paris:20261224T000000\nDTEND;TZID=Europe/Paris:20261225T000000")
    assert read(tmp_path, event, ZoneInfo("Europe/Paris")) == ["2026-12-24/2026-12-24"]


def test_a_file_is_beside_the_settings_and_adds_to_their_days(file: Path) -> None:
    file.with_name("closed.ics").write_text(ical(CHRISTMAS), encoding="utf-8-sig")
    file.write_text('[[councils]]\nid = "CMD"\nclosed = ["2026-05-29"]\ncalendar_file = "closed.ics"\n')
    with capture_logs() as logs:
        council = community(load(file)[0], TODAY).council("CMD")
    assert council.closed == ((date(2026, 5, 29), date(2026, 5, 29)), (date(2026, 12, 24), date(2026, 12, 27)))
    assert logs == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "No such file or directory"),
        ("", "no whole iCal file"),
        ("closed over Christmas", "no whole iCal file"),
        (ical(CHRISTMAS)[:-20], "no END:VCALENDAR"),
        (ical(CHRISTMAS, "DTSTART:banana"), "banana"),
        (ical(CHRISTMAS, "SUMMARY:no start"), "DTSTART"),
        (ical(CHRISTMAS, "DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=SOMETIMES"), "RRULE"),
        ("x" * 1_000_001, "more than 1,000,000 bytes"),
        ("\x00\ud800", "codec"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_once_and_the_bot_starts(file: Path, text: str | None, reason: str) -> None:
    if text is not None:
        file.with_name("closed.ics").write_bytes(text.encode("utf-8", "surrogatepass"))
    file.write_text('[[councils]]\nid = "CMD"\nclosed = ["2026-05-29"]\ncalendar_file = "closed.ics"\n')
    settings, _ = load(file)
    with capture_logs() as logs:
        council = community(settings, TODAY).council("CMD")
    (line,) = logs
    assert line["log_level"] == "warning"
    assert line["event"].startswith("calendar file not read")
    assert (line["council"], line["file"]) == ("CMD", str(file.with_name("closed.ics")))
    assert reason in line["reason"]
    assert council.closed == ((date(2026, 5, 29), date(2026, 5, 29)),)


LINES = st.sampled_from([
    "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "UID:1", "DTSTART;VALUE=DATE:20261224",
    "DTSTART:20261224T000000Z", "DTEND;VALUE=DATE:20261226", "DTEND:20261226T000000", "DURATION:-P1D", "DURATION:P2D",
    "RRULE:FREQ=YEARLY", "RRULE:FREQ=DAILY;COUNT=3", "RDATE;VALUE=DATE:20270101", "EXDATE:20261224",
    "RECURRENCE-ID:20261224", "SEQUENCE:x", "DTSTART;TZID=Nowhere:20261224T000000", "DTEND;VALUE=DATE:99991231",
    "END:X",
])  # fmt: skip


@given(st.lists(LINES, max_size=12))
def test_whatever_the_file_says_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.ics"
    path.write_text("\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""]))
    try:
        spans = read_closed_days(path, LONDON, TODAY)
    except ValueError:
        return
    assert all(first <= last for first, last in spans)
