"""Who looks over the shoulders: what is overdue is said once, and a watcher outside hears that all is well."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from structlog.testing import capture_logs

from bot.domain.community import Community
from bot.store.database import Database
from bot.store.held_back import FEW
from bot.store.memory import Memory
from bot.store.timers import OVERDUE
from bot.turn.audit import Audit
from bot.turn.signals import Signals
from bot.turn.steadiness import Steadiness
from bot.web.heartbeat import Heartbeat
from tests.dialogue import STEWARDS, Dialogue, dialogue
from tests.store.samples import NOW, post

MINUTE = timedelta(minutes=1)


@dataclass
class Watch:
    """An audit over a dialogue's database."""

    talk: Dialogue
    audit: Audit
    signals: Signals

    async def look(self, now: datetime) -> bool:
        """At this time, having heard the homeserver just now."""
        self.signals.heard_at = now
        return await self.audit.look(now)

    async def told(self) -> list[str]:
        """What the stewards have been told."""
        self.talk.now = NOW
        await self.talk.settle()
        return [said.body for said in self.talk.in_room(STEWARDS)]


@pytest_asyncio.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """Nothing is due."""
    async with dialogue(tmp_path, {"help": {}}) as talk:
        signals = Signals()
        signals.caught_up.set()
        audit = Audit(
            talk.database, talk.router.keeper, talk.router.community, lambda: NOW, signals, Heartbeat("").beat
        )
        yield Watch(talk, audit, signals)


async def _set(database: Database, due_at: datetime, *, failing: bool = False) -> None:
    async with database.transaction() as connection:
        timers = Memory(connection).timers
        await timers.set("rung:1", "of no plugin", "request:1", due_at)
        if failing:
            await timers.put_off("rung:1", due_at + timedelta(days=1))


async def test_when_nothing_is_overdue_all_is_well(watch: Watch) -> None:
    await _set(watch.talk.database, NOW + MINUTE)
    assert await watch.look(NOW)


@pytest.mark.parametrize("failing", [False, True])
async def test_what_isnt_done_five_minutes_after_it_was_due_is_told_the_stewards_once(
    watch: Watch, failing: bool
) -> None:
    assert await watch.look(NOW - 20 * MINUTE)
    await _set(watch.talk.database, NOW - OVERDUE - MINUTE, failing=failing)
    assert not await watch.look(NOW)
    assert not await watch.look(NOW + MINUTE)
    async with watch.talk.database.reading() as connection:
        waiting = await Memory(connection).outbox.counts()
    assert waiting["waiting"] == 1
    await _set(watch.talk.database, NOW + timedelta(days=9))
    assert [told.startswith("⚠️ Late: something that was due on") for told in await watch.told()] == [True]
    assert await watch.look(NOW + 2 * MINUTE)


async def test_after_a_downtime_there_is_the_time_to_catch_up(watch: Watch) -> None:
    await _set(watch.talk.database, NOW - timedelta(days=2))
    assert not await watch.look(NOW)
    async with watch.talk.database.reading() as connection:
        assert (await Memory(connection).outbox.counts())["waiting"] == 0


async def test_as_long_as_the_homeserver_isnt_heard_nothing_is_well_and_nothing_reported(watch: Watch) -> None:
    await _set(watch.talk.database, NOW - timedelta(days=2))
    assert not await watch.audit.look(NOW)
    watch.signals.heard_at = NOW - timedelta(hours=1)
    assert not await watch.audit.look(NOW)


async def test_a_community_without_a_stewards_room_has_it_in_the_log(watch: Watch) -> None:
    watch.audit.community = Community()
    await watch.look(NOW - 20 * MINUTE)
    await _set(watch.talk.database, NOW - OVERDUE - MINUTE)
    with capture_logs() as logs:
        await watch.look(NOW)
    assert [(entry["event"], entry["count"], entry["subject"]) for entry in logs] == [
        ("timers overdue", 1, "request:1")
    ]


async def test_a_doubted_clock_is_not_well(watch: Watch) -> None:
    watch.signals.clock_doubted = True
    assert not await watch.look(NOW)


async def test_answers_late_by_the_homeservers_limit_are_told_the_stewards_once_a_week(watch: Watch) -> None:
    start = NOW - 10 * MINUTE
    async with watch.talk.database.transaction() as connection:
        memory = Memory(connection)
        await memory.outbox.add(post("answer"), start)
        await memory.held_back.count(start, FEW)
    await watch.look(start + MINUTE)
    assert await _waiting(watch) == 1, "a few are nothing to be told"
    async with watch.talk.database.transaction() as connection:
        await Memory(connection).held_back.count(start, 1)
    await watch.look(start + MINUTE / 2)
    assert await _waiting(watch) == 1, "nobody has waited for long"
    for minutes in (1, 2, 3):
        await watch.look(start + minutes * MINUTE)
    assert await _waiting(watch) == 2
    assert [told.startswith("⚠️ My answers are late") for told in await watch.told()] == [True]


async def _waiting(watch: Watch) -> int:
    async with watch.talk.database.reading() as connection:
        return (await Memory(connection).outbox.counts())["waiting"]


# --- the heartbeat -------------------------------------------------------------------------------------


async def test_the_heartbeat_is_an_address_called_and_never_logged() -> None:
    beats: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        beats.append(request.path)
        return web.Response(status=200 if len(beats) < 2 else 500)

    application = web.Application()
    application.add_routes([web.get("/ping/secret", answer)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    heart = Heartbeat(f"http://127.0.0.1:{runner.addresses[0][1]}/ping/secret")
    with capture_logs() as logs:
        for _ in range(3):
            await heart.beat()
        await runner.cleanup()
        await heart.beat()
    assert beats == ["/ping/secret"] * 3
    assert len(logs) == 1
    assert "secret" not in str(logs)


# --- a clock that jumps --------------------------------------------------------------------------------

DAY, YEAR = timedelta(days=1), timedelta(days=365)


@pytest.mark.parametrize(
    ("now", "counted", "homeserver", "doubted"),
    [
        (NOW + MINUTE, 60, NOW + MINUTE, False),
        (NOW + 400 * DAY, 400 * 86_400, NOW + 400 * DAY, False),  # it has run for long
        (NOW + YEAR, 60, NOW + MINUTE, True),
        (NOW - YEAR, 60, NOW + MINUTE, True),
        (NOW - timedelta(hours=1), 60, NOW + MINUTE, False),  # what was due is only later
        (NOW + YEAR, 60, NOW + YEAR, False),  # it was wrong before, and was put right
        (NOW + MINUTE, 60, NOW + YEAR, False),  # the homeserver's is wrong
        (NOW + YEAR, 60, None, False),  # nobody to compare with
    ],
)
def test_a_clock_is_doubted_that_jumps_away_from_the_homeservers(
    now: datetime, counted: float, homeserver: datetime | None, doubted: bool
) -> None:
    assert Steadiness(NOW, 0).doubts(now, counted, homeserver) is doubted
