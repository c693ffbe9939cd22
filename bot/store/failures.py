"""When SQLite itself fails, not what was asked of it: one clear line for the operator."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
