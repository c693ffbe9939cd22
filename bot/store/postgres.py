"""The engine beyond one machine: PostgreSQL, where a lease row with an epoch says who may write."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import asyncpg

from bot.errors import OperatorError, StoreError
from bot.store.database import Connection, LeaseLost, Row, migrate, version_is_current
from bot.store.postgres_failures import postgres_failure, postgres_told, told

LEASE_SECONDS = 15
_LEASE = "bot"
_MIGRATION_LOCK = 7_461_776  # an arbitrary number: two processes never migrate at once


class PostgresConnection:
    """One asyncpg connection seen through the port."""

    dialect = "postgres"

    def __init__(self, raw: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> None:
        self._raw = raw

    async def fetch(self, sql: str, *values: object) -> Sequence[Row]:
        """All rows."""
        with postgres_told():
            return cast(Sequence[Row], await self._raw.fetch(sql, *values))

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """The first row, if there is one."""
        with postgres_told():
            return cast(Row | None, await self._raw.fetchrow(sql, *values))

    async def execute(self, sql: str, *values: object) -> int:
        """The number of rows it changed, read from a status such as "UPDATE 3"."""
        with postgres_told():
            status = await self._raw.execute(sql, *values)
        last = status.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """The same statement once for each row."""
        with postgres_told():
            await self._raw.executemany(sql, list(rows))

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What is done inside is undone alone if an exception leaves it."""
        with postgres_told():
            async with self._raw.transaction():
                yield


class Postgres:
    """A small pool, and the epoch of the lease this process holds (None: it holds none)."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._writing = asyncio.Lock()
        self._epoch: int | None = None

    @classmethod
    async def open(cls, url: str) -> "Postgres":
        """Connect and migrate; raises OperatorError when the server can't be reached or refuses."""
        database = await cls._connect(url)
        try:
            async with database._pool.acquire() as raw:
                await raw.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
                try:
                    connection = PostgresConnection(raw)
                    if not await _is_current(connection):
                        async with raw.transaction():
                            await migrate(connection)
                finally:
                    await raw.execute("SELECT pg_advisory_unlock($1)", _MIGRATION_LOCK)
        except BaseException as error:
            await database.close()
            if isinstance(error, asyncpg.PostgresError):
                raise OperatorError(f"the PostgreSQL database can't be used: {told(error)}") from error
            raise
        return database

    @classmethod
    async def open_for_reading(cls, url: str) -> "Postgres":
        """Connect to a database that is up to date already; nothing is migrated or locked."""
        database = await cls._connect(url)
        async with database.reading() as connection:
            current = await _is_current(connection)
        if not current:
            await database.close()
            raise OperatorError("the PostgreSQL database is not this townclerk's, or of another version of it")
        return database

    @classmethod
    async def _connect(cls, url: str) -> "Postgres":
        try:
            # A leader that is frozen in the middle of a transaction holds the lease's row: it is cut off in time.
            idle = {"idle_in_transaction_session_timeout": f"{LEASE_SECONDS}s"}
            return cls(await asyncpg.create_pool(url, min_size=1, max_size=5, server_settings=idle))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise OperatorError(f"the PostgreSQL database can't be reached: {told(error)}") from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One writer at a time, so that no loop reads what another is about to change.

        Refused (LeaseLost) if another process has taken the lease since: a frozen leader can't write on waking.
        """
        async with self._writing, self._connection() as raw, raw.transaction():
            if self._epoch is not None:
                held = await raw.fetchval(
                    "SELECT epoch FROM lease WHERE name = $1 AND epoch = $2 FOR SHARE", _LEASE, self._epoch
                )
                if held is None:
                    raise LeaseLost
            yield PostgresConnection(raw)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A consistent view that takes no row locks."""
        async with self._connection() as raw, raw.transaction(isolation="repeatable_read", readonly=True):
            yield PostgresConnection(raw)

    @asynccontextmanager
    async def _connection(self) -> "AsyncIterator[asyncpg.pool.PoolConnectionProxy[asyncpg.Record]]":
        """One of the pool; a server that fails or has gone is a StoreError, whoever meets it."""
        with postgres_told():
            try:
                raw = await self._pool.acquire()
            except OSError as error:
                raise postgres_failure(error) from error
            try:
                yield raw
            finally:
                await self._pool.release(raw)

    async def acquire(self, holder: str) -> bool:
        """Take the lease if it is free or has run out; its clock is the database's."""
        async with self._connection() as raw:
            epoch: Any = await raw.fetchval(
                "INSERT INTO lease (name, holder, epoch, expires_at) "
                f"VALUES ($1, $2, 1, {_NOW} + $3) "
                "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, epoch = lease.epoch + 1, "
                f"expires_at = excluded.expires_at WHERE lease.expires_at < {_NOW} RETURNING epoch",
                _LEASE, holder, LEASE_SECONDS * 1_000_000,
            )  # fmt: skip
        self._epoch = epoch
        return epoch is not None

    async def renew(self, holder: str) -> bool:
        """Stay the holder for another term."""
        async with self._connection() as raw:
            status = await raw.execute(
                f"UPDATE lease SET expires_at = {_NOW} + $3 WHERE name = $1 AND epoch = $2",
                _LEASE, self._epoch, LEASE_SECONDS * 1_000_000,
            )  # fmt: skip
        return status == "UPDATE 1"

    async def release(self, holder: str) -> None:
        """Give the lease back, so that the next process starts at once."""
        if self._epoch is not None:
            with suppress(StoreError):  # what can't be given back runs out
                async with self._connection() as raw:
                    await raw.execute(
                        "UPDATE lease SET expires_at = 0 WHERE name = $1 AND epoch = $2", _LEASE, self._epoch
                    )
            self._epoch = None

    async def close(self) -> None:
        """Close the pool."""
        await self._pool.close()


_NOW = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT"


async def _is_current(connection: Connection) -> bool:
    try:
        return await version_is_current(connection)
    except asyncpg.UndefinedTableError:
        return False
