"""A database is brought up to date whole or not at all, and never taken back."""

import asyncio
import sys
from collections import defaultdict
from importlib import resources

import pytest

from bot.errors import OperatorError
from bot.store import database as port
from bot.store.database import Database, migrate, open_database, open_for_reading, version_is_current
from bot.store.memory import Memory
from tests.store.samples import opened

# A process that dies half-way through the migration, as if by SIGKILL.
KILLED_HALF_WAY = """
import asyncio, os, sys
from bot.store import database

whole = database.statements

def half(script):
    found = whole(script)
    yield from found[: len(found) // 2]
    os._exit(137)

database.statements = half
asyncio.run(database.open_database(sys.argv[1]))
"""


ENGINES = ("sqlite", "postgres")


def _numbers(dialect: str) -> list[int]:
    return [number for number, _ in port.migrations(dialect)]


@pytest.fixture
def url(fresh_url: str) -> str:
    """Here no other test's migration will do."""
    return fresh_url


async def _versions(database: Database) -> list[int]:
    async with database.reading() as connection:
        return [row["version"] for row in await connection.fetch("SELECT version FROM schema_version ORDER BY version")]


@pytest.mark.parametrize("dialect", ENGINES)
def test_the_scripts_are_numbered_one_after_the_other(dialect: str) -> None:
    assert _numbers(dialect) == list(range(1, len(_numbers(dialect)) + 1))


def test_a_number_is_one_script_for_both_engines_or_one_for_each() -> None:
    engines = defaultdict(list)
    for script in (resources.files("bot.store") / "migrations").iterdir():
        if script.name.endswith(".sql"):
            engines[int(script.name[:4])].append(port.engine_of(script.name))
    assert {number: found for number, found in engines.items() if sorted(found) not in ([""], sorted(ENGINES))} == {}


async def test_a_connection_knows_its_engine(database: Database, url: str) -> None:
    async with database.reading() as reading, database.transaction() as writing:
        assert {reading.dialect, writing.dialect} == {url.partition(":")[0].removesuffix("ql")}


async def test_a_fresh_database_is_current(database: Database) -> None:
    assert await _versions(database) == _numbers("sqlite")
    async with database.reading() as connection:
        assert await version_is_current(connection)


async def test_migrating_twice_is_nothing(database: Database) -> None:
    before = await _versions(database)
    async with database.transaction() as connection:
        await migrate(connection)
    assert await _versions(database) == before


async def test_opening_again_keeps_what_is_there(database: Database, url: str) -> None:
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO counter (name, value) VALUES ('kept', 1)")
    async with opened(url) as again, again.reading() as connection:
        assert [row["name"] for row in await connection.fetch("SELECT name FROM counter")] == ["kept"]


async def test_a_newer_database_is_refused_and_left_as_it_is(database: Database, url: str) -> None:
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO schema_version (version) VALUES (9999)")
    with pytest.raises(OperatorError, match="version 9999, this townclerk knows only"):
        await open_database(url)
    with pytest.raises(OperatorError, match="of another version"):
        await open_for_reading(url)
    assert (await _versions(database))[-1] == 9999


async def test_a_script_that_fails_leaves_nothing(
    database: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await _versions(database)
    added = (len(before) + 1, "CREATE TABLE half (a BIGINT); INSERT INTO nowhere VALUES (1)")
    known = port.migrations
    monkeypatch.setattr(port, "migrations", lambda dialect: [*known(dialect), added])
    with pytest.raises(OperatorError, match="nowhere"):
        await open_database(url)
    assert await _versions(database) == before
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE half (a BIGINT)")


async def test_a_migration_killed_half_way_leaves_nothing_and_the_next_start_does_it_whole(url: str) -> None:
    migrating = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED_HALF_WAY, url)
    assert await migrating.wait() == 137
    async with opened(url) as database:
        assert await _versions(database) == _numbers("sqlite")


@pytest.mark.parametrize("wrong", ["mysql://localhost/clerk", "clerk.db", ""])
async def test_a_database_of_another_kind_is_refused_in_one_line(wrong: str) -> None:
    with pytest.raises(OperatorError, match=r"^\[database\] url: .* is no database townclerk knows"):
        await open_database(wrong)


async def test_what_was_there_before_a_requests_whole_life_is_counted_as_it_is(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = port.migrations
    monkeypatch.setattr(port, "migrations", lambda dialect: known(dialect)[:2])
    async with opened(url) as database, database.transaction() as connection:
        for number, state in ((1, "open"), (2, "answered")):
            await connection.execute(
                "INSERT INTO request (number, question_event, room_id, asker, state, opened_at, changed_at) "
                "VALUES ($1, $2, 'room', 'ana', $3, 0, 0)",
                number, f"${number}", state,
            )  # fmt: skip
            await connection.execute(
                "INSERT INTO call (number, rung, organisation_id, called_at) VALUES ($1, 0, 'CMD', 1)", number
            )
        for seq, (op_id, kind, target) in enumerate((("a", "message", ""), ("b", "edit", "a"), ("c", "edit", "a"))):
            await connection.execute(
                "INSERT INTO outbox (op_id, room_id, seq, kind, target, state, created_at) "
                "VALUES ($1, 'room', $2, $3, $4, 'sent', 0)",
                op_id, seq, kind, target,
            )  # fmt: skip
    monkeypatch.setattr(port, "migrations", known)
    async with opened(url) as database, database.transaction() as connection:
        assert await Memory(connection).requests.open_of("CMD", port.EPOCH) == 1
        rows = await connection.fetch("SELECT edits FROM outbox ORDER BY op_id")
        assert [row["edits"] for row in rows] == [2, 0, 0]
