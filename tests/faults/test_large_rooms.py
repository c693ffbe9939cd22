"""Rooms with hundreds of members: in clear nobody is asked who is there; while keys are got for one, others go on."""

import asyncio
from pathlib import Path

import pytest

from tests.acceptance.test_encryption import Person
from tests.faults.crowd import QUIET, crowd
from tests.faults.proxy import Answer, Passing, Proxy
from tests.faults.tricks import cut_before
from tests.homeserver import PASSWORD, Account, Homeserver, said_by
from tests.running import RunningBot

pytestmark = [pytest.mark.homeserver, pytest.mark.faults]

MEMBERS = 150
PATIENCE = 120.0  # seconds


async def has_key(person: Account) -> bool:
    """Whether the bot sent their device something encrypted."""
    answer = await person.call("GET", "sync?timeout=0")
    return any(one["type"] == "m.room.encrypted" for one in answer["to_device"]["events"])


async def test_in_a_room_of_hundreds_only_what_is_encrypted_takes_long_and_nobody_else_waits(tmp_path: Path) -> None:
    async with Homeserver(tmp_path / "synapse", settings=QUIET) as homeserver, Proxy(homeserver.url) as proxy:
        ana, eve, clerk = [await homeserver.account(name) for name in ("ana", "eve", "clerk")]
        plain = await ana.create_room("Plain", preset="public_chat")
        secret = await ana.create_room("Secret", preset="public_chat", encrypted=True)
        home = await ana.create_room("Home", invite=[clerk])
        people = await crowd(homeserver, MEMBERS, plain, secret)
        bot = RunningBot(tmp_path, homeserver, clerk)
        bot.sections["matrix"]["homeserver"] = proxy.url
        bot.write()
        asked_for: list[str] = []

        def looks_on(passing: Passing) -> bool:
            asked_for.append(passing.path)
            return False

        proxy.plays(looks_on, cut_before)
        eves = Person(homeserver.url, eve.user_id, tmp_path)
        await eves.client.login(PASSWORD)
        try:
            async with bot:
                await ana.wait_for(home, said_by(clerk.user_id, "town clerk"), PATIENCE)
                await ana.invite(plain, clerk)
                await ana.wait_for(plain, said_by(clerk.user_id, "town clerk"), PATIENCE)
                question = await ana.send(plain, "!clerk who uses tool-1?")
                await ana.wait_for(plain, lambda seen: seen.reply_to == question, PATIENCE)
                assert not [path for path in asked_for if "members" in path], "who is there was asked for"

                asked, answered = asyncio.Event(), asyncio.Event()

                async def held(passing: Passing) -> Answer:
                    answer = await passing.forward()
                    asked.set()
                    await asyncio.wait_for(answered.wait(), PATIENCE)
                    return answer

                proxy.plays(lambda p: p.path.endswith("/keys/query") and len(p.body) > 20 * MEMBERS, held)
                await eve.join(secret)
                await ana.invite(secret, clerk)
                await asyncio.wait_for(asked.wait(), PATIENCE)
                question = await ana.send(home, "!clerk who uses tool-2?")
                await ana.wait_for(home, lambda seen: seen.reply_to == question, PATIENCE)
                answered.set()
                await eves.reads("town clerk", PATIENCE)
                await eves.say(secret, "!clerk who uses tool-3?")
                await eves.reads("called tool-3", PATIENCE)
                await bot.drained()
            assert all([await has_key(person) for person in people])
            assert len([path for path in asked_for if "members" in path]) == 1
        finally:
            await eves.client.close()
