"""What `townclerk doctor` finds of the days on which nobody works, and of a limited account."""

import asyncio
from unittest import mock

import pytest

from bot import clock
from bot.domain import community
from bot.store.held_back import FEW
from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.commands.conftest import Shell
from tests.store.samples import opened

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


@pytest.mark.parametrize(("times", "status"), [(FEW, 0), (FEW + 1, 1)])
def test_a_homeserver_that_limits_the_account_is_found_with_what_to_do(shell: Shell, times: int, status: int) -> None:
    async def held_back() -> None:
        url = f"sqlite:///{shell.folder / 't.db'}"
        async with opened(url) as database, database.transaction() as connection:
            await Memory(connection).held_back.count(clock.now(), times)

    asyncio.run(held_back())
    done = shell.townclerk("doctor", "--offline")
    assert done.returncode == status
    assert ("override_ratelimit" in done.stdout) is bool(status)


def test_a_room_whose_other_servers_take_nothing_from_ours_is_found(shell: Shell) -> None:
    async def shut_out() -> None:
        url = f"sqlite:///{shell.folder / 't.db'}"
        async with opened(url) as database, database.transaction() as connection:
            await Memory(connection).rooms.keep(Room("!a:x.org", "join", shut_out=True))

    asyncio.run(shut_out())
    done = shell.townclerk("doctor", "--offline")
    assert done.returncode == 1
    assert "shut out of 1 rooms (!a:x.org)" in done.stdout


def test_an_upgraded_room_whose_successor_the_bot_is_not_in_is_found(shell: Shell) -> None:
    async def upgraded() -> None:
        url = f"sqlite:///{shell.folder / 't.db'}"
        async with opened(url) as database, database.transaction() as connection:
            rooms = Memory(connection).rooms
            await rooms.keep(Room("!old:x.org", "join"))
            await rooms.replace("!old:x.org", "!new:x.org")

    asyncio.run(upgraded())
    done = shell.townclerk("doctor", "--offline")
    assert done.returncode == 1
    assert "room !old:x.org was upgraded to !new:x.org, and the bot could not follow: invite it there" in done.stdout
