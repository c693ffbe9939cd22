"""What is still to be searched: holes hold their room, later searches nothing; each is closed once."""

from bot.store.gaps import Gap
from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.store.samples import ANA, DAY, HOUR, MINUTE, NOW, OTHER, ROOM, arrival, post, tried


async def test_a_gap_remembers_how_far_it_is_filled(memory: Memory) -> None:
    await memory.gaps.open(Gap(ROOM, 1, 0, "start"), NOW)
    await memory.gaps.open(Gap(ROOM, 1, 0, "shown again"), NOW)
    await memory.gaps.move(Gap(ROOM, 1, -100, "further"))
    assert await memory.gaps.due(NOW) == [Gap(ROOM, 1, -100, "further")]


async def test_holes_come_oldest_first_and_one_of_a_room(memory: Memory) -> None:
    gaps = [Gap(ROOM, 1, 0, "a"), Gap(OTHER, 2, 0, "b"), Gap(ROOM, 2, 0, "c")]
    for gap in reversed(gaps):
        await memory.gaps.open(gap, NOW)
    assert await memory.gaps.due(NOW) == gaps[:2]
    await memory.gaps.close(gaps[0], NOW)
    assert await memory.gaps.due(NOW) == gaps[1:]


async def _joined(memory: Memory, *rooms: str) -> None:
    for room_id in rooms:
        await memory.rooms.keep(Room(room_id, "join"))
        await memory.gaps.searched(room_id, NOW - 2 * DAY)


async def test_a_later_search_holds_nothing_back_and_is_not_due_before_its_time(memory: Memory) -> None:
    await memory.gaps.search(ROOM, NOW, 10 * MINUTE)
    await memory.inbox.add(99, [arrival("$1")], NOW)
    assert [one.event_id for one in await memory.inbox.waiting(10)] == ["$1"]
    assert await memory.gaps.holding(NOW - HOUR) == set()
    assert await memory.gaps.due(NOW) == []
    assert await memory.gaps.next_at() == NOW + 10 * MINUTE
    assert len(await memory.gaps.due(NOW + 10 * MINUTE)) == 1


async def test_a_room_with_hole_after_hole_is_searched_again_once(memory: Memory) -> None:
    for minutes in (0, 3, 6):
        await memory.gaps.search(ROOM, NOW + minutes * MINUTE, 10 * MINUTE)
    assert await memory.gaps.due(NOW + 15 * MINUTE) == []
    [again] = await memory.gaps.due(NOW + 16 * MINUTE)
    await memory.gaps.search(ROOM, NOW + 16 * MINUTE, 10 * MINUTE)  # this one has its turn, whatever comes
    assert await memory.gaps.due(NOW + 16 * MINUTE) == [again]
    await memory.gaps.close(again, NOW + 16 * MINUTE)
    assert await memory.gaps.next_at() == NOW + 26 * MINUTE
    await memory.gaps.search(ROOM, NOW + 17 * MINUTE)
    assert len(await memory.gaps.due(NOW + 17 * MINUTE)) == 1


async def test_when_something_was_missed_every_room_we_are_in_waits(memory: Memory) -> None:
    await _joined(memory, ROOM, OTHER)
    await memory.rooms.keep(Room("!left:example.org", "leave"))
    await memory.gaps.search_all(NOW)
    assert await memory.gaps.holding(NOW - HOUR) == {ROOM, OTHER}
    assert await memory.gaps.holding(NOW) == set()  # but not for ever


async def test_the_room_not_searched_for_longest_is_next(memory: Memory) -> None:
    await _joined(memory, ROOM, OTHER)
    await memory.gaps.searched(ROOM, NOW - 3 * DAY)
    assert await memory.gaps.stalest(NOW - DAY) == ROOM
    await memory.gaps.search(ROOM, NOW)
    assert await memory.gaps.stalest(NOW - DAY) == OTHER
    await memory.gaps.searched(OTHER, NOW)
    assert await memory.gaps.stalest(NOW - DAY) is None


async def test_what_was_tried_a_day_ago_waits_until_its_room_was_searched(memory: Memory) -> None:
    await _joined(memory, ROOM)
    await memory.outbox.add(post("old"), NOW)
    assert not await memory.gaps.read_back(NOW)  # never tried
    await tried(memory, "old")
    assert not await memory.gaps.read_back(NOW + HOUR)  # the homeserver knows its transaction id
    later = NOW + 21 * HOUR
    assert await memory.gaps.read_back(later)
    assert await memory.gaps.read_back(later)
    (gap,) = await memory.gaps.due(later)
    assert gap.holds
    await memory.gaps.close(gap, later)
    assert not await memory.gaps.read_back(later)


async def test_what_goes_to_a_person_waits_until_every_room_was_searched(memory: Memory) -> None:
    await _joined(memory, ROOM, OTHER)
    await memory.outbox.add(post("direct", room=ANA), NOW)
    await tried(memory, "direct")
    assert await memory.gaps.read_back(NOW + DAY)
    assert {gap.room_id for gap in await memory.gaps.due(NOW + DAY)} == {ROOM, OTHER}


async def test_on_a_new_device_what_was_tried_is_read_back(memory: Memory) -> None:
    await _joined(memory, ROOM)
    await memory.gaps.searched(ROOM, NOW)
    await memory.outbox.add(post("tried"), NOW)
    await tried(memory, "tried")
    await memory.gaps.doubt_all(NOW + MINUTE)
    assert await memory.gaps.read_back(NOW + MINUTE)
    assert len(await memory.gaps.due(NOW + MINUTE)) == 1
