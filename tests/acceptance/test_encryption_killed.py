"""Killed at a named step in an encrypted room: each question is answered once, and the answer can be read."""

from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.conftest import Community
from tests.acceptance.test_encryption import Person
from tests.homeserver import PASSWORD, Homeserver

TOOLS = ("PlanX", "BOPS", "LocalGov Drupal")


@pytest.mark.parametrize("step", ["keys.received", "keys.uploaded", "say.sending:2", "say.sent:2"])
async def test_killed_there_it_answers_each_question_once_and_readably(
    community: Community, homeserver: Homeserver, tmp_path: Path, step: str
) -> None:
    eve, clerk = await homeserver.account("eve"), community.clerk.credentials
    person = Person(homeserver.url, eve.user_id, tmp_path)
    await person.client.login(PASSWORD)
    try:
        await community.bot.start()
        await person.sync()
        room = await eve.create_room("Secret planning", invite=[community.clerk], encrypted=True)
        await person.reads("town clerk of Test councils")
        await community.bot.kill()
        for tool in TOOLS:
            person.client.olm.outbound_group_sessions.pop(room, None)  # each with a key of its own
            await person.say(room, f"!clerk who uses {tool}?")
        devices = await eve.call("POST", "keys/query", {"device_keys": {clerk.user_id: []}})
        [device] = devices["device_keys"][clerk.user_id]
        await eve.call("POST", "keys/claim", {"one_time_keys": {clerk.user_id: {device: "signed_curve25519"}}})
        await community.bot.start(ready=False, TOWNCLERK_FAILPOINT=step)
        assert await community.bot.ended() == 137
        await community.bot.start()
        for tool in TOOLS:
            await person.reads(f"{tool} – used by")
        await community.bot.drained()
        await person.sync()
        answered = Counter(tool for tool in TOOLS for said in person.read if said.startswith(f"{tool} – used by"))
        assert answered == dict.fromkeys(TOOLS, 1)
    finally:
        await person.client.close()


async def test_without_its_keys_or_with_broken_ones_it_says_how_to_restore_and_ends(community: Community) -> None:
    await community.bot.start()
    await community.bot.stop()
    known = await community.ana.call("POST", "keys/query", {"device_keys": {community.clerk.user_id: []}})
    [store] = (community.bot.folder / "townclerk.db.crypto").glob("*.db")
    for content, words in ((b"broken" * 1000, "restore the crypto store and the database"), (b"", "isn't the one")):
        store.write_bytes(content)
        await community.bot.start(ready=False)
        assert await community.bot.ended() != 0
        assert words in community.bot.log.read_text()
    assert await community.ana.call("POST", "keys/query", {"device_keys": {community.clerk.user_id: []}}) == known
