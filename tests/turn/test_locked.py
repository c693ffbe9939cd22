"""A message that couldn't be read: its key is asked for, and its people are told once if that doesn't help."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.memory import Memory
from bot.store.rooms import Room
from bot.turn.locked import OLD, PATIENCE, Locked
from bot.turn.signals import Signals
from tests.dialogue import Dialogue, dialogue
from tests.store.samples import NOW, OTHER, ROOM, arrival


@dataclass
class Watch:
    """The loop over a dialogue's database."""

    talk: Dialogue
    locked: Locked

    async def comes(self, event_id: str, room_id: str = ROOM, at: datetime = NOW) -> None:
        """Something that can't be read."""
        async with self.talk.database.transaction() as connection:
            inbox = Memory(connection).inbox
            event = arrival(event_id, state="locked")
            await inbox.add(await inbox.new_batch(), [event.__class__(
                event_id, room_id, event.sender, "locked", 0, {"event_id": event_id})], at)  # fmt: skip

    async def told(self, now: datetime) -> list[tuple[str, str]]:
        """In which rooms it was said, and in reply to what."""
        await self.locked.look(now)
        await self.talk.settle()
        said = [one for one in self.talk.chat.said if "couldn't read this message" in one.body]
        return [(one.room_id, one.content["m.relates_to"]["m.in_reply_to"]["event_id"]) for one in said]


@pytest_asyncio.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """Two rooms."""
    async with dialogue(tmp_path, {"help": {}}) as talk:
        async with talk.database.transaction() as connection:
            rooms = Memory(connection).rooms
            for room_id in (ROOM, OTHER):
                await rooms.keep(Room(room_id, "join", members=9, named=True))
        talk.now = NOW + timedelta(days=9)
        yield Watch(talk, Locked(talk.database, talk.chat, talk.router.keeper, talk.router.community,
                                 lambda: NOW, Signals()))  # fmt: skip


async def test_the_key_is_asked_for_at_once_and_the_person_told_after_two_minutes(watch: Watch) -> None:
    await watch.comes("$1")
    assert await watch.told(NOW) == []
    assert watch.talk.chat.keys_asked == [(ROOM, "$1")]
    assert await watch.told(NOW + PATIENCE - timedelta(seconds=1)) == []
    assert await watch.told(NOW + PATIENCE) == [(ROOM, "$1")]


async def test_it_is_said_once_for_each_room_and_day(watch: Watch) -> None:
    for number in range(3):
        await watch.comes(f"$a{number}", at=NOW + timedelta(seconds=number))
    await watch.comes("$b", OTHER, at=NOW + timedelta(seconds=9))
    expected = [(ROOM, "$a0"), (OTHER, "$b")]
    assert await watch.told(NOW + 2 * PATIENCE) == expected
    assert await watch.told(NOW + 3 * PATIENCE) == expected
    tomorrow = NOW + timedelta(days=1)
    await watch.comes("$tomorrow", at=tomorrow)
    assert await watch.told(tomorrow + PATIENCE) == [*expected, (ROOM, "$tomorrow")]


async def test_it_isnt_said_when_the_key_came(watch: Watch) -> None:
    await watch.comes("$1")
    async with watch.talk.database.transaction() as connection:
        await Memory(connection).inbox.unlock("$1", {"kind": "allowed"})
    assert await watch.told(NOW + PATIENCE) == []


@pytest.mark.parametrize("room", [Room(ROOM, "leave"), Room(ROOM, "join", may_send=False)])
async def test_it_isnt_said_where_the_bot_may_not_speak(watch: Watch, room: Room) -> None:
    await watch.comes("$1")
    async with watch.talk.database.transaction() as connection:
        await Memory(connection).rooms.keep(room)
    assert await watch.told(NOW + PATIENCE) == []


async def test_after_a_day_nobody_waits_for_it(watch: Watch) -> None:
    await watch.comes("$1")
    assert await watch.told(NOW + OLD + timedelta(seconds=1)) == []
    assert watch.talk.chat.keys_asked == []
