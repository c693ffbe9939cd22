"""Rooms with hundreds of members: in clear nobody is asked who is there; while keys are got for one, others go on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.acceptance.test_encryption import at_a_client
from tests.faults.crowd import QUIET, crowd
from tests.faults.proxy import Answer, Passing, Proxy
from tests.homeserver import Account, Homeserver, said_by
from tests.running import RunningBot

MEMBERS = 100
PATIENCE = 120.0  # seconds

# In one loop, in which the proxy passes on what it is given.
pytestmark = [pytest.mark.homeserver, pytest.mark.faults, pytest.mark.asyncio(loop_scope="session")]


@dataclass
class Large:
    """Two rooms of Ana's that anybody may join and many have; what the bot asks for goes through the proxy."""

    homeserver: Homeserver
    proxy: Proxy
    ana: Account
    people: list[Account]
    plain: str
    secret: str

    async def asks(self, room: str, clerk: Account, tool: str) -> None:
        """Ana asks about it, and is answered."""
        question = await self.ana.send(room, f"!clerk who uses {tool}?")
        await self.ana.wait_for(room, lambda seen: said_by(clerk.user_id)(seen) and seen.reply_to == question, PATIENCE)

    async def greeted(self, room: str, clerk: Account) -> None:
        """Ana asks the bot in, and it says who it is."""
        await self.ana.invite(room, clerk)
        await self.ana.wait_for(room, said_by(clerk.user_id, "town clerk"), PATIENCE)

    def bot(self, folder: Path, clerk: Account) -> RunningBot:
        """Behind the proxy."""
        made = RunningBot(folder, self.homeserver, clerk)
        made.sections["matrix"]["homeserver"] = self.proxy.url
        made.write()
        return made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def large(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Large]:
    """On a homeserver of its own."""
    folder = tmp_path_factory.mktemp("large")
    async with Homeserver(folder, settings=QUIET) as homeserver, Proxy(homeserver.url) as proxy:
        ana = await homeserver.account("ana")
        plain = await ana.create_room("Plain", preset="public_chat")
        secret = await ana.create_room("Secret", preset="public_chat", encrypted=True)
        people = await crowd(homeserver, MEMBERS, plain, secret)
        yield Large(homeserver, proxy, ana, people, plain, secret)


async def test_in_clear_it_is_never_asked_who_is_there(large: Large, tmp_path: Path) -> None:
    clerk, asked_for = await large.homeserver.account("clerk"), set[str]()

    async def looks_on(passing: Passing) -> Answer:
        asked_for.add(passing.path)
        return await passing.forward()

    watching = large.proxy.plays(lambda passing: True, looks_on, 10_000)
    async with large.bot(tmp_path, clerk) as bot:
        await large.greeted(large.plain, clerk)
        await large.asks(large.plain, clerk, "tool-1")
        await bot.drained()
    assert any("/sync" in path for path in asked_for)
    assert not [path for path in asked_for if "members" in path]
    watching.times = 0


async def test_while_the_keys_of_all_are_got_for_an_encrypted_one_other_rooms_go_on(
    large: Large, tmp_path: Path
) -> None:
    eve, clerk = await large.homeserver.account("eve"), await large.homeserver.account("clerk")
    home = await large.ana.create_room("Home")
    asked, answered = asyncio.Event(), asyncio.Event()

    async def held(passing: Passing) -> Answer:
        answer = await passing.forward()
        asked.set()
        await asyncio.wait_for(answered.wait(), PATIENCE)
        return answer

    large.proxy.plays(lambda p: p.path.endswith("/keys/query") and len(p.body) > 20 * MEMBERS, held)
    async with at_a_client(large.homeserver, eve, tmp_path) as eves, large.bot(tmp_path, clerk) as bot:
        await large.greeted(home, clerk)
        await eve.join(large.secret)
        await large.ana.invite(large.secret, clerk)
        await asyncio.wait_for(asked.wait(), PATIENCE)
        await large.asks(home, clerk, "tool-2")
        answered.set()
        await eves.reads("town clerk", PATIENCE)
        await eves.say(large.secret, "!clerk who uses tool-3?")
        await eves.reads("called tool-3", PATIENCE)
        await bot.drained()
    assert all([await has_key(person) for person in large.people])


async def has_key(person: Account) -> bool:
    """Whether the bot sent their device something encrypted."""
    answer = await person.call("GET", "sync?timeout=0")
    return any(one["type"] == "m.room.encrypted" for one in answer["to_device"]["events"])
