"""One process syncs, fires timers and sends; the next can take over when it has gone."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.database import Database, LeaseLost
from bot.store.memory import Memory
from tests.store.samples import NOW, opened

HOLDS = """
import asyncio, sys
from bot.store.database import open_database

async def hold():
    database = await open_database(sys.argv[1])
    print(await database.acquire("killed"), flush=True)
    await asyncio.Event().wait()

asyncio.run(hold())
"""


@pytest_asyncio.fixture
async def second(database: Database, url: str) -> AsyncIterator[Database]:
    """Another process's view of the same database."""
    async with opened(url) as database:
        yield database


async def _run_out(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("UPDATE lease SET expires_at = 0")


async def test_a_second_holder_is_refused(database: Database, second: Database) -> None:
    assert await database.acquire("first")
    assert not await second.acquire("second")


async def test_the_holder_stays_it(database: Database, second: Database) -> None:
    await database.acquire("first")
    await second.acquire("second")
    assert await database.renew("first")
    async with database.transaction() as connection:
        await Memory(connection).timers.set("t", "kind", "", NOW)


async def test_who_holds_nothing_has_nothing_to_renew(database: Database) -> None:
    assert not await database.renew("nobody")


async def test_a_released_lease_can_be_taken_at_once(database: Database, second: Database) -> None:
    await database.acquire("first")
    await database.release("first")
    assert await second.acquire("second")


async def test_a_lease_can_be_taken_again_after_it_was_given_back(database: Database) -> None:
    assert await database.acquire("first")
    await database.release("first")
    assert await database.acquire("first")


async def test_closing_the_database_after_releasing_is_all_the_next_one_needs(database: Database, url: str) -> None:
    async with opened(url) as first:
        await first.acquire("first")
        await first.release("first")
    assert await database.acquire("second")


async def test_without_a_lease_anybody_writes(database: Database, second: Database) -> None:
    await database.acquire("first")
    async with second.transaction() as connection:  # `townclerk import`, beside the running bot
        await Memory(connection).timers.set("t", "kind", "", NOW)


async def test_on_sqlite_a_killed_holder_frees_it_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'clerk.db'}"
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLDS, url, stdout=asyncio.subprocess.PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"True\n"
    async with opened(url) as database:
        refused = not await database.acquire("second")
        holder.kill()
        await holder.wait()
        assert refused
        assert await database.acquire("second")


# --- on PostgreSQL, where it runs out ----------------------------------------------------------------------


@pytest_asyncio.fixture
async def frozen(postgres_database: str) -> AsyncIterator[Database]:
    """A holder that was away too long."""
    async with opened(postgres_database) as database:
        assert await database.acquire("frozen")
        await _run_out(database)
        yield database


@pytest_asyncio.fixture
async def taker(frozen: Database, postgres_database: str) -> AsyncIterator[Database]:
    """The process that took over."""
    async with opened(postgres_database) as database:
        assert await database.acquire("taker")
        yield database


async def test_a_lease_that_ran_out_can_be_taken(taker: Database) -> None:
    assert await taker.renew("taker")


async def test_a_lease_that_ran_out_and_was_not_taken_is_still_held(frozen: Database) -> None:
    assert await frozen.renew("frozen")


async def test_an_older_epoch_is_fenced(frozen: Database, taker: Database) -> None:
    with pytest.raises(LeaseLost):
        async with frozen.transaction() as connection:
            await Memory(connection).timers.set("t", "kind", "", NOW)
    async with taker.reading() as connection:
        assert await Memory(connection).timers.next_at() is None


async def test_an_older_epoch_cannot_renew(frozen: Database, taker: Database) -> None:
    assert not await frozen.renew("frozen")


async def test_an_older_epoch_that_lets_go_takes_nothing_from_the_newer(
    frozen: Database, taker: Database, postgres_database: str
) -> None:
    await frozen.release("frozen")
    async with opened(postgres_database) as third:
        assert not await third.acquire("third")
