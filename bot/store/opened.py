"""A SQLite file, opened: the connection that may wait, in a thread of its own, and the one in it that needn't."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import aiosqlite

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL can lose the last commits on a power cut (RELIABILITY.md, 2a)
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
    "PRAGMA secure_delete = ON",  # what was dropped is overwritten; the default is the builder's of SQLite
)


class Opened:
    """An aiosqlite connection and the sqlite3 connection in it.

    What may wait for the disk (to open, to commit) is aiosqlite's thread's. A single
    statement of ours takes microseconds, less than the way to a thread and back: those are run where they are asked
    for. Never both at once: a transaction awaits its own commit, and holds the lock until then.
    """

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self.path = path
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


async def connect(name: str, path: Path, pragmas: Sequence[str] = _PRAGMAS) -> Opened:
    """Open it and say how it is to be used."""
    await asyncio.to_thread(_try, name, name.startswith("file:"))
    opened = Opened(name, path)
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
