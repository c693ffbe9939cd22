"""A database that fails in the middle of a handler, or of a timer, is not the handler's failure."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.errors import StoreError
from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.store.sqlite import Sqlite
from tests.dialogue import ANA, ROOM, Dialogue, dialogue

LONG = "x" * 9000  # more than two pages: a handler that says it needs room of its own
FREE = 1_000_000  # pages


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """A conversation with the probe."""
    async with dialogue(tmp_path, {"probe": {"module": "tests.turn.probe"}}) as talk:
        yield talk


async def pages(talk: Dialogue, most: int | None = None) -> None:
    """Let the database grow to `most` pages; no further than it is without."""
    assert isinstance(talk.database, Sqlite)
    async with talk.database.transaction() as connection:
        row = await connection.fetch_one("PRAGMA page_count")
    assert row
    talk.database._writer.inner.execute(f"PRAGMA max_page_count = {most or row['page_count']}")


async def test_on_a_full_disk_an_event_counts_as_neither_done_nor_failed(talk: Dialogue) -> None:
    async with talk.database.transaction() as connection:
        heard = {"kind": "heard", "text": f"say {LONG}", "addressed": True, "thread": None, "reply_to": None}
        await Memory(connection).inbox.add(1, [Arrival("$asked", ROOM, ANA, "new", 0, heard)], talk.now)
    await pages(talk)
    with pytest.raises(StoreError, match=r"the disk is full: make room, then start townclerk again: nothing is lost"):
        await talk.settle()
    async with talk.database.reading() as connection:
        assert await connection.fetch("SELECT * FROM handled") == []
        assert [w.event_id for w in await Memory(connection).inbox.waiting(5)] == ["$asked"]
    await pages(talk, FREE)
    await talk.settle()
    assert [said.op_id for said in talk.said] == [f"probe:{LONG}"]
