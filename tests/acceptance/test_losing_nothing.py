"""What must never happen: a message lost, answered twice, or out of order."""

import asyncio
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.conftest import Community
from tests.homeserver import Homeserver, Seen, said_by
from tests.running import RunningBot

UNKNOWN = re.compile(r"called tool-(\d+)\b")


async def answers(community: Community, count: int, timeout: float) -> list[int]:
    """The numbers of the tools the bot said it doesn't know, in the order of the room."""

    def is_answer(seen: Seen) -> bool:
        return community.says("I don't know a tool called tool-")(seen)

    await community.sam.wait_for_all(community.room, is_answer, count, timeout)
    await community.bot.drained()
    timeline = [seen for seen in await community.sam.messages(community.room) if is_answer(seen)]
    return [int(match[1]) for seen in timeline if (match := UNKNOWN.search(seen.body))]


async def test_120_messages_sent_while_it_was_stopped_are_answered_each_once_in_order(
    community: Community,
) -> None:
    await community.bot.start()
    await community.hear("town clerk")
    assert await community.bot.stop() == 0
    for number in range(120):
        await community.ask(f"who uses tool-{number}?")
    await community.bot.start()
    assert await answers(community, 120, 60) == list(range(120))


async def test_killed_in_the_middle_of_200_messages_it_answers_each_once_in_order(
    community: Community,
) -> None:
    await community.bot.start()
    await community.hear("town clerk")
    sending = asyncio.create_task(burst(community, 200))
    for _ in range(3):
        await asyncio.sleep(2)
        await community.bot.kill()
        await community.bot.start(ready=False)
    await sending
    said = await answers(community, 200, 90)
    assert [n for n, times in Counter(said).items() if times > 1] == []
    assert said == list(range(200))


async def burst(community: Community, count: int) -> None:
    """One message after the other."""
    for number in range(count):
        await community.ask(f"who uses tool-{number}?")


@pytest.mark.homeserver
async def test_on_a_server_with_its_limits_as_they_come_every_question_is_answered_in_order(tmp_path: Path) -> None:
    async with Homeserver(tmp_path / "synapse", limited=True) as server:
        ana, bea, clerk = [await server.account(name) for name in ("ana", "bea", "clerk")]
        async with RunningBot(tmp_path, server, clerk):
            room = await ana.create_room("Planning", invite=[clerk, bea])
            await bea.join(room)
            await ana.wait_for(room, said_by(clerk.user_id, "town clerk"))
            for number in range(12):
                await (ana, bea)[number % 2].send(room, f"!clerk who uses tool-{number}?")
            said = await ana.wait_for_all(room, said_by(clerk.user_id, "called tool-"), 12, 60)
            assert [int(found[1]) for seen in said if (found := UNKNOWN.search(seen.body))] == list(range(12))
