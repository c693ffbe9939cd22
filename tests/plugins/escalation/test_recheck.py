"""Promises are looked at again when a calendar has changed behind our back, or nothing would keep them."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain import working_time
from bot.domain.community import _calendar
from bot.domain.public_holidays import public_holidays
from bot.store.memory import Memory
from tests.dialogue import BEA, CAMDEN, CARDIFF, PLANX, Dialogue, dialogue, maintains

DAN = "@dan:elsewhere.org"
PLUGINS: dict[str, dict[str, object]] = {"escalation": {}, "requests": {"pinned_boards": False}}
JUBILEE = date(2026, 5, 12)


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Camden (England) maintains PlanX."""
    councils = [{"id": CAMDEN.id, "people": [BEA]}, {"id": CARDIFF.id, "people": [DAN]}]
    async with dialogue(tmp_path, PLUGINS, assertions=[maintains(CAMDEN, PLANX)], councils=councils) as made:
        made.now = made.now.replace(hour=15)  # four in London: four hours on is noon of tomorrow
        yield made


@pytest.fixture
def jubilee(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bank holiday in England that nobody knew of when the bot was started, announced by a newer release."""
    _calendar.cache_clear()

    def announced(nation: str, year: int) -> dict[date, str]:
        return {**public_holidays(nation, year), **({JUBILEE: "Jubilee"} if nation == "England" else {})}

    monkeypatch.setattr(working_time, "public_holidays", announced)


@pytest.fixture(autouse=True)
def calendars_anew() -> None:
    """A calendar remembers its days."""
    _calendar.cache_clear()


async def restart(talk: Dialogue) -> None:
    """The bot goes down and comes again."""
    async with talk.database.transaction() as connection:
        await talk.router.start(Memory(connection), talk.now)
    await talk.settle()


async def _fingerprints(talk: Dialogue) -> dict[str, str]:
    async with talk.database.reading() as connection:
        return await Memory(connection).availability.calendars_seen()


async def _call_at(talk: Dialogue) -> datetime | None:
    async with talk.database.reading() as connection:
        return await Memory(connection).timers.due_at("rung:1")


async def test_a_holiday_announced_while_the_bot_was_down_moves_the_promise(
    talk: Dialogue, request: pytest.FixtureRequest
) -> None:
    question = await talk.say("help with PlanX: it is down")
    assert "on Tuesday 12 May, 12:00" in talk.card(question).body
    await restart(talk)
    request.getfixturevalue("jubilee")
    await restart(talk)
    assert "on Wednesday 13 May, 12:00" in talk.card(question).body
    assert "Jubilee" in talk.card(question).body


async def test_it_is_found_by_the_morning_too(talk: Dialogue, request: pytest.FixtureRequest) -> None:
    question = await talk.say("help with PlanX: it is down")
    request.getfixturevalue("jubilee")
    await talk.wait(hours=14)
    assert "on Wednesday 13 May, 12:00" in talk.card(question).body


async def test_what_has_not_changed_is_left_alone(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    await restart(talk)
    said, seen, due = len(talk.said), await _fingerprints(talk), await _call_at(talk)
    for _ in range(3):
        await restart(talk)
    assert (len(talk.said), await _fingerprints(talk), await _call_at(talk)) == (said, seen, due)


async def test_a_new_year_changes_no_calendar(talk: Dialogue) -> None:
    talk.now = datetime.fromisoformat("2026-12-31T16:00+00:00")
    await talk.say("help with PlanX: it is down")
    await restart(talk)
    due, said = await _call_at(talk), len(talk.said)
    await talk.wait(hours=20)
    await restart(talk)
    assert (await _call_at(talk), len(talk.said)) == (due, said)
    assert {seen.split()[0] for seen in (await _fingerprints(talk)).values()} == {"2027"}


async def test_a_request_without_a_timer_gets_one_again(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    due = await _call_at(talk)
    async with talk.database.transaction() as connection:
        await Memory(connection).timers.drop("rung:1")
    await restart(talk)
    assert await _call_at(talk) == due


async def test_a_request_of_which_nobody_is_left_to_be_asked_is_left_alone(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    await talk.wait(days=4)
    said = len(talk.said)
    await restart(talk)
    assert (await _call_at(talk), len(talk.said)) == (None, said)
