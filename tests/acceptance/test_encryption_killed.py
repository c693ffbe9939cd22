"""Killed at a named step in an encrypted room: each question is answered once, and the answer can be read."""

import re
from pathlib import Path

import pytest

from tests.acceptance.conftest import Community
from tests.acceptance.test_encryption import at_a_client
from tests.homeserver import Homeserver

pytestmark = pytest.mark.faults  # six starts: `make faults`

STEPS = ("keys.received", "keys.uploaded", "say.sending", "say.sent")
ANSWER = re.compile(r"called tool-(\d)\b")


async def test_killed_at_each_step_it_answers_each_question_once_and_readably(
    community: Community, homeserver: Homeserver, tmp_path: Path
) -> None:
    eve, clerk = await homeserver.account("eve"), community.clerk.user_id
    async with at_a_client(homeserver, eve, tmp_path) as person:
        await community.bot.start()
        room = await eve.create_room("Secret planning", invite=[clerk], encrypted=True)
        await person.reads("town clerk of Test councils", 60)
        await community.bot.kill()
        devices = await eve.call("POST", "keys/query", {"device_keys": {clerk: []}})
        [device] = devices["device_keys"][clerk]
        for number, step in enumerate(STEPS):
            person.client.olm.outbound_group_sessions.pop(room, None)  # each question with a key of its own
            await person.say(room, f"!clerk who uses tool-{number}?")
            await eve.call("POST", "keys/claim", {"one_time_keys": {clerk: {device: "signed_curve25519"}}})
            await community.bot.start(ready=False, TOWNCLERK_FAILPOINT=step)
            assert await community.bot.ended(60) == 137
        await community.bot.start()
        for number in range(len(STEPS)):
            await person.reads(f"called tool-{number}", 60)
        await community.bot.drained()
        await person.sync()
        answered = [found[1] for said in person.read if (found := ANSWER.search(said))]
        assert answered == ["0", "1", "2", "3"]


async def test_without_its_keys_or_with_broken_ones_it_says_how_to_restore_and_ends(community: Community) -> None:
    await community.bot.start()
    await community.bot.kill()
    known = await community.ana.call("POST", "keys/query", {"device_keys": {community.clerk.user_id: []}})
    [store] = (community.bot.folder / "townclerk.db.crypto").glob("*.db")
    for content, words in ((b"broken" * 1000, "restore the crypto store and the database"), (b"", "isn't the one")):
        for file in store.parent.iterdir():
            file.unlink()
        store.write_bytes(content)
        await community.bot.start(ready=False)
        assert await community.bot.ended(60) != 0
        assert words in community.bot.log.read_text()
    assert await community.ana.call("POST", "keys/query", {"device_keys": {community.clerk.user_id: []}}) == known
