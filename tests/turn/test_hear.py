"""What a sync response leaves in the memory: rooms as they are now, and departures that are news."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.rooms import Account, Room
from bot.turn.chat import Incoming, Invitation, News, RoomNews
from bot.turn.door import Door
from bot.turn.hear import Hear
from bot.turn.signals import Signals
from tests.dialogue import FakeChat
from tests.store.samples import ANA, BEA, NOW, ROOM, opened

CLERK = "@clerk:example.org"


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """The bot's, which has an account."""
    async with opened(f"sqlite:///{tmp_path / 'hear.db'}") as database:
        async with database.transaction() as connection:
            await Memory(connection).rooms.keep_account(Account(CLERK, "DEVICE", "token", None))
        yield database


async def hear(database: Database, *rooms: RoomNews, since: str | None = "s1", **more: Any) -> None:
    """One sync response."""
    loop = Hear(database, FakeChat(), CLERK, Door(FakeChat(), ["*"]), lambda: NOW, Signals(), lambda: 0.0)
    await loop.save(News("s2", rooms, **more), since, NOW)


async def room(database: Database, room_id: str = ROOM) -> Room:
    """The room as it is kept."""
    async with database.reading() as connection:
        found = await Memory(connection).rooms.get(room_id)
    assert found is not None
    return found


async def news(database: Database) -> Sequence[str]:
    """Who is told to have departed."""
    async with database.reading() as connection:
        return [waiting.content["who"] for waiting in await Memory(connection).inbox.waiting(10)]


def departed(who: str, event_id: str = "$gone") -> Incoming:
    """Somebody is no longer there."""
    return Incoming(event_id, ANA, "new", {"kind": "departed", "who": who})


async def test_what_a_rooms_state_says_is_kept_until_it_says_otherwise(database: Database) -> None:
    await hear(database, RoomNews(ROOM, [], may_pin=True, may_send=False, shared=True))
    await hear(database, RoomNews(ROOM, [Incoming("$1", ANA, "ignored")], members=3))
    known = await room(database)
    assert (known.may_pin, known.may_send, known.shared, known.members) == (True, False, True, 3)
    await hear(database, RoomNews(ROOM, [], shared=False))
    known = await room(database)
    assert (known.may_pin, known.may_send, known.shared) == (True, False, False)


async def test_that_the_homeserver_is_shut_out_of_a_room_is_said_once_and_that_it_is_let_in_again(
    database: Database,
) -> None:
    with capture_logs() as logs:
        for shut_out in (None, False, True, None, True, False, False):
            await hear(database, RoomNews(ROOM, [], members=3, shut_out=shut_out))
    assert [(line["log_level"], line["event"]) for line in logs if "homeserver" in line["event"]] == [
        ("warning", "our homeserver is shut out of a room"),
        ("info", "our homeserver is let into a room again"),
    ]


async def test_the_first_sync_after_a_start_fills_rooms_of_an_older_database(database: Database) -> None:
    async with database.transaction() as connection:
        await Memory(connection).rooms.keep(Room(ROOM, "join", members=5, named=True, language="cy"))
    await hear(database, RoomNews(ROOM, [], may_pin=True, may_send=True, shared=True))
    assert await room(database) == Room(
        ROOM, "join", members=5, named=True, language="cy", may_pin=True, may_send=True, shared=True
    )


async def test_a_departure_is_news_in_a_room_the_bot_is_in_and_when_it_is_its_own(database: Database) -> None:
    await hear(database, RoomNews(ROOM, []))
    await hear(database, RoomNews(ROOM, [departed(BEA)]))
    await hear(database, RoomNews(ROOM, [departed(CLERK, "$kicked")], left=True))
    assert await news(database) == [BEA, CLERK]
    assert (await room(database)).membership == "leave"


@pytest.mark.parametrize("since", [None, "s1"], ids=["the first sync", "a room just entered"])
async def test_a_departure_before_the_bot_came_is_history(database: Database, since: str | None) -> None:
    joined = Incoming("$join", CLERK, "own")
    await hear(database, RoomNews(ROOM, [departed(BEA), joined], entered=1), since=since)
    assert await news(database) == []


async def test_an_invitation_into_a_room_keeps_the_language_it_had_or_took_along(database: Database) -> None:
    async with database.transaction() as connection:
        rooms = Memory(connection).rooms
        await rooms.keep(Room(ROOM, "join", language="cy"))
        await rooms.set_threads(ROOM, False)
        await rooms.carry(ROOM, "!new")
    await hear(database, invitations=[Invitation("!new", ANA, False)])
    assert await room(database, "!new") == Room("!new", "invite", inviter=ANA, language="cy", threads=False)


async def test_a_thousand_invitations_of_strangers_leave_nothing_behind(database: Database) -> None:
    strangers = [Invitation(f"!{number}:evil.org", f"@eva:{number}.evil.org", False) for number in range(1000)]
    loop = Hear(database, FakeChat(), CLERK, Door(FakeChat()), lambda: NOW, Signals(), lambda: 0.0)
    await loop.save(News("s2", invitations=strangers), "s1", NOW)
    async with database.reading() as connection:
        for table in ("room", "outbox", "inbox"):
            assert await connection.fetch(f"SELECT * FROM {table}") == []
        account = await Memory(connection).rooms.account(CLERK)
    assert account is not None
    assert account.since == "s2"


async def test_a_room_at_whose_door_we_stand_is_knocked_at_until_it_is_entered_or_left(database: Database) -> None:
    await hear(database, knocking=[ROOM])
    async with database.reading() as connection:
        assert await Memory(connection).rooms.knocked() == [ROOM]
    await hear(database, RoomNews(ROOM, [], left=True))
    async with database.reading() as connection:
        assert await Memory(connection).rooms.knocked() == []
