"""Ten thousand messages in two hundred rooms, sent while the bot was stopped.

`pytest -s tests/faults/long_catching_up.py` prints how long catching up took, what it cost the processor, and the most
memory the bot held. Of the whole run, most is the homeserver's: it takes in the ten thousand one by one.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest

from bot.store.database import open_for_reading
from bot.store.memory import Memory
from tests.acceptance.test_losing_nothing import UNKNOWN
from tests.bench.processes import Measured
from tests.faults.report import say
from tests.homeserver import Account, Homeserver, said_by
from tests.running import RunningBot

ROOMS = 200
LONG = 10  # of the rooms have more than a sync's timeline holds
WORDS, MANY_WORDS = 45, 145  # so that it is ten thousand in all
EVERY = 15  # of these is a question
AT_ONCE = 8  # rooms
MEMORY = Path("/dev/shm")  # for the homeserver's disk, which would be half of the run
T = TypeVar("T")


async def side_by_side(work: Iterable[Coroutine[Any, Any, T]], what: str) -> list[T]:
    """Done some at a time, with a line now and then of how far it is."""
    gate, done, began = asyncio.Semaphore(AT_ONCE), 0, time.monotonic()

    async def gated(one: Coroutine[Any, Any, T]) -> T:
        nonlocal done
        async with gate:
            result = await one
        done += 1
        if done % (ROOMS // 10) == 0:
            say(f"{done} {what} after {time.monotonic() - began:.0f} s")
        return result

    return await asyncio.gather(*map(gated, work))


async def make(ana: Account, clerk: Account, number: int) -> str:
    """A room with both; so many invitations at once the bot itself would take for a flood."""
    room = await ana.create_room(f"Room {number}", invite=[clerk])
    await clerk.join(room)
    return room


async def speak(ana: Account, room: str, number: int) -> list[int]:
    """Fill one room; the numbers of the tools that were asked about."""
    asked = []
    for place in range(MANY_WORDS if number < LONG else WORDS):
        words = f"word {place}"
        if place % EVERY == 0:
            asked.append(number * 1000 + place)
            words = f"!clerk who uses tool-{asked[-1]}?"
        await ana.send(room, words)
    return asked


async def answers(ana: Account, room: str, clerk: Account) -> Counter[int]:
    """How often each question was answered."""
    said = [seen for seen in await ana.messages(room) if said_by(clerk.user_id, "called tool-")(seen)]
    return Counter(int(found[1]) for seen in said if (found := UNKNOWN.search(seen.body)))


async def everywhere(bot: RunningBot, rooms: list[str], seconds: float = 600) -> None:
    """Wait until the bot knows that it is in all of them."""
    database = await open_for_reading(bot.database)
    try:
        async with asyncio.timeout(seconds):
            known: set[str] = set()
            while not known.issuperset(rooms):
                await asyncio.sleep(1)
                async with database.reading() as connection:
                    known = set(await Memory(connection).rooms.joined())
    finally:
        await database.close()


async def catch_up(homeserver: Homeserver, folder: Path) -> None:
    """All of it is said while the bot is stopped; then it is started."""
    ana, clerk = [await homeserver.account(name) for name in ("ana", "clerk")]
    bot = RunningBot(folder, homeserver, clerk)
    rooms = await side_by_side([make(ana, clerk, n) for n in range(ROOMS)], "rooms")
    await bot.start(ready=False)
    try:
        await bot.logged("ready", seconds=600)
        await everywhere(bot, rooms)
        await bot.drained(600)
        await bot.kill()
        spoken = await side_by_side([speak(ana, room, n) for n, room in enumerate(rooms)], "rooms spoken in")
        asked = [number for some in spoken for number in some]
        began = time.monotonic()
        await bot.start(ready=False)
        await bot.logged("ready", seconds=600)
        ready = time.monotonic() - began
        await ana.wait_for(rooms[-1], said_by(clerk.user_id, "called tool-"), 600)
        await bot.drained(1200)
        seconds, spent = time.monotonic() - began, Measured(clerk.user_id, bot.pid)
        say(f"heard after {ready:.0f} s, {len(asked)} questions answered after {seconds:.0f} s; "
            f"{spent.cpu:.0f} s of processor time, {spent.memory('VmHWM'):.0f} MB at most")  # fmt: skip
        found: Counter[int] = Counter()
        for room in rooms:
            found += await answers(ana, room, clerk)
        lost, doubled = Counter(asked) - found, found - Counter(asked)
        say(f"{len(asked)} asked, {lost.total()} lost, {doubled.total()} answered more than once")
        assert found == Counter(asked)
    finally:
        await bot.kill()


@pytest.mark.homeserver
@pytest.mark.timeout(3600)
async def test_ten_thousand_messages_in_two_hundred_rooms_are_caught_up_with(tmp_path: Path) -> None:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        async with Homeserver(Path(folder)) as homeserver:
            await catch_up(homeserver, tmp_path)
