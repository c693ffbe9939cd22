"""A database or a homeserver that is put back from a backup, and a place in the stream that is lost."""

import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from bot.render import OP_ID
from tests.acceptance.conftest import Community
from tests.acceptance.test_losing_nothing import UNKNOWN
from tests.homeserver import Account, Homeserver, said_by
from tests.running import RunningBot


async def answered(person: Account, room: str, clerk: Account) -> Counter[int]:
    """How often the question about each tool was answered."""
    said = [seen for seen in await person.messages(room) if said_by(clerk.user_id, "called tool-")(seen)]
    return Counter(int(found[1]) for seen in said if (found := UNKNOWN.search(seen.body)))


async def said(community: Community) -> Counter[str]:
    """How often each of the bot's messages and edits was sent, by what it calls them."""
    timelines = [await community.sam.messages(room) for room in (community.room, community.stewards)]
    own = [seen for timeline in timelines for seen in timeline if seen.sender == community.clerk.user_id]
    return Counter(str(seen.content[OP_ID]) for seen in own if OP_ID in seen.content)


def snapshot_of(file: Path) -> Path:
    """A backup as it should be made."""
    kept = file.with_name("snapshot.db")
    database = sqlite3.connect(file)
    database.execute("VACUUM INTO ?", (str(kept),))
    database.close()
    return kept


@pytest.mark.parametrize("new_device", [False, True], ids=["the same device", "a new device"])
async def test_a_database_put_back_from_a_snapshot_says_nothing_twice(
    community: Community, homeserver: Homeserver, tmp_path: Path, new_device: bool
) -> None:
    bot = community.bot
    await bot.start(ready=False)
    await community.ask("who uses tool-0?")
    await community.hear("called tool-0", timeout=60)
    await bot.drained()
    await bot.kill()
    snapshot = snapshot_of(tmp_path / "townclerk.db")
    await bot.start(ready=False)
    await community.ask("help with PlanX: the map is empty")
    for number in range(1, 21):
        await community.ask(f"who uses tool-{number}?")
    await community.hear("PlanX", room=community.stewards, timeout=60)  # the ladder's last step
    await community.hear("called tool-20", timeout=60)
    await bot.drained(60)
    await bot.kill()
    before = await said(community)
    for leftover in tmp_path.glob("townclerk.db-*"):
        leftover.unlink()
    shutil.copy(snapshot, tmp_path / "townclerk.db")
    if new_device:
        again = await homeserver.log_in(community.clerk.user_id)
        matrix = {"homeserver": homeserver.url, "user": again.user_id}
        bot.sections["matrix"] = matrix | {"access_token": again.credentials.access_token}
        bot.write()
    await bot.start(ready=False)
    await community.ask("who uses tool-21?")
    await community.hear("called tool-21", timeout=60)
    await bot.drained()
    after = await said(community)
    assert await answered(community.sam, community.room, community.clerk) == Counter(range(22))
    assert {op_id: count for op_id, count in after.items() if count > 1} == {}
    assert set(before) <= set(after)


@pytest.mark.homeserver
async def test_what_was_said_after_the_homeserver_was_put_back_is_heard_and_the_operator_told(tmp_path: Path) -> None:
    folder = tmp_path / "synapse"
    server = Homeserver(folder)
    await server.start()
    try:
        ana, clerk = await server.account("ana"), await server.account("clerk")
        bot = RunningBot(tmp_path, server, clerk)
        async with bot:
            room = await ana.create_room("Planning", invite=[clerk])
            await ana.wait_for(room, said_by(clerk.user_id, "town clerk"))
            await server.stop()
            backup = shutil.copy(folder / "homeserver.db", tmp_path / "backup.db")
            await server.start()
            for number in range(6):
                await ana.send(room, f"!clerk who uses tool-{number}?")
            await ana.wait_for_all(room, said_by(clerk.user_id, "called tool-"), 6, 40)
            await bot.drained()
            await server.stop()
            for leftover in folder.glob("homeserver.db-*"):
                leftover.unlink()
            shutil.copy(backup, folder / "homeserver.db")
            await bot.kill()
            await server.start()
            for number in range(10, 14):
                await ana.send(room, f"!clerk who uses tool-{number}?")
            await bot.start(ready=False)
            await bot.logged("the homeserver was set back", seconds=60)
            await ana.wait_for_all(room, said_by(clerk.user_id, "called tool-"), 4, 40)
            await bot.drained()
            assert await answered(ana, room, clerk) == Counter(range(10, 14))
    finally:
        await server.stop()


def set_since(bot: RunningBot, since: str) -> None:
    """The bot's place in the stream is another one."""
    with sqlite3.connect(bot.folder / "townclerk.db") as database:
        database.execute("UPDATE account SET since = ?", (since,))
    database.close()


async def test_with_a_place_that_the_homeserver_does_not_know_nothing_is_lost_and_nothing_said_again(
    community: Community,
) -> None:
    await community.bot.start(ready=False)
    await community.hear("town clerk", timeout=60)
    for number in range(3):
        await community.ask(f"who uses tool-{number}?")
    await community.hear("called tool-2", timeout=60)
    await community.bot.drained()
    await community.bot.kill()
    for number in range(3, 6):
        await community.ask(f"who uses tool-{number}?")
    set_since(community.bot, "nonsense")
    await community.bot.start(ready=False)
    await community.bot.logged("the homeserver doesn't know our place", seconds=60)
    await community.hear("called tool-5", timeout=60)
    await community.bot.drained()
    assert await answered(community.sam, community.room, community.clerk) == Counter(range(6))
