"""The embedded engine: SQLite in one file, one writer behind one lock, freed with the process."""

import asyncio
import fcntl
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote

from bot.errors import OperatorError, StoreError
from bot.store.database import Connection, Row, migrate, version_is_current
from bot.store.failures import DAMAGED, sqlite_told
from bot.store.opened import Opened, connect

SMALL = 50_000_000  # bytes, looked through in half a second; a gigabyte takes six to forty
LONGEST_WAIT, LOOK_AGAIN = 30.0, 0.02  # seconds, for the turn to write


def _named(values: Sequence[object]) -> dict[str, object]:
    """SQLite reads `$1` as a parameter named "1"; numbered, so that both engines read one dialect."""
    return {str(number): value for number, value in enumerate(values, start=1)}


class SqliteConnection:
    """One open connection seen through the port."""

    dialect = "sqlite"

    def __init__(self, opened: Opened) -> None:
        self._raw = opened.inner
        self._path = opened.path
        self._depth = 0

    async def fetch(self, sql: str, *values: object) -> Sequence[Row]:
        """All rows."""
        with sqlite_told(self._path):
            return cast(Sequence[Row], self._raw.execute(sql, _named(values)).fetchall())

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """The first row, if there is one."""
        rows = await self.fetch(sql, *values)
        return rows[0] if rows else None

    async def execute(self, sql: str, *values: object) -> int:
        """The number of rows it changed."""
        with sqlite_told(self._path):
            return self._raw.execute(sql, _named(values)).rowcount

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """The same statement once for each row."""
        with sqlite_told(self._path):
            self._raw.executemany(sql, [_named(values) for values in rows])

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

    def __init__(self, path: Path, writer: Opened, reader: Opened) -> None:
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
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # it holds the bot's access token
            doubtful = _is_doubtful(path)
            with sqlite_told(path):
                writer = await connect(name, path)
        except (OSError, sqlite3.Error) as error:
            raise OperatorError(f"the database {path} can't be opened: {error}") from error
        reader = None
        try:
            writer.inner.execute("PRAGMA busy_timeout = 0")  # who waits for the turn to write waits beside the loop
            if doubtful:
                await _expect_sound(writer)
            connection = SqliteConnection(writer)
            if not await _is_current(connection):
                async with _begun(writer):
                    await migrate(connection)
            reader = await connect(name, path)
            reader.inner.execute("PRAGMA query_only = ON")
        except BaseException as error:
            await writer.outer.close()
            if reader:
                await reader.outer.close()
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
                reader = await connect(uri, path, ("PRAGMA busy_timeout = 30000", "PRAGMA schema_version"))
        except sqlite3.Error as error:
            raise OperatorError(f"the database {path} can't be opened: {error}") from error
        try:
            current = await _is_current(SqliteConnection(reader))
        except BaseException:
            await reader.outer.close()
            raise
        if not current:
            await reader.outer.close()
            raise OperatorError(f"the database {path} is not this townclerk's, or of another version of it")
        return cls(path, reader, reader)

    @classmethod
    async def _empty(cls) -> "Sqlite":
        """A database in memory with nothing in it."""
        path = Path(":memory:")
        opened = await connect(":memory:", path, ())
        async with _begun(opened):
            await migrate(SqliteConnection(opened))
        return cls(path, opened, opened)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One writer at a time; without the lock concurrent handlers undo each other (RELIABILITY.md, 2a)."""
        async with self._writing, _begun(self._writer):
            yield SqliteConnection(self._writer)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A consistent view that takes no write lock."""
        async with self._reading:
            try:
                self._reader.inner.execute("BEGIN")
                yield SqliteConnection(self._reader)
            finally:
                self._reader.inner.rollback()

    async def acquire(self, holder: str) -> bool:
        """An OS lock on a file beside the database: freed with the process, so a start after SIGKILL succeeds."""
        lock_name = f"{self.path.resolve()}.lock"  # one lock for the file, by whatever name it is opened
        try:
            lock_file = await asyncio.to_thread(open, lock_name, "w", encoding="utf-8", opener=_privately)
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
        await self._reader.outer.close()
        if self._writer is not self._reader:
            await self._writer.outer.close()


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)  # who may open it could hold the lock


async def _is_current(connection: Connection) -> bool:
    """Asked first, so that opening an up-to-date database writes nothing."""
    try:
        return await version_is_current(connection)
    except sqlite3.OperationalError:
        return False


def _is_doubtful(path: Path) -> bool:
    """Whether it is worth the time to look at each page: always in a small file; in a large one after an end that
    wasn't clean, which leaves the log of what was written beside it.
    """
    real = path.resolve()
    return real.stat().st_size <= SMALL or real.with_name(f"{real.name}-wal").exists()


async def _expect_sound(opened: Opened) -> None:
    """Looked at before anything is written: a damaged file would only be damaged further."""
    with sqlite_told(opened.path):
        (found,) = [row["quick_check"] for row in await opened.outer.execute_fetchall("PRAGMA quick_check(1)")]
    if found != "ok":
        raise StoreError(f"the database {opened.path} failed ({found}); {DAMAGED}")


async def _begin(opened: Opened) -> None:
    """Where another process is writing, its turn is waited for; else there is nothing to wait for."""
    until = time.monotonic() + LONGEST_WAIT
    while True:
        try:
            opened.inner.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        await asyncio.sleep(LOOK_AGAIN)


@asynccontextmanager
async def _begun(opened: Opened) -> AsyncIterator[None]:
    try:
        with sqlite_told(opened.path):
            await _begin(opened)
        yield
        with sqlite_told(opened.path):
            await opened.outer.commit()
    except BaseException:
        await opened.outer.rollback()
        raise
