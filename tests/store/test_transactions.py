"""A transaction is kept whole or not at all, whoever else writes at the same time."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import pytest

from bot.store.database import Database
from bot.store.memory import Memory
from tests.store.samples import NOW, arrival


class ByDesign(Exception):
    """The failure a test wants."""


async def _timers(database: Database) -> set[str]:
    async with database.reading() as connection:
        return {timer.key for timer in await Memory(connection).timers.due(NOW, 1000)}


async def _set(memory: Memory, *keys: str) -> None:
    for key in keys:
        await memory.timers.set(key, "kind", "", NOW)
        await asyncio.sleep(0)


async def test_what_is_written_is_there_after_the_transaction(database: Database) -> None:
    async with database.transaction() as connection:
        await _set(Memory(connection), "a", "b")
    assert await _timers(database) == {"a", "b"}


async def test_an_exception_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(ByDesign):
        async with database.transaction() as connection:
            await _set(Memory(connection), "a", "b")
            raise ByDesign
    assert await _timers(database) == set()


async def test_a_savepoint_is_undone_alone(database: Database) -> None:
    async with database.transaction() as connection:
        await _set(Memory(connection), "before")
        with pytest.raises(ByDesign):
            async with connection.savepoint():
                await _set(Memory(connection), "inside")
                raise ByDesign
        await _set(Memory(connection), "after")
    assert await _timers(database) == {"before", "after"}


async def test_a_savepoint_within_a_savepoint_is_undone_alone(database: Database) -> None:
    async with database.transaction() as connection, connection.savepoint():
        await _set(Memory(connection), "outer")
        with pytest.raises(ByDesign):
            async with connection.savepoint():
                await _set(Memory(connection), "inner")
                raise ByDesign
    assert await _timers(database) == {"outer"}


async def test_a_statement_that_fails_in_a_savepoint_does_not_spoil_the_transaction(database: Database) -> None:
    async with database.transaction() as connection:
        with pytest.raises(Exception, match="no_such_table"):
            async with connection.savepoint():
                await connection.execute("INSERT INTO no_such_table VALUES (1)")
        await _set(Memory(connection), "after")
    assert await _timers(database) == {"after"}


async def test_a_savepoint_that_succeeds_goes_down_with_its_transaction(database: Database) -> None:
    with pytest.raises(ByDesign):
        async with database.transaction() as connection:
            async with connection.savepoint():
                await _set(Memory(connection), "inside")
            raise ByDesign
    assert await _timers(database) == set()


async def test_of_200_concurrent_transactions_50_failures_lose_none_of_the_150_others(database: Database) -> None:
    async def good(number: int) -> None:
        async with database.transaction() as connection:
            await _set(Memory(connection), f"first {number}", f"second {number}")

    async def failing(number: int) -> None:
        async with database.transaction() as connection:
            await _set(Memory(connection), f"half {number}")
            raise ByDesign

    work = [good(n) for n in range(150)] + [failing(n) for n in range(50)]
    random.Random(1).shuffle(work)
    results = await asyncio.gather(*work, return_exceptions=True)
    assert sum(isinstance(result, ByDesign) for result in results) == 50
    assert await _timers(database) == {f"{half} {n}" for n in range(150) for half in ("first", "second")}


async def test_numbers_given_out_by_200_concurrent_transactions_have_no_holes(database: Database) -> None:
    async def good() -> int:
        async with database.transaction() as connection:
            return await Memory(connection).requests.next_number()

    async def failing() -> None:
        async with database.transaction() as connection:
            await Memory(connection).requests.next_number()
            raise ByDesign

    results = await asyncio.gather(*[work() for _ in range(100) for work in (good, failing)], return_exceptions=True)
    assert [number for number in results if isinstance(number, int)] == list(range(1, 101))


async def test_there_is_one_writer_at_a_time(database: Database) -> None:
    order: list[str] = []

    async def write(name: str) -> None:
        async with database.transaction() as connection:
            order.append(f"{name} begins")
            await _set(Memory(connection), name)
            order.append(f"{name} ends")

    await asyncio.gather(write("a"), write("b"))
    assert order == ["a begins", "a ends", "b begins", "b ends"]


async def test_reading_sees_only_what_is_committed(database: Database) -> None:
    async with database.transaction() as connection:
        await _set(Memory(connection), "a")
        assert await _timers(database) == set()


async def test_reading_sees_one_moment_however_long_it_lasts(database: Database) -> None:
    async with database.reading() as connection:
        before = await Memory(connection).timers.due(NOW, 10)
        async with database.transaction() as writing:
            await _set(Memory(writing), "a")
        assert await Memory(connection).timers.due(NOW, 10) == before


async def test_writing_while_reading_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        async with database.reading() as connection:
            await _set(Memory(connection), "a")
    assert await _timers(database) == set()


@pytest.mark.parametrize("steps", range(1, 6))
async def test_a_transaction_cancelled_at_any_moment_leaves_the_next_one_alone(database: Database, steps: int) -> None:
    async def write() -> None:
        async with database.transaction() as connection:
            await _set(Memory(connection), "cancelled")
            await asyncio.Event().wait()

    await _cancelled_after(write(), steps)
    async with database.transaction() as connection:
        await _set(Memory(connection), "next")
    assert await _timers(database) == {"next"}


@pytest.mark.parametrize("steps", range(1, 6))
async def test_reading_cancelled_at_any_moment_leaves_the_next_one_alone(database: Database, steps: int) -> None:
    async def read() -> None:
        async with database.reading() as connection:
            await connection.fetch("SELECT * FROM timer")
            await asyncio.Event().wait()

    await _cancelled_after(read(), steps)
    assert await _timers(database) == set()


async def _cancelled_after(work: Coroutine[Any, Any, None], steps: int) -> None:
    task = asyncio.create_task(work)
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_number_of_changed_rows_is_told(database: Database) -> None:
    async with database.transaction() as connection:
        await _set(Memory(connection), "a", "b")
        assert await connection.execute("UPDATE timer SET attempts = 1") == 2
        assert await connection.execute("DELETE FROM timer WHERE key = $1", "a") == 1
        assert await connection.execute("DELETE FROM timer WHERE key = $1", "a") == 0


@pytest.mark.parametrize("half", ["\ud800", "a\x00b", "🗞\u202e", "'; DROP TABLE timer; --"])
async def test_whatever_json_holds_comes_back_as_it_was(database: Database, half: str) -> None:
    async with database.transaction() as connection:
        memory = Memory(connection)
        await memory.inbox.add(1, [arrival("$1", kind="heard", text=half)], NOW)
        assert [waiting.content for waiting in await memory.inbox.waiting(1)] == [{"kind": "heard", "text": half}]
