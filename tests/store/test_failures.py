"""What an operator is told when the database itself fails; what was asked of it wrongly stays the asker's error."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import nullcontext as does_not_raise
from pathlib import Path

import asyncpg
import pytest

from bot.errors import StoreError
from bot.store import sqlite
from bot.store.database import Database, open_database, open_for_reading
from bot.store.memory import Memory
from bot.store.postgres import LEASE_SECONDS
from tests.cluster import execute
from tests.store.samples import NOW, opened
from tests.templates import lay_out

PAGE = 4096


@pytest.mark.parametrize("opening", [open_database, open_for_reading])
async def test_a_damaged_file_is_refused_and_the_way_back_is_told(
    tmp_path: Path, opening: Callable[[str], Awaitable[Database]]
) -> None:
    file = tmp_path / "clerk.db"
    await lay_out(file)
    content = bytearray(file.read_bytes())
    content[PAGE : 3 * PAGE] = b"\xff" * (2 * PAGE)
    file.write_bytes(content)
    with pytest.raises(StoreError, match="it is damaged: put the newest backup in its place"):
        await opening(f"sqlite:///{file}")
    assert file.read_bytes() == content


async def test_who_stands_still_in_a_transaction_does_not_hold_the_lease_for_ever(postgres_database: str) -> None:
    async with opened(postgres_database) as database, database.reading() as connection:
        row = await connection.fetch_one("SHOW idle_in_transaction_session_timeout")
        assert row
        assert row["idle_in_transaction_session_timeout"] == f"{LEASE_SECONDS}s"


async def test_a_mistaken_statement_is_not_the_databases_failure(database: Database) -> None:
    with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedTableError)):
        async with database.transaction() as connection:
            await connection.fetch("SELECT * FROM nowhere")


async def test_a_savepoint_left_by_the_databases_failure_ends_the_transaction(tmp_path: Path) -> None:
    file = tmp_path / "clerk.db"
    await lay_out(file)
    async with opened(f"sqlite:///{file}") as database:
        with pytest.raises(StoreError, match="readonly"):
            async with database.transaction() as connection:
                await Memory(connection).timers.set("before", "kind", "", NOW)
                async with connection.savepoint():
                    await connection.fetch("PRAGMA query_only = ON")
                    await Memory(connection).timers.set("inside", "kind", "", NOW)
        async with database.reading() as connection:
            assert await Memory(connection).timers.next_at() is None


async def test_a_connection_that_is_cut_is_the_databases_failure_not_the_handlers(postgres_database: str) -> None:
    async with opened(postgres_database) as database:
        with pytest.raises(StoreError, match="the PostgreSQL database failed"):
            async with database.transaction() as connection, connection.savepoint():
                row = await connection.fetch_one("SELECT pg_backend_pid() AS pid")
                assert row
                await execute(postgres_database, f"SELECT pg_terminate_backend({row['pid']})")
                await asyncio.sleep(0)
                await Memory(connection).timers.set("t", "kind", "", NOW)
        async with database.transaction() as connection:
            assert await Memory(connection).timers.next_at() is None  # the pool makes a new one


@pytest.mark.parametrize("clean", [True, False], ids=["after a clean end", "after a kill"])
async def test_a_large_file_is_looked_through_only_where_the_end_was_not_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean: bool
) -> None:
    file = tmp_path / "clerk.db"
    await lay_out(file)
    content = file.read_bytes()
    file.write_bytes(content[:-PAGE] + b"\xff" * PAGE)  # no start looks for what is there
    if not clean:
        (tmp_path / "clerk.db-wal").touch()
    monkeypatch.setattr(sqlite, "SMALL", len(content) - 1)
    outcome = does_not_raise() if clean else pytest.raises(StoreError, match="it is damaged")
    with outcome:
        await (await open_database(f"sqlite:///{file}")).close()
