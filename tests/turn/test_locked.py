"""A message that couldn't be read: its key is asked for, and its people are told once if that doesn't help."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.store.inbox import Arrival, Inbox
from bot.store.memory import Memory
from bot.store.rooms import Room
from bot.turn.locked import OLD, PATIENCE, Locked
from bot.turn.signals import Signals
from tests.dialogue import Dialogue, dialogue
from tests.store.samples import ANA, NOW, OTHER, ROOM


@dataclass
class Watch:
    """The loop over a dialogue's database."""

    talk: Dialogue
    locked: Locked

    async def comes(self, event_id: str, room_id: str = ROOM, at: datetime = NOW, session_id: str = "one") -> None:
        """Something that can't be read."""
        async with self.talk.database.transaction() as connection:
            inbox = Memory(connection).inbox
            raw = {"event_id": event_id, "sender": ANA, "content": {"session_id": session_id}}
            event = Arrival(event_id, room_id, ANA, "locked", 0, raw, session_id)
            await inbox.add(await inbox.new_batch(), [event], at)

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
    assert watch.talk.chat.keys_asked == [(ANA, "one")]
    assert await watch.told(NOW + PATIENCE - timedelta(seconds=1)) == []
    assert await watch.told(NOW + PATIENCE) == [(ROOM, "$1")]


async def test_only_what_is_to_be_asked_is_taken_out_of_the_database(watch: Watch) -> None:
    for number in range(5):
        await watch.comes(f"$a{number}")
    await watch.comes("$b", session_id="other")
    taken: list[str] = []
    encrypted = Inbox.encrypted

    async def counted(inbox: Inbox, event_id: str) -> dict[str, Any] | None:
        taken.append(event_id)
        return await encrypted(inbox, event_id)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Inbox, "encrypted", counted)
        for _ in range(3):
            await watch.told(NOW)
    assert taken == ["$a0", "$b"]
    assert watch.talk.chat.keys_asked == [(ANA, "one"), (ANA, "other")]


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
