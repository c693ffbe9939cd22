"""How fast was responded, and who has fallen silent: told by the rows of requests and calls."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.domain.directory import Organisation, Tool
from bot.domain.measures import AtRisk, Outcome, Response
from bot.domain.request import Request, State
from bot.store.memory import Memory
from tests.dialogue import BOPS, CAMDEN, DECIDIM, LAMBETH, PLANX, maintains, uses
from tests.store.samples import ANA, DAY, HOUR, MINUTE, NOW, ROOM

TODAY = date(2026, 5, 11)
TARGET = 8 * HOUR


async def _asked(
    memory: Memory,
    number: int,
    respond_by: datetime | None = NOW,
    *,
    hours: float | None = None,
    state: State = State.OPEN,
    tool: str = "planx",
) -> Request:
    """A request whose time was up then, responded to after so many hours."""
    request = Request(number, f"${number}", ROOM, ANA, State.OPEN, NOW - DAY, NOW - DAY, tool_id=tool)
    await memory.requests.add(replace(request, target_seconds=TARGET // timedelta(seconds=1), respond_by=respond_by))
    seconds = None if hours is None else round(hours * 3600)
    request = replace(
        request, state=state, respond_by=respond_by, response_seconds=seconds,
        target_seconds=TARGET // timedelta(seconds=1), responded_at=None if hours is None else NOW,
    )  # fmt: skip
    await memory.requests.keep(request)
    return request


async def test_nothing_is_told_of_nothing(memory: Memory) -> None:
    assert await memory.measures.responses(NOW - DAY, NOW + DAY) == Response()
    assert await memory.measures.of_council(CAMDEN.id, NOW - DAY, NOW + DAY) == Response()


async def test_what_was_answered_late_or_never_has_missed_its_time(memory: Memory) -> None:
    for number, hours in enumerate((1, 2, 4, 8, 9, None), start=1):
        await _asked(memory, number, hours=hours)
    measured = await memory.measures.responses(NOW, NOW + MINUTE)
    assert measured == Response(answered=5, of=6, within=4, median=4 * HOUR, target=TARGET)


async def test_of_two_in_the_middle_the_median_is_between_them(memory: Memory) -> None:
    for number, hours in enumerate((1, 2, 3, 20), start=1):
        await _asked(memory, number, hours=hours)
    assert (await memory.measures.responses(NOW, NOW + MINUTE)).median == 2.5 * HOUR


@pytest.mark.parametrize(
    ("state", "hours", "counts"),
    [
        (State.OPEN, None, 1),
        (State.CLAIMED, None, 1),
        (State.LAPSED, None, 1),
        (State.RESOLVED, None, 1),  # by the asker, who had to help themselves
        (State.WITHDRAWN, None, 0),
        (State.DUPLICATE, None, 0),
        (State.WITHDRAWN, 1, 1),
        (State.DUPLICATE, 1, 1),
    ],
)
async def test_what_was_taken_back_before_anybody_responded_does_not_count(
    memory: Memory, state: State, hours: float | None, counts: int
) -> None:
    await _asked(memory, 1, state=state, hours=hours)
    assert (await memory.measures.responses(NOW, NOW + MINUTE)).of == counts


@pytest.mark.parametrize(
    ("respond_by", "counts"), [(NOW, 1), (NOW - MINUTE, 0), (NOW + HOUR - MINUTE, 1), (NOW + HOUR, 0), (None, 0)]
)
async def test_a_request_counts_when_its_time_is_up(memory: Memory, respond_by: datetime | None, counts: int) -> None:
    await _asked(memory, 1, respond_by, hours=1)
    assert (await memory.measures.responses(NOW, NOW + HOUR)).of == counts


async def test_each_tool_is_measured_for_itself_and_all_together(memory: Memory) -> None:
    for number, tool in enumerate(("planx", "planx", "bops", ""), start=1):
        await _asked(memory, number, hours=number, tool=tool)
    counted = [
        (await memory.measures.responses(NOW, NOW + HOUR, tools)).of
        for tools in (["planx"], ["bops"], ["planx", "bops"], ["decidim"], [])
    ]
    assert counted == [2, 1, 3, 0, 4]


async def _called(memory: Memory, *outcomes: Outcome, council: str = LAMBETH.id, first: int = 1) -> None:
    """The council was called for one request after the other, and this came of it; each took it that many hours."""
    for number, outcome in enumerate(outcomes, start=first):
        request = await _asked(memory, number)
        at = NOW + number * HOUR
        await memory.requests.add_call(request, council, "", at, 0)
        took = number * HOUR if outcome in ("taken", "passed", "answered") else None
        await memory.requests.came_of(number, (1, 0), council, outcome, took)


TAKEN, PASSED, ANSWERED = Outcome.TAKEN, Outcome.PASSED, Outcome.ANSWERED
SILENT, OVERTAKEN, REFUSED, NOTHING = Outcome.SILENT, Outcome.OVERTAKEN, Outcome.REFUSED, Outcome.NOTHING_YET


@pytest.mark.parametrize(
    ("outcomes", "unanswered"),
    [
        ((), []),
        ((SILENT,), [1]),
        ((SILENT, SILENT, SILENT), [1, 2, 3]),
        ((SILENT, SILENT, TAKEN), []),
        ((SILENT, PASSED, SILENT), [3]),
        ((ANSWERED, SILENT, SILENT), [2, 3]),
        ((SILENT, OVERTAKEN, REFUSED, SILENT, NOTHING), [1, 4]),
    ],
)
async def test_calls_left_unanswered_are_counted_since_the_last_response(
    memory: Memory, outcomes: tuple[Outcome, ...], unanswered: list[int]
) -> None:
    await _called(memory, *outcomes)
    assert await memory.measures.unanswered(LAMBETH.id) == unanswered
    assert await memory.measures.unanswered(CAMDEN.id) == []


async def test_a_council_is_silent_from_three_unanswered_calls_on(memory: Memory) -> None:
    await _called(memory, SILENT, SILENT, SILENT, SILENT)
    await _called(memory, SILENT, SILENT, council=CAMDEN.id, first=5)
    assert await memory.measures.silent_councils([CAMDEN.id, LAMBETH.id]) == {LAMBETH.id: 4}
    assert await memory.measures.silent_councils([CAMDEN.id, LAMBETH.id], 2) == {CAMDEN.id: 2, LAMBETH.id: 4}
    assert await memory.measures.silent_councils([CAMDEN.id]) == {}


async def test_a_council_is_measured_by_what_came_of_its_own_calls(memory: Memory) -> None:
    await _called(memory, TAKEN, PASSED, ANSWERED, SILENT, OVERTAKEN, REFUSED, NOTHING)
    measured = await memory.measures.of_council(LAMBETH.id, NOW, NOW + DAY)
    assert measured == Response(answered=3, of=4, within=3, median=2 * HOUR)
    assert (await memory.measures.of_council(LAMBETH.id, NOW, NOW + 3 * HOUR)).of == 2


async def test_the_tools_at_risk_are_told_with_the_worst_reason_most_used_first(memory: Memory) -> None:
    tools = (PLANX, BOPS, DECIDIM, Tool("notify", "Notify"), Tool("unused", "Unused"))
    bodies = [Organisation(f"body:{n}", f"Body {n}") for n in range(4)]
    await memory.register.add_organisations([CAMDEN, LAMBETH, *bodies])
    await memory.register.add_tools(tools, NOW)
    said = [
        *(uses(body, BOPS) for body in bodies),
        maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX), uses(CAMDEN, PLANX),
        maintains(LAMBETH, DECIDIM), uses(LAMBETH, DECIDIM), uses(CAMDEN, DECIDIM),
        maintains(CAMDEN, tools[3], asserted_on=date(2024, 1, 1)), uses(CAMDEN, tools[3], asserted_on=date(2025, 5, 1)),
    ]  # fmt: skip
    await memory.register.add_assertions(said, NOW)
    await _called(memory, SILENT, SILENT, SILENT)
    expected = [
        AtRisk("bops", "no_maintainer", 4),
        AtRisk("decidim", "silent_maintainer", 2, (LAMBETH.id,)),
        AtRisk("notify", "stale", 1),
    ]
    assert await memory.measures.tools_at_risk(9, TODAY) == expected
    assert await memory.measures.tools_at_risk(1, TODAY) == expected[:1]
