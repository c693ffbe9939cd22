"""The port to the database: one dialect, two engines, one writer at a time."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any, Protocol

from bot.errors import OperatorError
from bot.failpoints import reach

Row = Mapping[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Connection(Protocol):
    """One transaction's view. Parameters are written `$1`, `$2`, … on both engines."""

    @property
    def dialect(self) -> str:
        """The engine, "sqlite" or "postgres", for the little in which they can't read one dialect."""

    async def fetch(self, sql: str, *values: object) -> Sequence[Row]:
        """All rows."""

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """The first row, if there is one."""

    async def execute(self, sql: str, *values: object) -> int:
        """The number of rows it changed."""

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """The same statement once for each row."""

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """What is done inside is undone alone if an exception leaves it."""


class Database(Protocol):
    """An engine."""

    def transaction(self) -> AbstractAsyncContextManager[Connection]:
        """One writer at a time; commits on leaving, rolls back if an exception leaves it.

        Raises LeaseLost if another process has taken over meanwhile.
        """

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """A consistent view that takes no write lock; writing through it fails."""

    async def acquire(self, holder: str) -> bool:
        """Become the one process that may sync, fire timers and send; False if another one is."""

    async def renew(self, holder: str) -> bool:
        """Stay it; False if another process has taken over."""

    async def release(self, holder: str) -> None:
        """Let go, so that the next can start at once."""

    async def close(self) -> None:
        """Close all connections."""


class LeaseLost(Exception):
    """Another process has taken over: nothing of this transaction was written."""


def micros(at: datetime) -> int:
    """How the database keeps an instant: microseconds since 1970, UTC."""
    return (at - EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """The instant behind the number, in UTC."""
    return EPOCH + timedelta(microseconds=value)


def dumps(value: object) -> str:
    """JSON as the database keeps it: in ASCII, since neither engine keeps half a surrogate pair, nor one a NUL."""
    return json.dumps(value, separators=(",", ":"))


def migrations(dialect: str) -> list[tuple[int, str]]:
    """The numbered scripts for this engine, in order; a script is never edited once released.

    A script is for both engines, unless its name ends in `.sqlite.sql` or `.postgres.sql`.
    """
    folder = resources.files("bot.store") / "migrations"
    scripts = [f for f in folder.iterdir() if f.name.endswith(".sql")]
    return sorted((int(f.name[:4]), f.read_text("utf-8")) for f in scripts if engine_of(f.name) in ("", dialect))


def engine_of(script: str) -> str:
    """The engine that the script of this name is for; empty if it is for both."""
    return script.removesuffix(".sql").partition(".")[2]


def statements(script: str) -> list[str]:
    """A script's single statements: none of ours has a semicolon inside."""
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("--")]
    return [s.strip() for s in "\n".join(lines).split(";") if s.strip()]


async def migrate(connection: Connection) -> None:
    """Bring the database to this program's version, in the caller's transaction.

    Raises OperatorError on a database newer than the program.
    """
    await connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)")
    row = await connection.fetch_one("SELECT COALESCE(MAX(version), 0) AS version FROM schema_version")
    current = int(row["version"]) if row else 0
    scripts = migrations(connection.dialect)
    if current > scripts[-1][0]:
        raise OperatorError(
            f"the database is at version {current}, this townclerk knows only {scripts[-1][0]}: "
            "install the newer townclerk again, or restore the backup made before the upgrade"
        )
    for number, script in scripts:
        if number > current:
            for statement in statements(script):
                await connection.execute(statement)
                reach("migration.begun")
            await connection.execute("INSERT INTO schema_version (version) VALUES ($1)", number)


async def version_is_current(connection: Connection) -> bool:
    """Whether nothing is left to migrate; asks without writing."""
    row = await connection.fetch_one("SELECT MAX(version) AS version FROM schema_version")
    return row is not None and row["version"] == migrations(connection.dialect)[-1][0]


async def open_for_reading(url: str) -> Database:
    """Open the database behind the URL to read alone: nothing is made, migrated or locked.

    Raises OperatorError if it isn't there or isn't up to date.
    """
    if url.startswith("sqlite:///"):
        from bot.store.sqlite import Sqlite

        return await Sqlite.open_for_reading(url.removeprefix("sqlite:///"))
    from bot.store.postgres import Postgres

    return await Postgres.open_for_reading(url)


async def open_database(url: str) -> Database:
    """Open (and bring up to date) the database behind `sqlite:///file` or `postgresql://…`.

    Raises OperatorError when it can't be opened, in one clear line.
    """
    if url.startswith("sqlite:///"):
        from bot.store.sqlite import Sqlite  # the engines import this port; the driver of the other isn't needed

        return await Sqlite.open(url.removeprefix("sqlite:///"))
    if url.startswith(("postgresql://", "postgres://")):
        from bot.store.postgres import Postgres

        return await Postgres.open(url)
    raise OperatorError(
        "[database] url: this is no database townclerk knows; "
        "write sqlite:///townclerk.db or postgresql://user@host/name"
    )
