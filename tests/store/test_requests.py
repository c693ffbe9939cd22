"""Help requests come back as they were, with their history and the calls made for them."""

from dataclasses import fields, replace

import pytest

from bot.domain.request import Kind, Request, State
from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.requests import Call, Step
from tests.store.samples import ANA, BEA, DAY, HOUR, MINUTE, NOW, ROOM

ASKED = Request(
    number=1,
    question_event="$question",
    room_id=ROOM,
    asker=ANA,
    state=State.OPEN,
    opened_at=NOW,
    changed_at=NOW,
    thread="$thread",
    asker_organisation="local-authority:CMD",
    tool_id="planx",
    tool_name="PlanX",
    text="It’s down",
    language="cy",
)
WHOLE = replace(
    ASKED,
    state=State.RESOLVED,
    changed_at=NOW + HOUR,
    claimer=BEA,
    claimer_organisation="local-authority:LDS",
    answerer=BEA,
    answerer_organisation="local-authority:LDS",
    answered_at=NOW + MINUTE,
    resolved_at=NOW + HOUR,
    ladder='{"rungs": []}',
    rung=2,
    promise='{"at": null}',
    kind=Kind.CHECK,
    topic="data",
    answer="In the country.",
    answer_event="$answer",
    asked_in="!elsewhere:example.org",
    duplicate_of=2,
    cards=1,
    round=2,
    repeats=1,
    promised_to="local-authority:LDS",
    promised_at=NOW + HOUR,
    rung_since=NOW,
    responded_at=NOW + MINUTE,
    response_seconds=60,
    target_seconds=28_800,
    respond_by=NOW + 8 * HOUR,
)


def _request(number: int, state: State = State.OPEN, **more: object) -> Request:
    given = replace(ASKED, number=number, question_event=f"${number}", state=state)
    return replace(given, **more)  # type: ignore[arg-type]


async def _keep(memory: Memory, *requests: Request) -> None:
    for request in requests:
        await memory.requests.add(request)
        await memory.requests.keep(request)


def test_the_sample_fills_every_field() -> None:
    assert all(getattr(WHOLE, field.name) != field.default for field in fields(WHOLE))


async def test_a_new_request_comes_back_as_it_was(memory: Memory) -> None:
    await memory.requests.add(ASKED)
    assert await memory.requests.get(1) == ASKED
    assert await memory.requests.of_question("$question") == ASKED


async def test_every_field_of_a_kept_request_comes_back(memory: Memory) -> None:
    await _keep(memory, WHOLE)
    assert await memory.requests.get(1) == WHOLE


async def test_what_was_taken_back_is_empty_again(memory: Memory) -> None:
    await _keep(memory, WHOLE)
    await memory.requests.keep(ASKED)
    assert await memory.requests.get(1) == replace(ASKED, kind=WHOLE.kind, topic=WHOLE.topic)  # what it is stays


async def test_there_is_no_request_before_it_is_asked(memory: Memory) -> None:
    assert await memory.requests.get(1) is None
    assert await memory.requests.of_question("$question") is None


async def test_a_question_opens_one_request(memory: Memory) -> None:
    await memory.requests.add(ASKED)
    with pytest.raises(Exception, match=r"(?i)unique"):
        async with memory.connection.savepoint():
            await memory.requests.add(replace(ASKED, number=2))


async def test_numbers_follow_one_another_without_holes_after_a_rollback(database: Database) -> None:
    numbers = []
    for _ in range(2):
        async with database.transaction() as connection:
            numbers.append(await Memory(connection).requests.next_number())
            with pytest.raises(ZeroDivisionError):
                async with connection.savepoint():
                    await Memory(connection).requests.next_number()
                    raise ZeroDivisionError
    assert numbers == [1, 2]


async def test_what_waits_is_told_oldest_first(memory: Memory) -> None:
    waiting = {State.OPEN, State.CLAIMED, State.WAITING}
    states = [State.WAITING, State.RESOLVED, State.OPEN, State.ANSWERED, State.CLAIMED, State.WITHDRAWN]
    await _keep(memory, *(_request(n, state, opened_at=NOW - n * HOUR) for n, state in enumerate(states)))
    found = await memory.requests.unanswered(10)
    assert [request.number for request in found] == [4, 2, 0]
    assert {request.state for request in found} == waiting
    assert await memory.requests.count_unanswered() == 3
    assert len(await memory.requests.unanswered(2)) == 2


async def test_the_history_is_told_in_the_order_it_happened(memory: Memory) -> None:
    await memory.requests.add(ASKED)
    await memory.requests.add_step(1, NOW + HOUR, ANA, "opened")
    await memory.requests.add_step(1, NOW, "", "called", "Leeds")
    assert await memory.requests.steps(1) == [Step(NOW + HOUR, ANA, "opened", ""), Step(NOW, "", "called", "Leeds")]


async def test_calls_are_told_in_the_order_they_were_made(memory: Memory) -> None:
    await memory.requests.add(ASKED)
    await memory.requests.add_call(ASKED, "LDS", BEA, NOW + HOUR, 1)
    await memory.requests.add_call(ASKED, "CMD", "", NOW, 0)
    await memory.requests.add_call(ASKED, "CMD", BEA, NOW + DAY, 0)
    assert await memory.requests.calls(ASKED) == [Call(0, "CMD", "", NOW), Call(1, "LDS", BEA, NOW + HOUR)]


async def test_who_was_called_last_is_known(memory: Memory) -> None:
    await _keep(memory, _request(1), _request(2))
    assert await memory.requests.last_called("CMD") is None
    assert await memory.requests.last_called_person("CMD") == ""
    await memory.requests.add_call(_request(1), "CMD", ANA, NOW, 0)
    await memory.requests.add_call(_request(2), "CMD", BEA, NOW + HOUR, 0)
    await memory.requests.add_call(_request(2), "CMD", "", NOW + DAY, 1)
    assert await memory.requests.last_called("CMD") == NOW + DAY
    assert await memory.requests.last_called_person("CMD") == BEA


async def test_a_council_has_in_hand_what_it_claimed_and_what_it_was_called_for(memory: Memory) -> None:
    await _keep(
        memory,
        _request(1, State.CLAIMED, claimer_organisation="CMD"),
        _request(2, State.OPEN),
        _request(3, State.ANSWERED, claimer_organisation="CMD"),
        _request(4, State.CLAIMED, claimer_organisation="LDS"),
    )
    for number in (2, 3, 4):
        await memory.requests.add_call(_request(number), "CMD", "", NOW, 0)
    assert await memory.requests.open_of("CMD", NOW - DAY) == 2
    assert await memory.requests.open_of("CMD", NOW) == 1


async def test_a_call_weighs_on_a_council_as_long_as_its_request_is_open(memory: Memory) -> None:
    await _keep(memory, _request(1))
    await memory.requests.add_call(_request(1), "CMD", "", NOW, 0)
    weighs = []
    for state in (State.CLAIMED, State.OPEN, State.ANSWERED, State.RESOLVED, State.OPEN, State.LAPSED):
        await memory.requests.keep(_request(1, state))
        weighs.append(await memory.requests.open_of("CMD", NOW - DAY))
    assert weighs == [0, 1, 0, 0, 1, 0]
