"""Who watches a request is remembered, counted, carried to the original and forgotten."""

from dataclasses import replace

import pytest

from bot.domain.request import SETTLED, State
from bot.store.memory import Memory
from tests.store.samples import ANA, BEA, HOUR, MINUTE, NOW
from tests.store.test_requests import ASKED

CAI = "@cai:example.org"


async def requests(memory: Memory, how_many: int = 2) -> None:
    """Requests from 1 on."""
    for number in range(1, how_many + 1):
        await memory.requests.add(replace(ASKED, number=number, question_event=f"$question{number}"))


async def test_watchers_are_told_in_the_order_in_which_they_came(memory: Memory) -> None:
    await requests(memory)
    await memory.watchers.add(1, CAI, NOW)
    await memory.watchers.add(1, ANA, NOW + MINUTE)
    await memory.watchers.add(1, BEA, NOW + MINUTE)
    assert await memory.watchers.of(1) == [CAI, ANA, BEA]
    assert await memory.watchers.of(2) == []


async def test_who_watches_already_watches_since_the_first_time(memory: Memory) -> None:
    await requests(memory)
    await memory.watchers.add(1, ANA, NOW)
    await memory.watchers.add(1, ANA, NOW + HOUR)
    assert await memory.watchers.of(1) == [ANA]
    assert await memory.watchers.since(1, ANA) == NOW
    assert await memory.watchers.since(1, BEA) is None


async def test_who_is_dropped_watches_that_one_no_more(memory: Memory) -> None:
    await requests(memory)
    for number in (1, 2):
        await memory.watchers.add(number, ANA, NOW)
    assert await memory.watchers.drop(1, ANA)
    assert not await memory.watchers.drop(1, ANA)
    assert not await memory.watchers.drop(2, BEA)
    assert (await memory.watchers.of(1), await memory.watchers.of(2)) == ([], [ANA])


@pytest.mark.parametrize("state", State)
async def test_only_what_isnt_settled_is_counted(memory: Memory, state: State) -> None:
    await requests(memory)
    await memory.requests.keep(replace(ASKED, state=state))
    await memory.watchers.add(1, ANA, NOW)
    await memory.watchers.add(2, BEA, NOW)
    assert await memory.watchers.count_of(ANA) == (0 if state in SETTLED else 1)


@pytest.mark.parametrize("state", State)
async def test_what_is_settled_later_is_counted_no_more_until_it_is_opened_again(memory: Memory, state: State) -> None:
    await requests(memory)
    await memory.watchers.add(1, ANA, NOW)
    await memory.watchers.add(2, BEA, NOW)
    await memory.requests.keep(replace(ASKED, state=state))
    await memory.watchers.carry(2, 1, NOW)
    assert await memory.watchers.count_of(ANA) == (0 if state in SETTLED else 1)
    assert await memory.watchers.count_of(BEA) == (1 if state in SETTLED else 2)
    await memory.requests.keep(replace(ASKED, state=State.OPEN))
    assert (await memory.watchers.count_of(ANA), await memory.watchers.count_of(BEA)) == (1, 2)


async def test_watchers_are_carried_to_the_original_and_stay(memory: Memory) -> None:
    await requests(memory)
    await memory.watchers.add(1, BEA, NOW)
    for person in (ANA, BEA):
        await memory.watchers.add(2, person, NOW)
    await memory.watchers.carry(2, 1, NOW + HOUR)
    assert await memory.watchers.of(1) == [BEA, ANA]
    assert await memory.watchers.of(2) == [ANA, BEA]
    assert await memory.watchers.since(1, ANA) == NOW + HOUR


async def test_a_person_can_be_forgotten(memory: Memory) -> None:
    await requests(memory)
    for number in (1, 2):
        await memory.watchers.add(number, ANA, NOW)
    await memory.watchers.add(1, BEA, NOW)
    await memory.watchers.forget(ANA)
    assert (await memory.watchers.of(1), await memory.watchers.of(2)) == ([BEA], [])
