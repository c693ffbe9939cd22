"""A request's clock: when it stands still, and what is measured until somebody responds."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.request import Request
from bot.domain.working_time import Interval
from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAI, MONDAY, SAM, Dialogue
from tests.plugins.requests.conftest import kept, steps

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TARGET = 8 * HOUR
OPEN_UNTIL_FIVE = 7 * HOUR  # it is ten in London
EIGHT_HOURS_LATER = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


async def _ask(talk: Dialogue) -> str:
    return await talk.say("help with PlanX: the map is empty")


async def _breaks(talk: Dialogue) -> list[Interval]:
    async with talk.database.reading() as connection:
        return await Memory(connection).promises.breaks(1, talk.now)


async def _say(talk: Dialogue, question: str, text: str, who: str) -> str:
    return await talk.say(text, who, thread=question, addressed=False)


Steps = tuple[tuple[str, str], ...]


@pytest.mark.parametrize(
    ("said", "stands_still"),
    [
        ((), False),
        ((("take", BEA),), False),
        ((("take", BEA), ("pass", BEA)), False),
        ((("take", BEA), ("wait", BEA)), True),
        ((("take", BEA), ("wait", BEA), ("It is version 4", ANA)), False),
        ((("Which version is that?", BEA),), True),
        ((("Which version is that?", BEA), ("It is version 4", ANA)), False),
        ((("Restart the tile server", BEA),), True),
        ((("Restart the tile server", BEA), ("resolve", ANA)), True),
        ((("Restart the tile server", BEA), ("reopen", ANA)), False),
        ((("resolve", ANA),), True),
        ((("withdraw", ANA),), True),
        ((("withdraw", ANA), ("reopen", ANA)), False),
    ],
)
async def test_the_clock_stands_still_while_nobody_but_the_asker_is_waited_for(
    known: Dialogue, said: Steps, stands_still: bool
) -> None:
    question = await _ask(known)
    for text, who in said:
        await _say(known, question, text, who)
    known.now += DAY
    assert await _breaks(known) == ([(MONDAY, MONDAY + DAY)] if stands_still else [])


async def test_days_on_which_it_was_answered_are_not_counted_when_it_is_reopened(known: Dialogue) -> None:
    question = await _ask(known)
    await _say(known, question, "Restart the tile server", BEA)
    await known.wait(days=3)
    await _say(known, question, "reopen", ANA)
    assert await _breaks(known) == [(MONDAY, MONDAY + 3 * DAY)]
    assert (await kept(known)).respond_by == EIGHT_HOURS_LATER  # of the response it has had


async def test_each_time_it_stood_still_is_a_break_of_its_own(known: Dialogue) -> None:
    question = await _ask(known)
    for _ in range(2):
        await known.wait(hours=1)
        await _say(known, question, "Which version is that?", BEA)
        await known.wait(hours=1)
        await _say(known, question, "It is version 4", ANA)
    assert await _breaks(known) == [(MONDAY + n * HOUR, MONDAY + (n + 1) * HOUR) for n in (1, 3)]


async def test_asking_back_twice_in_one_instant_stops_the_clock(known: Dialogue) -> None:
    question = await _ask(known)
    for text, who in (("Which version is that?", BEA), ("It is version 4", ANA), ("And which browser?", BEA)):
        await _say(known, question, text, who)
    known.now += HOUR
    assert await _breaks(known) == [(MONDAY, MONDAY + HOUR)]


async def test_the_time_to_respond_is_known_from_the_beginning(known: Dialogue) -> None:
    await _ask(known)
    request = await kept(known)
    assert (request.target_seconds, request.respond_by) == (TARGET / timedelta(seconds=1), EIGHT_HOURS_LATER)
    assert (request.responded_at, request.response_seconds) == (None, None)


async def _answers(talk: Dialogue, question: str) -> None:
    await _say(talk, question, "Restart the tile server", BEA)


async def _asks_back(talk: Dialogue, question: str) -> None:
    await _say(talk, question, "Which version is that?", BEA)


async def _says_answered(talk: Dialogue, question: str) -> None:
    await _say(talk, question, "answered", BEA)


async def _is_accepted(talk: Dialogue, question: str) -> None:
    remark = await _say(talk, question, "Hm, turn it off and on", "@eve:elsewhere.org")
    await talk.react(remark, "✅", ANA)


async def _takes(talk: Dialogue, question: str) -> None:
    await _say(talk, question, "take", BEA)


async def _waits(talk: Dialogue, question: str) -> None:
    await _say(talk, question, "take", BEA)
    await _say(talk, question, "wait", BEA)


async def _asker_resolves(talk: Dialogue, question: str) -> None:
    await _say(talk, question, "resolve", ANA)


async def _asker_says_answered(talk: Dialogue, question: str) -> None:
    await _say(talk, question, "answered", ANA)


async def _asker_accepts_own_word(talk: Dialogue, question: str) -> None:
    word = await _say(talk, question, "I turned it off and on", ANA)
    await talk.react(word, "✅", ANA)


async def _steward_resolves(talk: Dialogue, question: str) -> None:
    await talk.say("resolve #1", SAM)


Doing = Callable[[Dialogue, str], Awaitable[None]]


@pytest.mark.parametrize(
    ("doing", "is_response"),
    [
        (_answers, True),
        (_asks_back, True),
        (_says_answered, True),
        (_is_accepted, True),
        (_takes, False),
        (_waits, False),
        (_asker_resolves, False),
        (_asker_says_answered, False),
        (_asker_accepts_own_word, False),
        (_steward_resolves, False),
    ],
)
async def test_an_answer_or_a_question_back_by_somebody_else_is_a_response(
    known: Dialogue, doing: Doing, is_response: bool
) -> None:
    question = await _ask(known)
    await known.wait(hours=2)
    await doing(known, question)
    request = await kept(known)
    expected = (MONDAY + 2 * HOUR, 7200) if is_response else (None, None)
    assert (request.responded_at, request.response_seconds) == expected


async def test_the_first_response_stays_the_first(known: Dialogue) -> None:
    question = await _ask(known)
    await known.wait(hours=1)
    await _answers(known, question)
    first = await kept(known)
    await known.wait(hours=1)
    await _say(known, question, "reopen", ANA)
    await known.wait(hours=1)
    await _say(known, question, "Then set the flag in the settings", CAI)
    assert _measured(await kept(known)) == _measured(first) == (MONDAY + HOUR, 3600, EIGHT_HOURS_LATER)


def _measured(request: Request) -> tuple[datetime | None, int | None, datetime | None]:
    return request.responded_at, request.response_seconds, request.respond_by


async def test_only_working_time_less_the_breaks_is_counted(known: Dialogue) -> None:
    question = await _ask(known)
    await _say(known, question, "withdraw", ANA)
    await known.wait(days=1)
    await _say(known, question, "reopen", ANA)
    assert (await kept(known)).respond_by == EIGHT_HOURS_LATER + DAY
    await known.wait(hours=7.5)  # half an hour after closing
    await _answers(known, question)
    assert (await kept(known)).response_seconds == OPEN_UNTIL_FIVE / timedelta(seconds=1)


async def test_an_answer_taken_back_was_no_response(known: Dialogue) -> None:
    question = await _ask(known)
    answer = await _say(known, question, "Restart the tile server", BEA)
    await known.wait(hours=1)
    await known.redact(answer, BEA)
    assert _measured(await kept(known)) == (None, None, EIGHT_HOURS_LATER + HOUR)
    await known.wait(hours=1)
    await _answers(known, question)
    assert (await kept(known)).response_seconds == 3600


async def test_an_answer_taken_back_leaves_what_came_before_it(known: Dialogue) -> None:
    question = await _ask(known)
    await _asks_back(known, question)
    await known.wait(hours=1)
    answer = await _say(known, question, "Restart the tile server", BEA)
    await known.redact(answer, BEA)
    assert (await kept(known)).responded_at == MONDAY


@pytest.mark.parametrize(("days", "respond_by"), [(0, None), (2, EIGHT_HOURS_LATER)])
async def test_what_stands_still_before_its_time_is_up_has_missed_nothing(
    known: Dialogue, days: int, respond_by: datetime | None
) -> None:
    question = await _ask(known)
    await known.wait(days=days)
    await _say(known, question, "resolve", ANA)
    assert (await kept(known)).respond_by == respond_by
    assert (await steps(known))[-1] == "resolve"
