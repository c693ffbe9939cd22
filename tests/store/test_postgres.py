"""The other engine's own promises: readers that change nothing, and errors an operator can read."""

import asyncpg
import pytest

from bot.errors import OperatorError
from bot.store.database import open_database, open_for_reading
from bot.store.memory import Memory
from tests.store.samples import NOW, opened


async def _tables(url: str) -> int:
    connection = await asyncpg.connect(url)
    found: int = await connection.fetchval("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    return found


async def test_opening_for_reading_makes_no_tables(postgres_database: str) -> None:
    with pytest.raises(OperatorError, match="is not this townclerk's"):
        await open_for_reading(postgres_database)
    assert await _tables(postgres_database) == 0


async def test_reading_works_beside_an_open_writer(postgres_database: str) -> None:
    async with opened(postgres_database) as writer, opened(postgres_database, open_for_reading) as reader:
        assert await writer.acquire("the bot")
        async with writer.transaction() as connection:
            await Memory(connection).timers.set("t", "kind", "", NOW)
        async with reader.reading() as connection:
            assert await Memory(connection).timers.next_at() == NOW


async def test_a_server_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(OperatorError, match="can't be reached"):
        await open_database("postgresql://townclerk@127.0.0.1:1/townclerk")


async def test_a_url_that_makes_no_sense_is_told_in_one_line() -> None:
    with pytest.raises(OperatorError, match="can't be reached"):
        await open_database("postgresql://townclerk@127.0.0.1:port/townclerk")


async def test_an_account_that_may_not_make_tables_is_told_in_one_line(postgres_database: str) -> None:
    connection = await asyncpg.connect(postgres_database)
    await connection.execute("CREATE ROLE visitor LOGIN PASSWORD 'visitor'")
    host = postgres_database.rpartition("@")[2]
    with pytest.raises(OperatorError, match="can't be used: permission denied"):
        await open_database(f"postgresql://visitor:visitor@{host}")
    await connection.execute("DROP ROLE visitor")
    await connection.close()
