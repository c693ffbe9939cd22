"""What is to be done later is done in order, when it is due, and once."""

from bot.store.memory import Memory
from bot.store.timers import Timer
from tests.store.samples import HOUR, MINUTE, NOW


async def _due(memory: Memory) -> list[str]:
    return [timer.key for timer in await memory.timers.due(NOW, 10)]


async def test_a_timer_is_due_from_its_instant_on(memory: Memory) -> None:
    await memory.timers.set("past", "rung", "request:1", NOW - HOUR)
    await memory.timers.set("now", "rung", "request:2", NOW)
    await memory.timers.set("later", "rung", "request:3", NOW + MINUTE)
    assert await memory.timers.due(NOW, 10) == [
        Timer("past", "rung", "request:1", NOW - HOUR, 0),
        Timer("now", "rung", "request:2", NOW, 0),
    ]


async def test_no_more_are_given_than_asked_for(memory: Memory) -> None:
    for n in range(5):
        await memory.timers.set(f"t{n}", "rung", "", NOW)
    assert [timer.key for timer in await memory.timers.due(NOW, 2)] == ["t0", "t1"]


async def test_a_timer_set_again_is_moved(memory: Memory) -> None:
    await memory.timers.set("t", "rung", "request:1", NOW)
    await memory.timers.set("t", "rung", "request:1", NOW + HOUR)
    assert await _due(memory) == []
    assert await memory.timers.due_at("t") == NOW + HOUR


async def test_a_timer_that_was_put_off_keeps_the_instant_it_was_due(memory: Memory) -> None:
    await memory.timers.set("t", "rung", "", NOW)
    await memory.timers.put_off("t", NOW + MINUTE)
    assert await _due(memory) == []
    assert await memory.timers.due(NOW + MINUTE, 10) == [Timer("t", "rung", "", NOW, 1)]


async def test_moving_a_timer_forgets_its_failures(memory: Memory) -> None:
    await memory.timers.set("t", "rung", "", NOW - HOUR)
    await memory.timers.put_off("t", NOW + HOUR)
    await memory.timers.set("t", "rung", "", NOW)
    assert await memory.timers.due(NOW, 10) == [Timer("t", "rung", "", NOW, 0)]


async def test_a_timer_is_dropped_once(memory: Memory) -> None:
    await memory.timers.set("t", "rung", "", NOW)
    assert await memory.timers.drop("t")
    assert not await memory.timers.drop("t")
    assert await memory.timers.due_at("t") is None


async def test_the_next_instant_is_the_earliest_of_all(memory: Memory) -> None:
    assert await memory.timers.next_at() is None
    await memory.timers.set("later", "rung", "", NOW + HOUR)
    await memory.timers.set("sooner", "rung", "", NOW + MINUTE)
    assert await memory.timers.next_at() == NOW + MINUTE


async def test_a_timer_put_off_is_next_when_it_is_tried_again(memory: Memory) -> None:
    await memory.timers.set("t", "rung", "", NOW)
    await memory.timers.put_off("t", NOW + HOUR)
    assert await memory.timers.next_at() == NOW + HOUR
