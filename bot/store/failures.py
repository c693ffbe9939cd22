"""When a database itself fails, not what was asked of it: one clear line for the operator, whichever engine it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from bot.errors import StoreError

DAMAGED = (
    "it is damaged: put the newest backup in its place, with the crypto folder of the same time, and start "
    "townclerk again; what was said since is read again from the homeserver"
)
AGAIN = "then start townclerk again: nothing is lost"

# By SQLite's primary result code; every other code is the fault of whoever asked.
_SQLITE = {
    sqlite3.SQLITE_FULL: f"the disk is full: make room, {AGAIN}",
    sqlite3.SQLITE_IOERR: f"the disk fails: see to it, {AGAIN}",
    sqlite3.SQLITE_READONLY: f"it can't be written: let townclerk write the file and its folder, {AGAIN}",
    sqlite3.SQLITE_CANTOPEN: f"it can't be opened: let townclerk read and write the file and its folder, {AGAIN}",
    sqlite3.SQLITE_BUSY: f"another program keeps it locked: end that one, {AGAIN}",
    sqlite3.SQLITE_NOMEM: f"there is no memory left: give townclerk more, {AGAIN}",
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}

# SQLSTATE classes: connection (08), resources (53: disk full), intervention (57: shutdown), system (58), internal (XX).
_POSTGRES = ("08", "53", "57P", "58", "XX")
_OTHERS = ("25006", "25P03")  # a server that became a standby; cut off because we stood still in a transaction


@contextmanager
def sqlite_told(path: Path) -> Iterator[None]:
    """Raises StoreError in place of what sqlite3 says when the file or its disk is at fault."""
    try:
        yield
    except sqlite3.Error as error:
        told = _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if told is None:
            raise
        raise StoreError(f"the database {path} failed ({error}); {told}") from error


@contextmanager
def postgres_told() -> Iterator[None]:
    """Raises StoreError in place of what asyncpg says when the server, or the way to it, is at fault."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        if not _is_the_servers(error):
            raise
        raise postgres_failure(error) from error


def postgres_failure(error: Exception) -> StoreError:
    """The line for whatever became of PostgreSQL."""
    return StoreError(f"the PostgreSQL database failed ({told(error)}); see to it, {AGAIN}")


def told(error: Exception) -> str:
    """Why, without the rows that the server puts into DETAIL, and without pieces of an address that was misread."""
    if isinstance(error, ValueError):  # asyncpg's configuration errors, too
        return "[database] url can't be read; in its password write / ? # @ : % as %2F %3F %23 %40 %3A %25"
    if isinstance(error, asyncpg.PostgresError) and error.args:
        return str(error.args[0])
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _is_the_servers(error: Exception) -> bool:
    state = getattr(error, "sqlstate", None)
    if state is None:  # asyncpg's own: a connection closed or half closed, but not an argument of a wrong type
        return not isinstance(error, ValueError)
    return str(state).startswith(_POSTGRES) or state in _OTHERS
