"""A room's upgrade is followed when both ends agree, whichever is heard of first; once; and a lie isn't."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest_asyncio

from bot.actions import Priority
from bot.store.memory import Memory
from bot.store.rooms import Account
from bot.turn.chat import Incoming, Invitation, News, RoomNews
from bot.turn.door import Door
from bot.turn.hear import Hear
from bot.turn.signals import Signals
from bot.turn.upgrades import MOST_A_DAY
from tests.dialogue import ANA, CLERK, ROOM, Dialogue, dialogue
from tests.store.samples import DAY, OTHER

NEW, EVIL = "!new:example.org", "!evil:example.net"


@dataclass
class Upgrades:
    """The bot, told what the homeserver says of rooms."""

    talk: Dialogue
    number: int = 0

    async def hear(self, *rooms: RoomNews, since: str | None = "s", **more: Any) -> None:
        """A sync response, and all that follows."""
        self.number += 1
        door = Door(self.talk.chat, ["*"])
        hear = Hear(self.talk.database, self.talk.chat, CLERK, door, lambda: self.talk.now, Signals(), lambda: 0.0)
        await hear.save(News(f"s{self.number}", rooms, **more), since, self.talk.now)
        await self.talk.settle()

    async def tombstone(self, room: str = ROOM, successor: str = NEW, event_id: str = "$tomb") -> None:
        """The room is said to go on elsewhere."""
        content = {"kind": "replaced", "successor": successor, "via": ["example.org"]}
        await self.hear(RoomNews(room, [Incoming(event_id, ANA, "new", content)]))

    async def entered(self, room: str = NEW, predecessor: str = ROOM) -> None:
        """The bot sees a room it has come into."""
        joined = Incoming(f"$join{room}{self.number}", CLERK, "own")
        await self.hear(RoomNews(room, [joined], entered=0, members=5, named=True, predecessor=predecessor))

    @property
    def moved(self) -> list[str]:
        """The rooms in which the plugin was told that they were moved to."""
        return [said.room_id for said in self.talk.said if said.body == "moved here"]

    async def now(self, room: str = ROOM) -> str:
        """Where the room goes on."""
        async with self.talk.database.reading() as connection:
            return await Memory(connection).rooms.now(room)

    async def lost_sight_of(self) -> list[tuple[str, str]]:
        """The upgraded rooms whose successors the bot isn't in."""
        async with self.talk.database.reading() as connection:
            return await Memory(connection).rooms.lost_sight_of()

    async def left(self) -> list[str]:
        """The rooms the bot asked to leave."""
        async with self.talk.database.reading() as connection:
            rows = await connection.fetch("SELECT room_id, priority FROM outbox WHERE kind = 'leave'")
        assert all(row["priority"] == Priority.LEAVING for row in rows)
        return [str(row["room_id"]) for row in rows]


@pytest_asyncio.fixture
async def upgrades(tmp_path: Path) -> AsyncIterator[Upgrades]:
    async with dialogue(tmp_path, {"probe": {"module": "tests.turn.probe"}}) as talk:
        async with talk.database.transaction() as connection:
            await Memory(connection).rooms.keep_account(Account(CLERK, "DEVICE", "token", "s"))
        yield Upgrades(talk)


async def test_a_room_has_moved_when_its_successor_says_so_too(upgrades: Upgrades) -> None:
    await upgrades.tombstone()
    assert upgrades.talk.chat.joined == {NEW: ("example.org",)}
    assert (upgrades.moved, await upgrades.now()) == ([], ROOM)
    await upgrades.entered()
    assert (upgrades.moved, await upgrades.now(), await upgrades.left()) == ([NEW], NEW, [])


async def test_it_moves_once_however_often_it_is_said(upgrades: Upgrades) -> None:
    await upgrades.tombstone()
    for _ in range(2):
        await upgrades.entered()
        await upgrades.tombstone(event_id="$again")
    assert upgrades.moved == [NEW]


async def test_where_the_bot_is_in_the_new_room_first_it_has_moved_with_the_tombstone(upgrades: Upgrades) -> None:
    await upgrades.entered()
    assert upgrades.moved == []
    await upgrades.tombstone()
    assert upgrades.moved == [NEW]
    assert upgrades.talk.chat.joined == {}


async def test_a_room_that_does_not_point_back_is_no_successor_and_is_left_again(upgrades: Upgrades) -> None:
    await upgrades.tombstone(successor=EVIL)
    await upgrades.entered(EVIL, predecessor="")
    assert (upgrades.moved, await upgrades.now(), await upgrades.left()) == ([], ROOM, [EVIL])
    await upgrades.entered(EVIL, predecessor=ROOM)  # too late
    assert upgrades.moved == []


async def test_a_room_the_bot_was_asked_into_is_not_left_for_anothers_lie(upgrades: Upgrades) -> None:
    await upgrades.hear(invitations=[Invitation(EVIL, ANA, False)])
    await upgrades.tombstone(successor=EVIL)
    await upgrades.entered(EVIL, predecessor="!third:example.org")
    assert (upgrades.moved, await upgrades.left()) == ([], [])


async def test_who_only_says_to_follow_a_room_gets_nothing_of_it(upgrades: Upgrades) -> None:
    await upgrades.entered(EVIL, predecessor=ROOM)
    await upgrades.tombstone()
    await upgrades.entered()
    assert upgrades.moved == [NEW]


async def test_a_successor_nobody_can_enter_holds_up_no_words(upgrades: Upgrades) -> None:
    await upgrades.tombstone()
    async with upgrades.talk.database.reading() as connection:
        rows = await connection.fetch("SELECT priority FROM outbox WHERE kind = 'join'")
    assert [row["priority"] for row in rows] == [Priority.FREE]


async def test_whoever_upgrades_a_room_again_and_again_leads_the_bot_on_no_further(upgrades: Upgrades) -> None:
    rooms = [ROOM, *(f"!{number}:example.net" for number in range(2 * MOST_A_DAY))]
    for old, new in pairwise(rooms):
        await upgrades.tombstone(old, new, event_id=f"$tomb{old}")
        if new not in upgrades.talk.chat.joined:
            break
        await upgrades.entered(new, predecessor=old)
    last = rooms[MOST_A_DAY]
    assert (list(upgrades.talk.chat.joined), await upgrades.now()) == (rooms[1 : MOST_A_DAY + 1], last)
    assert await upgrades.lost_sight_of() == [(last, rooms[MOST_A_DAY + 1])]
    await upgrades.tombstone(OTHER, NEW, event_id="$elsewhere")
    assert NEW in upgrades.talk.chat.joined
    upgrades.talk.now += DAY
    await upgrades.tombstone(last, rooms[-1], event_id="$tomorrow")
    await upgrades.entered(rooms[-1], predecessor=last)
    assert (await upgrades.now(last), await upgrades.lost_sight_of()) == (rooms[-1], [(OTHER, NEW)])


async def test_one_room_is_said_to_go_on_in_many(upgrades: Upgrades) -> None:
    for number in range(2 * MOST_A_DAY):
        await upgrades.tombstone(successor=f"!{number}:example.net", event_id=f"$tomb{number}")
    assert len(upgrades.talk.chat.joined) == MOST_A_DAY


async def test_rooms_that_say_to_follow_each_other_are_one_room(upgrades: Upgrades) -> None:
    await upgrades.entered(NEW, predecessor=ROOM)
    await upgrades.tombstone()
    await upgrades.hear(RoomNews(ROOM, [], predecessor=NEW))
    await upgrades.tombstone(NEW, ROOM, event_id="$back")
    async with upgrades.talk.database.reading() as connection:
        rooms = Memory(connection).rooms
        assert await rooms.origin(ROOM) == await rooms.origin(NEW)
