"""What `townclerk doctor` finds of the days on which nobody works."""

from unittest import mock

from bot.domain import community
from tests.commands.conftest import Shell

SETTINGS = '[[councils]]\nid = "local-authority:CMD"\ncalendar_file = "closed.ics"\n'
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nEND:VCALENDAR\r\n"


def test_a_calendar_file_that_is_not_there_is_found(shell: Shell) -> None:
    (shell.folder / "townclerk.toml").write_text(SETTINGS)
    done = shell.townclerk("doctor", "--offline")
    assert done.returncode == 1
    assert "closed.ics of local-authority:CMD: No such file or directory" in done.stdout


def test_a_calendar_file_that_is_none_is_found(shell: Shell) -> None:
    (shell.folder / "townclerk.toml").write_text(SETTINGS)
    (shell.folder / "closed.ics").write_text("closed at Christmas")
    done = shell.townclerk("doctor", "--offline")
    assert done.returncode == 1
    assert "it is no whole iCal file" in done.stdout


def test_a_calendar_file_that_can_be_read_is_well(shell: Shell) -> None:
    (shell.folder / "townclerk.toml").write_text(SETTINGS)
    (shell.folder / "closed.ics").write_text(CALENDAR)
    assert shell.townclerk("doctor", "--offline").returncode == 0


def test_public_holidays_that_cannot_be_loaded_are_found(shell: Shell) -> None:
    with mock.patch.object(community, "why_no_holidays", lambda nation, year: f"none for {year}"):
        done = shell.townclerk("doctor", "--offline")
    assert done.returncode == 1
    assert "no public holidays of England: none for" in done.stdout
