"""Killed at a named step in an encrypted room: each question is answered once, and the answer can be read."""

from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.conftest import Community
from tests.acceptance.test_encryption import Person
from tests.homeserver import PASSWORD, Homeserver

TOOLS = ("PlanX", "BOPS", "LocalGov Drupal")


@pytest.mark.parametrize("step", ["keys.uploaded", "keys.received:4", "say.sending:2", "say.sent:2"])
async def test_killed_there_it_answers_each_question_once_and_readably(
    community: Community, homeserver: Homeserver, tmp_path: Path, step: str
) -> None:
    eve = await homeserver.account("eve")
    person = Person(homeserver.url, eve.user_id, tmp_path)
    await person.client.login(PASSWORD)
    try:
        if step == "keys.uploaded":
            await community.bot.start(ready=False, TOWNCLERK_FAILPOINT=step)
            assert await community.bot.ended() == 137
            step = ""
        await community.bot.start(TOWNCLERK_FAILPOINT=step)
        await person.sync()
        room = await eve.create_room("Secret planning", invite=[community.clerk], encrypted=True)
        if step != "keys.received:4":
            await person.reads("town clerk of Test councils")
        for tool in TOOLS:
            if step.startswith("keys") and community.bot.running:
                await person.sync()
            await person.say(room, f"!clerk who uses {tool}?")
        if step:
            assert await community.bot.ended() == 137
            await community.bot.start()
        for tool in TOOLS:
            await person.reads(f"{tool} – used by")
        await community.bot.drained()
        await person.sync()
        answered = Counter(tool for tool in TOOLS for said in person.read if said.startswith(f"{tool} – used by"))
        assert answered == dict.fromkeys(TOOLS, 1)
        assert not [said for said in person.read if "couldn't read" in said]
    finally:
        await person.client.close()
