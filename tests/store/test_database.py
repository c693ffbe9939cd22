"""The port: transactions, savepoints, migrations and the lease, alike on both engines."""

import asyncio
import stat
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.store import counter
from bot.store.database import Database, LeaseLost, migrations, open_database, open_for_reading
from bot.store.memory import Memory
from bot.store.postgres import Postgres
from tests.store.conftest import NOW


class Wanted(Exception):
    """A failure on purpose."""


async def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    with pytest.raises(Wanted):
        async with database.transaction() as connection:
            await counter.take(connection, "a")
            raise Wanted
    async with database.transaction() as connection:
        assert await counter.take(connection, "a") == 1


async def test_a_savepoint_is_undone_alone(database: Database) -> None:
    async with database.transaction() as connection:
        await counter.take(connection, "a")
        with pytest.raises(Wanted):
            async with connection.savepoint():
                await counter.take(connection, "a")
                raise Wanted
        async with connection.savepoint():
            assert await counter.take(connection, "a") == 2
    async with database.reading() as connection:
        assert await counter.read(connection, "a") == 2


async def test_200_at_once_of_which_50_fail_lose_none_of_the_good_ones(database: Database) -> None:
    async def one(number: int) -> None:
        async with database.transaction() as connection:
            await Memory(connection).timers.set(f"t{number}", "k", "", NOW)
            await asyncio.sleep(0)
            if number % 4 == 0:
                raise Wanted

    outcomes = await asyncio.gather(*(one(n) for n in range(200)), return_exceptions=True)
    assert sum(isinstance(outcome, Wanted) for outcome in outcomes) == 50
    async with database.reading() as connection:
        assert len(await Memory(connection).timers.due(NOW, 1000)) == 150


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        async with database.reading() as connection:
            await counter.take(connection, "a")


async def test_opening_it_again_migrates_nothing(database: Database, url: str) -> None:
    again = await open_database(url)
    async with again.reading() as connection:
        row = await connection.fetch_one("SELECT COUNT(*) AS n FROM schema_version")
    await again.close()
    assert row is not None
    assert row["n"] == len(migrations())


async def test_a_newer_database_is_refused_in_words(database: Database, url: str) -> None:
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO schema_version (version) VALUES ($1)", 9999)
    with pytest.raises(OperatorError, match="the database is at version 9999"):
        await open_database(url)


async def test_a_second_holder_is_refused_until_the_first_lets_go(database: Database, url: str) -> None:
    assert await database.acquire("one")
    other = await open_database(url)
    assert not await other.acquire("two")
    await database.release("one")
    assert await other.acquire("two")
    assert await other.renew("two")
    await other.close()


@pytest.mark.postgres
async def test_a_frozen_leader_cannot_write_when_it_wakes(postgres_database: str) -> None:
    old, new = await Postgres.open(postgres_database), await Postgres.open(postgres_database)
    assert await old.acquire("old")
    async with new.transaction() as connection:
        await connection.execute("UPDATE lease SET expires_at = 0")
    assert await new.acquire("new")
    with pytest.raises(LeaseLost):
        async with old.transaction() as connection:
            await counter.take(connection, "a")
    assert not await old.renew("old")
    await old.close()
    await new.close()


async def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    opened = await open_database(f"sqlite:///{tmp_path / 'a.db'}")
    await opened.close()
    assert stat.S_IMODE((tmp_path / "a.db").stat().st_mode) == 0o600


async def test_reading_only_works_beside_a_writer_and_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    writer = await open_database(url)
    async with writer.transaction() as connection:
        await counter.take(connection, "a")
        reader = await open_for_reading(url)
        async with reader.reading() as view:
            assert await counter.read(view, "a") == 0
        await reader.close()
    await writer.close()


@pytest.mark.parametrize("wrong", ["mysql://x", "t.db", "sqlite:////proc/nowhere/t.db"])
async def test_a_database_that_cant_be_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(OperatorError):
        await open_database(wrong)


async def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("not a database, just a text that is long enough to be looked at" * 20)
    with pytest.raises(OperatorError, match="can't be"):
        await open_database(f"sqlite:///{tmp_path / 'a.db'}")
