"""When SQLite itself fails, not what was asked of it: one clear line for the operator."""

import sqlite3
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


class sqlite_told:
    """Raises StoreError in place of what sqlite3 says when the file or its disk is at fault.

    A class, since it is around every statement: `contextmanager` costs half as much as a small statement itself.
    """

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, sqlite3.Error):
            return
        told = _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if told is not None:
            raise StoreError(f"the database {self._path} failed ({error}); {told}") from error
