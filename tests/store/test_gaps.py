"""What is still to be searched: holes hold their room, later searches nothing; each is closed once."""

from bot.store.gaps import Gap
from bot.store.memory import Memory
from tests.store.samples import NOW, OTHER, ROOM


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
