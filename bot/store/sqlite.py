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

from bot.errors import OperatorError
from bot.store.database import Connection, Row, migrate, version_is_current

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL can lose the last commits on a power cut (RELIABILITY.md, 2a)
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
)


def _named(values: Sequence[object]) -> dict[str, object]:
    """SQLite reads `$1` as a parameter named "1"; numbered, so that both engines read one dialect."""
    return {str(number): value for number, value in enumerate(values, start=1)}


class Opened:
    """An aiosqlite connection and the sqlite3 connection in it.

    What may wait for the disk or for a lock (to open, to begin to write, to commit) is aiosqlite's thread's. A single
    statement of ours takes microseconds, less than the way to a thread and back: those are run where they are asked
    for. Never both at once: a transaction awaits its own commit, and holds the lock until then.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._inner: sqlite3.Connection | None = None
        self.outer = aiosqlite.Connection(self._connect, iter_chunk_size=64)

    def _connect(self) -> sqlite3.Connection:
        uri = self._name.startswith("file:")
        self._inner = sqlite3.connect(self._name, isolation_level=None, uri=uri, check_same_thread=False)
        self._inner.row_factory = sqlite3.Row
        return self._inner

    @property
    def inner(self) -> sqlite3.Connection:
        """The connection itself, once it is open."""
        assert self._inner is not None
        return self._inner


class SqliteConnection:
    """One open connection seen through the port."""

    dialect = "sqlite"

    def __init__(self, opened: Opened) -> None:
        self._raw = opened.inner
        self._depth = 0

    async def fetch(self, sql: str, *values: object) -> Sequence[Row]:
        """All rows."""
        return cast(Sequence[Row], self._raw.execute(sql, _named(values)).fetchall())

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """The first row, if there is one."""
        rows = await self.fetch(sql, *values)
        return rows[0] if rows else None

    async def execute(self, sql: str, *values: object) -> int:
        """The number of rows it changed."""
        return self._raw.execute(sql, _named(values)).rowcount

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """The same statement once for each row."""
        self._raw.executemany(sql, [_named(values) for values in rows])

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What is done inside is undone alone if an exception leaves it."""
        self._depth += 1
        name = f"s{self._depth}"
        await self.execute(f"SAVEPOINT {name}")
        try:
            yield
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
            writer = await _connect(name)
        except (OSError, sqlite3.Error) as error:
            raise OperatorError(f"the database {path} can't be opened: {error}") from error
        reader = None
        try:
            connection = SqliteConnection(writer)
            if not await _is_current(connection):
                async with _begun(writer):
                    await migrate(connection)
            reader = await _connect(name)
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
            reader = await _connect(uri, ("PRAGMA busy_timeout = 30000", "PRAGMA schema_version"))
        except sqlite3.Error as error:
            raise OperatorError(f"the database {path} can't be opened: {error}") from error
        if not await _is_current(SqliteConnection(reader)):
            await reader.outer.close()
            raise OperatorError(f"the database {path} is not this townclerk's, or of another version of it")
        return cls(path, reader, reader)

    @classmethod
    async def _empty(cls) -> "Sqlite":
        """A database in memory with nothing in it."""
        raw = await _connect(":memory:", ())
        async with _begun(raw):
            await migrate(SqliteConnection(raw))
        return cls(Path(":memory:"), raw, raw)

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
        lock_file = await asyncio.to_thread(open, lock_name, "w", encoding="utf-8", opener=_privately)
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


async def _connect(name: str, pragmas: Sequence[str] = _PRAGMAS) -> Opened:
    await asyncio.to_thread(_try, name, name.startswith("file:"))
    opened = Opened(name)
    await opened.outer
    try:
        for pragma in pragmas:
            await opened.outer.execute_fetchall(pragma)  # to the end: an open cursor would keep its view for ever
    except BaseException:
        await opened.outer.close()
        raise
    return opened


def _try(name: str, uri: bool) -> None:
    """Fails where aiosqlite would, whose failed connection leaves a thread behind it that outlives the loop."""
    sqlite3.connect(name, uri=uri).close()


async def _is_current(connection: Connection) -> bool:
    """Asked first, so that opening an up-to-date database writes nothing."""
    try:
        return await version_is_current(connection)
    except sqlite3.OperationalError:
        return False


@asynccontextmanager
async def _begun(opened: Opened) -> AsyncIterator[None]:
    try:
        await opened.outer.execute("BEGIN IMMEDIATE")  # if cancelled here, it began all the same
        yield
    except BaseException:
        await opened.outer.rollback()
        raise
    else:
        await opened.outer.commit()
