"""The instant, the rooms and the people of the store's tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.store.database import Database, open_database
from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.store.outbox import Post, Ready

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATEST = datetime(9999, 12, 31, tzinfo=UTC)
ROOM, OTHER = "!room:example.org", "!other:example.org"
ANA, BEA = "@ana:example.org", "@bea:example.org"


def arrival(event_id: str, place: int = 0, room: str = ROOM, state: str = "new", **words: Any) -> Arrival:
    """An event of Ana's."""
    return Arrival(event_id, room, ANA, state, place, words or {"kind": "heard", "text": "words"})


def post(op_id: str, text: str = "hello", room: str = ROOM, **more: Any) -> Post:
    """A message to be sent."""
    return Post(op_id, room, "message", {"body": text}, **more)


def card(text: str, op_id: str = "card:1", **more: Any) -> Post:
    """The card, as it should be now."""
    return post(op_id, text, card=True, **more)


async def tried(memory: Memory, op_id: str, now: datetime = NOW) -> None:
    """The homeserver may have it."""
    row = await memory.connection.fetch_one("SELECT seq FROM outbox WHERE op_id = $1", op_id)
    assert row is not None
    await memory.outbox.take([row["seq"]], now)


async def leave(memory: Memory, op_id: str, event_id: str | None = None) -> None:
    """The message goes out and the homeserver has it."""
    await tried(memory, op_id)
    await memory.outbox.sent(op_id, event_id or f"${op_id}")


async def first(memory: Memory, room: str = ROOM, now: datetime = LATEST) -> Ready | None:
    """What this room is told next; it isn't taken."""
    for head in await memory.outbox.heads(now):
        if head.lane == room and head.oldest:
            [row] = await memory.outbox.take([head.oldest], now)
            await memory.outbox.untried(row.op_id)
            return row
    return None


async def still_to_send(memory: Memory, room: str = ROOM) -> list[str]:
    """The room's op ids in the order in which they would go out; all are gone afterwards."""
    left = []
    while row := await first(memory, room):
        left.append(row.op_id)
        await leave(memory, row.op_id)
    return left


@asynccontextmanager
async def opened(url: str, opening: Callable[[str], Awaitable[Database]] = open_database) -> AsyncIterator[Database]:
    """The database, closed again even if the test fails: left open, its thread would keep the process alive."""
    database = await opening(url)
    try:
        yield database
    finally:
        await database.close()
