"""A bot that was put back to an older snapshot, keys and all, in an encrypted room: no ratchet is used twice."""

import re
import shutil
from collections import Counter
from pathlib import Path

from tests.acceptance.conftest import Community
from tests.acceptance.test_set_back import snapshot_of
from tests.homeserver import Account
from tests.javascript import JsPerson

ANSWER = re.compile(r"called tool-(\d+)\b")


async def one_time_keys_taken(person: Account, user_id: str, count: int) -> None:
    """As by so many new devices of others."""
    devices = await person.call("POST", "keys/query", {"device_keys": {user_id: []}})
    [device] = devices["device_keys"][user_id]
    for _ in range(count):
        await person.call("POST", "keys/claim", {"one_time_keys": {user_id: {device: "signed_curve25519"}}})


async def test_put_back_with_its_keys_it_answers_once_and_both_sides_go_on_reading(
    community: Community, eve: JsPerson, tmp_path: Path
) -> None:
    bot, clerk = community.bot, community.clerk.user_id
    database, keys = tmp_path / "townclerk.db", tmp_path / "townclerk.db.crypto"
    await bot.start()
    room = await eve.create_room(clerk)
    await eve.hear(room, clerk, "town clerk of Test councils")
    await eve.say(room, "!clerk who uses tool-0?")
    await eve.hear(room, clerk, "called tool-0")
    await bot.drained()
    await bot.kill()
    snapshot, keys_before = snapshot_of(database), shutil.copytree(keys, tmp_path / "keys-before")
    await bot.start()
    await one_time_keys_taken(community.ana, clerk, 3)
    for number in range(1, 4):
        await eve.say(room, f"!clerk who uses tool-{number}?")
        await eve.hear(room, clerk, f"called tool-{number}")
    await bot.drained()
    await bot.kill()
    for leftover in tmp_path.glob("townclerk.db-*"):
        leftover.unlink()
    shutil.copy(snapshot, database)
    shutil.rmtree(keys)
    shutil.copytree(keys_before, keys)
    await eve.say(room, "!clerk who uses tool-4?")
    await bot.start()
    await eve.hear(room, clerk, "called tool-4")
    await one_time_keys_taken(community.ana, clerk, 3)
    await eve.say(room, "!clerk who uses tool-5?")
    await eve.hear(room, clerk, "called tool-5")
    await bot.drained()
    said = [shown for shown in await eve.timeline(room) if shown.sender == clerk]
    assert Counter(int(found[1]) for one in said if (found := ANSWER.search(one.body or ""))) == Counter(range(6))
    assert [str(one) for one in said if one.unreadable] == []
    times = bot.log.read_text().count('"keys later"')
    assert times <= 2, "one-time keys, whose names are taken by those of the lost time, are given others"
