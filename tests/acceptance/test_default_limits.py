"""On a homeserver with its limits as they come (0.2 messages a second, ten at once) the bot is of use."""

from pathlib import Path

import pytest

from bot import clock
from bot.actions import Priority
from bot.store.database import open_database
from bot.store.memory import Memory
from bot.store.outbox import Post
from tests.homeserver import Account, Homeserver
from tests.running import RunningBot

pytestmark = pytest.mark.faults  # the limit is five seconds a message: `make faults`

TITLES = ("Planning", "Housing", "Libraries")
NEWS = 12


def news(name: str, room: str) -> Post:
    """What nobody waits for."""
    content = {"msgtype": "m.notice", "body": f"news {name}", "org.townclerk.op_id": f"news:{name}", "m.mentions": {}}
    return Post(f"news:{name}", room, "message", content, priority=Priority.NEWS)


@pytest.mark.homeserver
async def test_questions_are_answered_before_the_news_that_waited_longer(tmp_path: Path) -> None:
    async with Homeserver(tmp_path / "synapse", limited=True) as server:
        ana, clerk = [await server.account(name) for name in ("ana", "clerk")]
        rooms = [await ana.create_room(title, invite=[clerk]) for title in TITLES]
        for room in rooms:
            await clerk.join(room)
        bot = RunningBot(tmp_path, server, clerk)
        database = await open_database(bot.database)
        async with database.transaction() as connection:
            for number in range(NEWS):
                await Memory(connection).outbox.add(news(str(number), rooms[number % 3]), clock.now())
        await database.close()
        async with bot:
            await bot.logged("sending later")
            asked = [await ana.send(room, "!clerk who uses tool-1?") for room in rooms[:2]]
            await bot.drained(60)
            seen_in_rooms = [seen for room in rooms for seen in await ana.messages(room)]
            said = sorted(
                (seen for seen in seen_in_rooms if seen.sender == clerk.user_id),
                key=lambda seen: int(seen.raw["origin_server_ts"]),
            )
            bodies = [seen.body for seen in said if "news" in seen.body or "tool-1" in seen.body]
            assert sorted(body for body in bodies if "news" in body) == sorted(f"news {n}" for n in range(NEWS))
            assert [seen.reply_to for seen in said if "tool-1" in seen.body] == asked
            answers = [place for place, body in enumerate(bodies) if "tool-1" in body]
            told = [int(await _sent_at(ana, room, event)) for room, event in zip(rooms, asked, strict=False)]
            for place, at in zip(answers, told, strict=True):
                before = [s for s in said if "news" in s.body and int(s.raw["origin_server_ts"]) > at]
                overtaken = sum(bodies.index(seen.body) < place for seen in before)
                assert overtaken <= 1  # what was on its way already
            assert max(answers) < NEWS + 1, "some news left after the last answer"


async def _sent_at(account: Account, room: str, event_id: str) -> int:
    return int((await account.event(room, event_id)).raw["origin_server_ts"])
