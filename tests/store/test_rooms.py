"""Rooms, the bot's own session, and who belongs where."""

from dataclasses import replace
from itertools import pairwise

import pytest

from bot.domain.directory import Organisation
from bot.store.memory import Memory
from bot.store.outbox import Post
from bot.store.people import Belonging
from bot.store.rooms import Account, Room
from tests.store.samples import ANA, BEA, HOUR, NOW, OTHER, ROOM

CLERK = "@clerk:example.org"
SESSION = Account(CLERK, "DEVICE", "token", None)


async def test_a_room_comes_back_as_it_was(memory: Memory) -> None:
    room = Room(ROOM, "invite", True, 7, True, ANA, "$invite", "cy")
    await memory.rooms.keep(room)
    assert await memory.rooms.get(ROOM) == room
    assert await memory.rooms.get(OTHER) is None


async def test_a_room_is_kept_as_it_is_now(memory: Memory) -> None:
    await memory.rooms.keep(Room(ROOM, "invite", inviter=ANA))
    await memory.rooms.keep(Room(ROOM, "join", members=3))
    assert await memory.rooms.get(ROOM) == Room(ROOM, "join", members=3)


async def test_the_rooms_the_bot_is_in_are_those_it_joined(memory: Memory) -> None:
    for room_id, membership in (("!b", "join"), ("!a", "join"), ("!c", "leave"), ("!d", "invite")):
        await memory.rooms.keep(Room(room_id, membership))
    assert await memory.rooms.joined() == ["!a", "!b"]


async def test_what_its_state_says_of_a_room_is_kept(memory: Memory) -> None:
    room = Room(ROOM, "join", may_pin=True, may_send=False, shared=True, shut_out=True)
    await memory.rooms.keep(room)
    assert await memory.rooms.get(ROOM) == room
    assert await memory.rooms.shut_out() == [ROOM]
    await memory.rooms.keep(Room(ROOM, "join"))
    assert await memory.rooms.get(ROOM) == Room(ROOM, "join", may_pin=False, may_send=True, shared=False)
    await memory.rooms.keep(Room(ROOM, "leave", shut_out=True))
    assert await memory.rooms.shut_out() == []


async def test_a_stewards_words_stay_when_the_room_changes(memory: Memory) -> None:
    await memory.rooms.keep(Room(ROOM, "join"))
    await memory.rooms.set_threads(ROOM, False)
    await memory.rooms.set_listening(ROOM, True)
    await memory.rooms.keep(Room(ROOM, "join", members=3))
    assert await memory.rooms.get(ROOM) == Room(ROOM, "join", members=3, threads=False, listening=True)
    await memory.rooms.set_threads(ROOM, True)
    assert await memory.rooms.get(ROOM) == Room(ROOM, "join", members=3, threads=True, listening=True)


async def _steward_sets(memory: Memory, room: str) -> None:
    await memory.rooms.keep(Room(room, "join", members=5, language="cy", may_pin=True))
    await memory.rooms.set_threads(room, False)
    await memory.rooms.set_listening(room, True)


@pytest.mark.parametrize("known", [None, Room(OTHER, "invite"), Room(OTHER, "join")])
async def test_an_upgraded_room_takes_its_settings_along_and_nothing_else(memory: Memory, known: Room | None) -> None:
    await _steward_sets(memory, ROOM)
    if known:
        await memory.rooms.keep(known)
    await memory.rooms.carry(ROOM, OTHER)
    membership = known.membership if known else "leave"
    assert await memory.rooms.get(OTHER) == Room(OTHER, membership, language="cy", threads=False, listening=True)


async def test_what_stewards_have_set_in_the_new_room_already_stays(memory: Memory) -> None:
    await _steward_sets(memory, ROOM)
    await memory.rooms.keep(Room(OTHER, "join", language="fr"))
    await memory.rooms.carry(ROOM, OTHER)
    assert await memory.rooms.get(OTHER) == Room(OTHER, "join", language="fr")


async def test_an_unknown_room_has_nothing_to_take_along(memory: Memory) -> None:
    await memory.rooms.carry(ROOM, OTHER)
    assert await memory.rooms.get(OTHER) is None


async def _upgraded(memory: Memory, *rooms: str) -> None:
    for old, new in pairwise(rooms):
        await memory.rooms.keep(Room(old, "join"))
        await memory.rooms.carry(old, new)


async def test_an_upgraded_room_goes_back_to_the_first_one(memory: Memory) -> None:
    chain = [f"!{number % 7}{number}" for number in range(30)]
    await _upgraded(memory, *chain)
    assert {await memory.rooms.origin(room) for room in chain} == {chain[0]}
    assert await memory.rooms.origin(OTHER) == OTHER


async def test_rooms_that_follow_each_other_have_one_origin(memory: Memory) -> None:
    await _upgraded(memory, "!b", "!a", "!c", "!b")
    assert {await memory.rooms.origin(room) for room in ("!a", "!b", "!c")} == {"!a"}


async def test_a_room_is_lost_sight_of_when_its_successor_cannot_be_entered(memory: Memory) -> None:
    await memory.rooms.keep(Room(ROOM, "join"))
    await memory.rooms.replace(ROOM, OTHER)
    await memory.outbox.add(Post("follow:1", OTHER, "join", {}), NOW)
    assert await memory.rooms.lost_sight_of() == []  # on the way
    await memory.outbox.dead("follow:1", "403")
    assert await memory.rooms.lost_sight_of() == [(ROOM, OTHER)]
    await memory.rooms.keep(Room(OTHER, "join"))
    assert await memory.rooms.lost_sight_of() == []


@pytest.mark.parametrize(
    ("room", "direct"),
    [
        (Room(ROOM, "join", direct=True, members=5, named=True), True),
        (Room(ROOM, "join", members=2), True),
        (Room(ROOM, "join", members=2, named=True), False),
        (Room(ROOM, "join", members=3), False),
        (Room(ROOM, "join"), False),
    ],
)
def test_a_direct_chat_is_flagged_as_one_or_holds_two_and_no_name(room: Room, direct: bool) -> None:
    assert room.is_direct is direct


async def test_the_sync_token_is_moved_alone(memory: Memory) -> None:
    await memory.rooms.keep_account(SESSION)
    await memory.rooms.move_since(CLERK, "s1")
    assert await memory.rooms.account(CLERK) == replace(SESSION, since="s1")


async def test_a_new_login_keeps_the_sync_token(memory: Memory) -> None:
    await memory.rooms.keep_account(SESSION)
    await memory.rooms.move_since(CLERK, "s1")
    await memory.rooms.keep_account(Account(CLERK, "DEVICE", "new token", None))
    assert await memory.rooms.account(CLERK) == Account(CLERK, "DEVICE", "new token", "s1")


async def test_another_account_has_a_session_of_its_own(memory: Memory) -> None:
    await memory.rooms.keep_account(SESSION)
    assert await memory.rooms.account("@other:example.org") is None


async def test_the_last_word_on_where_a_person_works_counts(memory: Memory) -> None:
    await memory.register.add_organisations([Organisation("CMD", "Camden"), Organisation("LDS", "Leeds")])
    await memory.people.keep(ANA, "CMD", False, NOW)
    await memory.people.keep(ANA, "LDS", True, NOW + HOUR)
    assert await memory.people.belonging(ANA) == Belonging("LDS", True)
    assert await memory.people.organisations() == {"LDS"}


async def test_a_councils_people_are_the_verified_ones_longest_known_first(memory: Memory) -> None:
    await memory.register.add_organisations([Organisation("CMD", "Camden")])
    await memory.people.keep(ANA, "CMD", True, NOW + HOUR)
    await memory.people.keep(BEA, "CMD", True, NOW)
    await memory.people.keep("@cy:example.org", "CMD", False, NOW)
    assert await memory.people.verified_of("CMD") == [BEA, ANA]


async def test_a_person_can_be_forgotten(memory: Memory) -> None:
    await memory.register.add_organisations([Organisation("CMD", "Camden")])
    await memory.people.keep(ANA, "CMD", True, NOW)
    await memory.people.forget(ANA)
    assert await memory.people.belonging(ANA) is None


async def test_a_room_is_known_by_the_alias_it_was_entered_by_once_the_sync_shows_it(memory: Memory) -> None:
    await memory.rooms.call("!help:example.org", "#help:example.org")
    assert await memory.rooms.joined_as("#help:example.org") is None
    room = await memory.rooms.get("!help:example.org")
    assert room is not None
    await memory.rooms.keep(replace(room, membership="join"))
    assert await memory.rooms.joined_as("#help:example.org") == "!help:example.org"
    assert await memory.rooms.joined_as("!help:example.org") == "!help:example.org"
    await memory.rooms.call("!new:example.org", "#help:example.org")  # the alias was moved
    assert await memory.rooms.joined_as("#help:example.org") is None
    assert await memory.rooms.joined_as("") is None


async def test_what_is_said_to_an_upgraded_room_goes_to_the_one_we_are_in_now(memory: Memory) -> None:
    for name in ("!one", "!two"):
        await memory.rooms.keep(Room(name, "join"))
        await memory.rooms.carry(name, {"!one": "!two", "!two": "!three"}[name])
    assert await memory.rooms.now("!one") == "!two"  # nobody let us into the third yet
    await memory.rooms.keep(Room("!three", "join"))
    assert await memory.rooms.now("!one") == "!three"
    assert await memory.rooms.now("!unknown") == "!unknown"


async def test_rooms_that_succeed_each_other_in_a_circle_end_somewhere(memory: Memory) -> None:
    for name, next_one in (("!one", "!two"), ("!two", "!one")):
        await memory.rooms.keep(Room(name, "join"))
        await memory.rooms.carry(name, next_one)
    assert await memory.rooms.now("!one") in ("!one", "!two")
