"""What is promised of a council, and the calls that wait for it."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.request import Request, State
from bot.store.memory import Memory
from tests.store.samples import ANA, NOW, ROOM

CAMDEN, LAMBETH = "local-authority:CMD", "local-authority:LBH"


async def _asked(memory: Memory, number: int, promised_to: str = "", state: State = State.OPEN) -> Request:
    request = Request(number, f"${number}", ROOM, ANA, state, NOW, NOW)
    await memory.requests.add(request)
    request = replace(request, promised_to=promised_to, promised_at=NOW + timedelta(minutes=number))
    await memory.requests.keep(request)
    return request


async def test_what_is_promised_of_a_council_is_counted_but_for_one(memory: Memory) -> None:
    for number, whom in enumerate((CAMDEN, CAMDEN, LAMBETH, CAMDEN), start=1):
        await _asked(memory, number, whom)
    await _asked(memory, 5, CAMDEN, State.CLAIMED)
    assert await memory.promises.count_to(CAMDEN, 0, 200) == 3
    assert await memory.promises.count_to(CAMDEN, 1, 200) == 2
    assert await memory.promises.count_to(CAMDEN, 0, 2) == 2
    assert await memory.promises.count_to("", 0, 200) == 0


async def test_calls_wait_for_a_council_until_it_has_spoken_or_the_request_is_in_hand(memory: Memory) -> None:
    for number in (1, 2, 3):
        request = await _asked(memory, number)
        await memory.requests.add_call(request, CAMDEN, "@bea:example.org", NOW, 0)
    await memory.requests.keep(replace(request, state=State.CLAIMED))
    assert await memory.requests.waiting_for(CAMDEN, NOW - timedelta(days=1), 10) == [1, 2]
    assert await memory.requests.waiting_for(CAMDEN, NOW - timedelta(days=1), 1) == [1]
    assert await memory.requests.waiting_for(CAMDEN, NOW, 10) == []


async def test_a_refused_call_weighs_on_nobody_even_when_the_request_is_kept_again(memory: Memory) -> None:
    request = await _asked(memory, 1)
    await memory.requests.add_call(request, CAMDEN, "@bea:example.org", NOW, 0)
    (call,) = await memory.requests.calls(request)
    await memory.requests.refuse_call(request, call)
    await memory.requests.keep(request)
    assert await memory.requests.open_of(CAMDEN, NOW - timedelta(days=1)) == 0
    assert [call.outcome for call in await memory.requests.calls(request)] == ["refused"]


async def test_a_call_put_to_another_person_is_theirs(memory: Memory) -> None:
    request = await _asked(memory, 1)
    await memory.requests.add_call(request, CAMDEN, "@bea:example.org", NOW, 0)
    (call,) = await memory.requests.calls(request)
    await memory.requests.call_again(request, call, "@abe:example.org")
    assert await memory.requests.last_called_person(CAMDEN) == "@abe:example.org"
