"""What may have been said already isn't said before its room was searched."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.gaps import Gap
from bot.store.memory import Memory
from bot.store.rooms import Room
from bot.turn.say import Say
from bot.turn.signals import HELD, Signals
from tests.dialogue import FakeChat
from tests.store.samples import ANA, DAY, MINUTE, NOW, OTHER, ROOM, opened, post, tried
from tests.templates import lay_out


@dataclass
class Scene:
    """A loop that speaks, and the rooms it speaks in."""

    database: Database
    chat: FakeChat
    now: datetime = NOW

    async def speak(self) -> list[str]:
        """Where something was said, once all was said that may be."""
        await Say(self.database, self.chat, lambda: self.now, Signals()).settle()
        return [said.room_id for said in self.chat.said]


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """Something is to be said in two rooms and to a person."""
    await lay_out(folder / "say.db")
    async with opened(f"sqlite:///{folder / 'say.db'}") as database:
        async with database.transaction() as connection:
            memory = Memory(connection)
            for number, room in enumerate([ROOM, OTHER, ANA]):
                await memory.outbox.add(post(f"op{number}", room=room), NOW)
            for room in (ROOM, OTHER):
                await memory.rooms.keep(Room(room, "join"))
                await memory.gaps.searched(room, NOW)
        yield Scene(database, FakeChat())


async def test_nothing_is_said_into_a_room_that_is_searched_nor_to_a_person_who_may_be_in_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        async with it.database.transaction() as connection:
            await Memory(connection).gaps.open(Gap(ROOM, 1), NOW)
        assert await it.speak() == [OTHER]
        async with it.database.transaction() as connection:
            await Memory(connection).gaps.close(Gap(ROOM, 1), NOW)
        assert sorted(await it.speak()) == sorted([OTHER, ROOM, ANA])


async def test_but_not_for_ever(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        async with it.database.transaction() as connection:
            await Memory(connection).gaps.open(Gap(ROOM, 1), NOW)
        it.now += HELD + MINUTE
        assert len(await it.speak()) == 3


async def test_nor_for_hole_after_hole(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        say = Say(it.database, it.chat, lambda: it.now, Signals())
        for batch in range(1, 12):
            async with it.database.transaction() as connection:
                gaps = Memory(connection).gaps
                await gaps.open(Gap(ROOM, batch + 1), it.now)
                await gaps.close(Gap(ROOM, batch), it.now)
            await say.settle()
            assert [said.room_id for said in it.chat.said][:1] == [OTHER]
            assert len(it.chat.said) == (1 if batch <= 10 else 3)
            it.now += MINUTE


@pytest.mark.parametrize("again", [False, True])
async def test_what_was_tried_yesterday_waits_for_a_search_however_often_it_is_asked(
    tmp_path: Path, again: bool
) -> None:
    async with scene(tmp_path) as it:
        async with it.database.transaction() as connection:
            memory = Memory(connection)
            await tried(memory, "op0")
        it.now += DAY
        for _ in range(2 if again else 1):
            assert ROOM not in await it.speak()
        async with it.database.transaction() as connection:
            memory = Memory(connection)
            (gap,) = await memory.gaps.due(it.now)
            assert gap.room_id == ROOM
            await memory.gaps.close(gap, it.now)
        assert ROOM in await it.speak()
