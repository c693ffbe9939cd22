"""A question asked on another homeserver while it was cut off from ours is answered once, when they meet again."""

import asyncio
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.federation import federation
from tests.homeserver import Account, said_by
from tests.running import RunningBot

UNKNOWN = re.compile(r"called tool-(\d+)\b")


async def settled(asker: Account, room: str, clerk: Account, count: int, bot: RunningBot, seconds: float) -> list[int]:
    """Which questions were answered, once there are as many answers (or time is up) and nothing is left to do."""
    with suppress(AssertionError):  # too few: whoever asked counts which
        await asker.wait_for_all(room, said_by(clerk.user_id, "called tool-"), count, seconds)
    await bot.drained(120)
    said = [seen for seen in await asker.messages(room) if said_by(clerk.user_id, "called tool-")(seen)]
    return [int(found[1]) for seen in said if (found := UNKNOWN.search(seen.body))]


async def meet_again(ana: Account, rob: Account, room: str) -> None:
    """Rob speaks until he is heard: a homeserver that still holds back from the other tries again with the next word,
    and without one a minute later.
    """
    for _ in range(60):
        await rob.send(room, "we are back")
        with suppress(AssertionError):
            await ana.wait_for(room, said_by(rob.user_id, "we are back"), 2)
            return
    raise AssertionError("the homeservers don't hear each other again")


async def partition(
    folder: Path, local: int, remote: int, *, stopped: bool = False, seconds: float = 120
) -> tuple[Counter[int], Counter[int]]:
    """So many messages on either side of a cut, every tenth of them a question; then they meet again.

    What was asked, and what was answered.
    """
    async with federation(folder) as pair:
        ana, clerk = await pair.ours.account("ana"), await pair.ours.account("clerk")
        rob = await pair.theirs.account("rob")
        matrix = {"homeserver": pair.ours.url, "user": clerk.user_id, "password": clerk.credentials.password}
        bot = RunningBot(folder, pair.ours, clerk, matrix=matrix | {"search_again": "5s"})
        async with bot:
            room = await ana.create_room("Planning", invite=[clerk, rob])
            # Rob comes only then: what is said while his homeserver is joining reaches it with the next event at best.
            await ana.wait_for(room, said_by(clerk.user_id, "town clerk"), 120)
            await rob.join(room)
            await rob.send(room, "!clerk who uses tool-0?")
            await rob.wait_for(room, said_by(clerk.user_id, "called tool-0"), 120)
            await pair.cut()
            if stopped:
                await bot.stop(seconds=60)

            async def speak(who: Account, count: int, first: int) -> None:
                for number in range(count):
                    words = f"!clerk who uses tool-{first + number}?" if number % 10 == 0 else f"word {number}"
                    await who.send(room, words)

            await asyncio.gather(speak(ana, local, 1000), speak(rob, remote, 2000))
            await pair.heal()
            if stopped:
                await bot.start()
            await meet_again(ana, rob, room)
            asked = [0, *range(1000, 1000 + local, 10), *range(2000, 2000 + remote, 10)]
            said = await settled(ana, room, clerk, len(asked), bot, seconds)
            return Counter(asked), Counter(said)


@pytest.mark.homeserver
async def test_questions_asked_on_both_sides_of_a_partition_are_answered_once(tmp_path: Path) -> None:
    asked, answered = await partition(tmp_path, 30, 90)
    assert answered == asked
