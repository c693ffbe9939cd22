"""The embedded engine: SQLite in one file, one writer behind one lock, freed with the process."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote

import aiosqlite

from bot.errors import OperatorError, StoreError
from bot.store.database import Connection, Row, migrate, version_is_current
from bot.store.failures import DAMAGED, sqlite_told

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL can lose the last commits on a power cut (RELIABILITY.md, 2a)
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
)


def _named(values: Sequence[object]) -> dict[str, object]:
    """SQLite reads `$1` as a parameter named "1"; numbered, so that both engines read one dialect."""
    return {str(number): value for number, value in enumerate(values, start=1)}


class SqliteConnection:
    """One aiosqlite connection seen through the port."""

    dialect = "sqlite"

    def __init__(self, raw: aiosqlite.Connection, path: Path) -> None:
        self._raw = raw
        self._path = path
        self._depth = 0

    async def fetch(self, sql: str, *values: object) -> Sequence[Row]:
        """All rows."""
        with sqlite_told(self._path):
            return cast(Sequence[Row], await self._raw.execute_fetchall(sql, _named(values)))

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """The first row, if there is one."""
        rows = await self.fetch(sql, *values)
        return rows[0] if rows else None

    async def execute(self, sql: str, *values: object) -> int:
        """The number of rows it changed."""
        with sqlite_told(self._path):
            async with self._raw.execute(sql, _named(values)) as cursor:
                return cursor.rowcount

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """The same statement once for each row."""
        with sqlite_told(self._path):
            await self._raw.executemany(sql, [_named(values) for values in rows])

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What is done inside is undone alone if an exception leaves it."""
        self._depth += 1
        name = f"s{self._depth}"
        await self.execute(f"SAVEPOINT {name}")
        try:
            yield
        except StoreError:
            raise  # SQLite may have undone the whole transaction already, this savepoint with it
        except BaseException:
            await self.execute(f"ROLLBACK TO {name}")
            await self.execute(f"RELEASE {name}")
            raise
        else:
            await self.execute(f"RELEASE {name}")
        finally:
            self._depth -= 1


class Sqlite:
    """A file with one writing and one reading connection."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self.path = path
        self._writer, self._reader = writer, reader
        self._writing, self._reading = asyncio.Lock(), asyncio.Lock()
        self._lock_file: IO[str] | None = None

    @classmethod
    async def open(cls, name: str) -> "Sqlite":
        """Open the file, making it if it isn't there; raises OperatorError when that can't be done."""
        path = Path(name)
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # it holds the bot's access token
            with sqlite_told(path):
                writer = await _connect(name)
        except (OSError, sqlite3.Error) as error:
            raise OperatorError(f"the database {path} can't be opened: {error}") from error
        reader = None
        try:
            connection = SqliteConnection(writer, path)
            await _expect_sound(connection, path)
            if not await _is_current(connection):
                async with _begun(writer, path):
                    await migrate(connection)
            reader = await _connect(name)
            await reader.execute("PRAGMA query_only = ON")
        except BaseException as error:
            await writer.close()
            if reader:
                await reader.close()
            if isinstance(error, sqlite3.Error):
                raise OperatorError(f"the database {path} can't be used: {error}") from error
            raise
        return cls(path, writer, reader)

    @classmethod
    async def open_for_reading(cls, name: str) -> "Sqlite":
        """Open the file without changing it; one that isn't there is an empty register."""
        path = Path(name)
        if not path.exists():
            return await cls._empty()
        uri = f"file:{quote(str(path.absolute()))}?mode=ro"
        try:
            with sqlite_told(path):
                reader = await _connect(uri, ("PRAGMA busy_timeout = 30000", "PRAGMA schema_version"))
        except sqlite3.Error as error:
            raise OperatorError(f"the database {path} can't be opened: {error}") from error
        try:
            current = await _is_current(SqliteConnection(reader, path))
        except BaseException:
            await reader.close()
            raise
        if not current:
            await reader.close()
            raise OperatorError(f"the database {path} is not this townclerk's, or of another version of it")
        return cls(path, reader, reader)

    @classmethod
    async def _empty(cls) -> "Sqlite":
        """A database in memory with nothing in it."""
        raw, path = await _connect(":memory:", ()), Path(":memory:")
        async with _begun(raw, path):
            await migrate(SqliteConnection(raw, path))
        return cls(path, raw, raw)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One writer at a time; without the lock concurrent handlers undo each other (RELIABILITY.md, 2a)."""
        async with self._writing, _begun(self._writer, self.path):
            yield SqliteConnection(self._writer, self.path)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A consistent view that takes no write lock."""
        async with self._reading:
            try:
                await self._reader.execute("BEGIN")  # if cancelled here, it began all the same
                yield SqliteConnection(self._reader, self.path)
            finally:
                await self._reader.rollback()

    async def acquire(self, holder: str) -> bool:
        """An OS lock on a file beside the database: freed with the process, so a start after SIGKILL succeeds."""
        lock_name = f"{self.path.resolve()}.lock"  # one lock for the file, by whatever name it is opened
        try:
            lock_file = await asyncio.to_thread(open, lock_name, "w", encoding="utf-8")
        except OSError as error:
            raise StoreError(f"the database's lock {lock_name} can't be made: {error.strerror}") from error
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock_file.close()
            return False
        self._lock_file = lock_file
        return True

    async def renew(self, holder: str) -> bool:
        """The OS keeps the lock as long as the process lives."""
        return self._lock_file is not None

    async def release(self, holder: str) -> None:
        """Let go of the lock."""
        if self._lock_file:
            self._lock_file.close()
            self._lock_file = None

    async def close(self) -> None:
        """Close both connections."""
        await self.release("")
        await self._reader.close()
        if self._writer is not self._reader:
            await self._writer.close()


async def _connect(name: str, pragmas: Sequence[str] = _PRAGMAS) -> aiosqlite.Connection:
    uri = name.startswith("file:")
    await asyncio.to_thread(_try, name, uri)
    raw = await aiosqlite.connect(name, isolation_level=None, uri=uri)
    raw.row_factory = sqlite3.Row
    try:
        for pragma in pragmas:
            await raw.execute(pragma)
    except BaseException:
        await raw.close()
        raise
    return raw


def _try(name: str, uri: bool) -> None:
    """Fails where aiosqlite would, whose failed connection leaves a thread behind it that outlives the loop."""
    sqlite3.connect(name, uri=uri).close()


async def _is_current(connection: Connection) -> bool:
    """Asked first, so that opening an up-to-date database writes nothing."""
    try:
        return await version_is_current(connection)
    except sqlite3.OperationalError:
        return False


async def _expect_sound(connection: SqliteConnection, path: Path) -> None:
    """Looked at page by page before anything is written: a damaged file would only be damaged further."""
    row = await connection.fetch_one("PRAGMA quick_check(1)")
    if row and row["quick_check"] != "ok":
        raise StoreError(f"the database {path} failed ({row['quick_check']}); {DAMAGED}")


@asynccontextmanager
async def _begun(raw: aiosqlite.Connection, path: Path) -> AsyncIterator[None]:
    try:
        with sqlite_told(path):
            await raw.execute("BEGIN IMMEDIATE")  # if cancelled here, it began all the same
        yield
        with sqlite_told(path):
            await raw.commit()
    except BaseException:
        await raw.rollback()
        raise
