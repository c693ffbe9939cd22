"""Ten thousand messages in two hundred rooms, sent while the bot was stopped.

`pytest -s tests/faults/long_catching_up.py` prints how long catching up took, and the most memory the bot held.
"""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.test_losing_nothing import UNKNOWN
from tests.homeserver import Account, Homeserver, said_by
from tests.running import RunningBot

ROOMS = 200
LONG = 10  # of the rooms have more than a sync's timeline holds
WORDS, MANY_WORDS = 45, 145  # so that it is ten thousand in all
EVERY = 15  # of these is a question


async def speak(people: list[Account], room: str, number: int) -> list[int]:
    """Fill one room; the numbers of the tools that were asked about."""
    asked = []
    for place in range(MANY_WORDS if number < LONG else WORDS):
        words = f"word {place}"
        if place % EVERY == 0:
            asked.append(number * 1000 + place)
            words = f"!clerk who uses tool-{asked[-1]}?"
        await people[place % len(people)].send(room, words)
    return asked


async def answers(ana: Account, room: str, clerk: Account) -> Counter[int]:
    """How often each question was answered."""
    said = [seen for seen in await ana.messages(room) if said_by(clerk.user_id, "called tool-")(seen)]
    return Counter(int(found[1]) for seen in said if (found := UNKNOWN.search(seen.body)))


def most_memory(bot: RunningBot) -> int:
    """The most it ever held, in MB."""
    status = Path(f"/proc/{bot.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) // 1024


@pytest.mark.homeserver
@pytest.mark.timeout(3600)
async def test_ten_thousand_messages_in_two_hundred_rooms_are_caught_up_with(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    ana, bea, clerk = [await homeserver.account(name) for name in ("ana", "bea", "clerk")]
    bot = RunningBot(tmp_path, homeserver, clerk)
    await bot.start(ready=False)
    try:
        rooms = [await ana.create_room(f"Room {n}", invite=[clerk, bea]) for n in range(ROOMS)]
        for room in rooms:
            await bea.join(room)
        await asyncio.gather(*(ana.wait_for(room, said_by(clerk.user_id, "town clerk"), 600) for room in rooms[-3:]))
        await bot.drained(600)
        await bot.kill()
        asked: list[int] = []
        for first in range(0, ROOMS, 8):
            batch = enumerate(rooms[first : first + 8], start=first)
            for some in await asyncio.gather(*(speak([ana, bea], room, n) for n, room in batch)):
                asked += some
        began = time.monotonic()
        await bot.start(ready=False)
        await bot.logged("ready", seconds=600)
        await ana.wait_for(rooms[-1], said_by(clerk.user_id, "called tool-"), 600)
        await bot.drained(1200)
        seconds, memory = time.monotonic() - began, most_memory(bot)
        print(f"{len(asked)} questions answered in {seconds:.0f} s, {memory} MB at most")  # noqa: T201 - asked for
        found: Counter[int] = Counter()
        for room in rooms:
            found += await answers(ana, room, clerk)
        assert found == Counter(asked)
    finally:
        await bot.kill()
