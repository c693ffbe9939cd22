"""The embedded engine's own promises: a private file, and readers that change nothing."""

import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.store.database import Database, open_database, open_for_reading
from bot.store.memory import Memory
from tests.store.samples import NOW, opened


@pytest.fixture
def sqlite_database(tmp_path: Path) -> str:
    """A file that isn't there yet."""
    return f"sqlite:///{tmp_path / 'clerk.db'}"


async def _set_a_timer(database: Database) -> None:
    async with database.transaction() as connection:
        await Memory(connection).timers.set("t", "kind", "", NOW)


async def _timers(database: Database) -> list[str]:
    async with database.reading() as connection:
        return [timer.key for timer in await Memory(connection).timers.due(NOW, 10)]


async def test_the_file_and_what_lies_beside_it_are_the_owners_alone(sqlite_database: str, tmp_path: Path) -> None:
    async with opened(sqlite_database) as database:
        await _set_a_timer(database)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"clerk.db": 0o600, "clerk.db-wal": 0o600, "clerk.db-shm": 0o600}


async def test_what_was_dropped_is_not_left_in_the_file(sqlite_database: str, tmp_path: Path) -> None:
    async with opened(sqlite_database) as database:
        for number in range(100):
            async with database.transaction() as connection:
                await Memory(connection).timers.set(f"t{number}", "kind", "kanariq" * 50, NOW)
        for number in range(100):
            async with database.transaction() as connection:
                await Memory(connection).timers.drop(f"t{number}")
    assert b"kanariq" not in (tmp_path / "clerk.db").read_bytes()


async def test_the_folder_is_made(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path / 'deep' / 'down' / 'clerk.db'}"):
        assert (tmp_path / "deep" / "down" / "clerk.db").exists()


async def test_a_relative_url_is_a_file_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened("sqlite:///clerk.db"):
        assert (tmp_path / "clerk.db").exists()


async def test_opening_for_reading_changes_nothing_of_the_database(sqlite_database: str, tmp_path: Path) -> None:
    async with opened(sqlite_database) as writer:
        await _set_a_timer(writer)
    file = tmp_path / "clerk.db"
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    async with opened(sqlite_database, open_for_reading) as reader:
        assert await _timers(reader) == ["t"]
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


async def test_reading_works_beside_an_open_writer(sqlite_database: str) -> None:
    async with opened(sqlite_database) as writer:
        assert await writer.acquire("the bot")
        async with opened(sqlite_database, open_for_reading) as reader:
            async with writer.transaction() as connection:
                await Memory(connection).timers.set("t", "kind", "", NOW)
                assert await _timers(reader) == []
            assert await _timers(reader) == ["t"]


async def test_a_reader_cannot_write(sqlite_database: str) -> None:
    async with opened(sqlite_database), opened(sqlite_database, open_for_reading) as reader:
        with pytest.raises(Exception, match="readonly"):
            await _set_a_timer(reader)


async def test_a_database_that_is_not_there_reads_as_an_empty_one_and_is_not_made(
    sqlite_database: str, tmp_path: Path
) -> None:
    async with opened(sqlite_database, open_for_reading) as reader:
        assert await _timers(reader) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opening", [open_database, open_for_reading])
async def test_a_file_that_is_no_database_is_refused_in_one_line(
    sqlite_database: str, tmp_path: Path, opening: Callable[[str], Awaitable[Database]]
) -> None:
    (tmp_path / "clerk.db").write_text("These are the minutes of the council. " * 100)
    with pytest.raises(OperatorError, match="file is not a database"):
        await opening(sqlite_database)


async def test_an_empty_file_is_not_this_townclerks(sqlite_database: str, tmp_path: Path) -> None:
    (tmp_path / "clerk.db").touch()
    with pytest.raises(OperatorError, match="is not this townclerk's"):
        await open_for_reading(sqlite_database)


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="can't be opened"):
        await open_database(f"sqlite:///{tmp_path}")


async def test_a_name_with_question_marks_is_a_name(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'who uses this?mode=rw#50%.db'}"
    async with opened(url) as writer:
        await _set_a_timer(writer)
    async with opened(url, open_for_reading) as reader:
        assert await _timers(reader) == ["t"]


async def test_the_same_file_by_another_name_is_still_held(sqlite_database: str, tmp_path: Path) -> None:
    os.symlink(tmp_path / "clerk.db", tmp_path / "link.db")
    async with opened(sqlite_database) as first, opened(f"sqlite:///{tmp_path / 'link.db'}") as second:
        assert await first.acquire("first")
        assert not await second.acquire("second")
