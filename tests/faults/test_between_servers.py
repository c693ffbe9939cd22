"""Two homeservers: lists of servers that shut one of them out, a flood of invitations, a door to be knocked at."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.federation import Federation, federation
from tests.homeserver import Account, Homeserver, said_by
from tests.running import RunningBot

# In one loop, which passes on what the servers say to each other.
pytestmark = [pytest.mark.homeserver, pytest.mark.faults, pytest.mark.asyncio(loop_scope="session")]

PATIENCE = 60.0  # seconds


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Federation]:
    """Ours, where the bot lives, and theirs."""
    async with federation(tmp_path_factory.mktemp("federation")) as servers:
        yield servers


def speaks(bot: RunningBot, **matrix: Any) -> RunningBot:
    """With more in its section `[matrix]`."""
    bot.sections["matrix"] |= matrix
    bot.write()
    return bot


async def without(who: Account, room: str, *servers: Homeserver) -> None:
    """The room's list of servers: all but these."""
    deny = [server.server_name.partition(":")[0] for server in servers]
    await who.set_state(room, "m.room.server_acl", {"allow": ["*"], "allow_ip_literals": True, "deny": deny})


async def answers(who: Account, room: str, clerk: Account) -> list[str | None]:
    """What the bot replied to, as this person's server has it."""
    return [seen.reply_to for seen in await who.messages(room) if seen.sender == clerk.user_id and seen.reply_to]


async def test_what_is_said_while_our_server_is_shut_out_reaches_the_others_once_it_is_let_in(
    pair: Federation, tmp_path: Path
) -> None:
    ana, clerk = await pair.ours.account("ana"), await pair.ours.account("clerk")
    rob = await pair.theirs.account("rob")
    home = await ana.create_room("Home", invite=[clerk])
    room = await rob.create_room("Theirs", invite=[clerk])
    async with speaks(RunningBot(tmp_path, pair.ours, clerk), allowed_servers=[pair.theirs.server_name]) as bot:
        await ana.wait_for(home, said_by(clerk.user_id, "town clerk"), PATIENCE)
        await rob.wait_for(room, said_by(clerk.user_id, "town clerk"), PATIENCE)
        await without(rob, room, pair.ours)
        await bot.logged("our homeserver is shut out of a room")
        asked = [await rob.send(room, f"!clerk who uses tool-{number}?") for number in range(3)]
        elsewhere = await ana.send(home, "!clerk who uses tool-9?")
        await ana.wait_for(home, lambda seen: seen.reply_to == elsewhere, PATIENCE)
        await clerk.wait_for(room, lambda seen: seen.reply_to == asked[-1], PATIENCE)
        await bot.drained()
        assert await answers(rob, room, clerk) == []
        code, told, _ = await bot.townclerk("doctor")
        assert code == 1
        assert f"shut out of 1 rooms ({room})" in told
        await bot.kill()
        await without(rob, room)
        await bot.start()
        await bot.logged("our homeserver is let into a room again")
        asked.append(await rob.send(room, "!clerk who uses tool-3?"))
        await rob.wait_for(room, lambda seen: seen.reply_to == asked[-1], PATIENCE)
        await bot.drained()
        assert await answers(rob, room, clerk) == asked


async def test_whose_server_is_shut_out_before_the_answer_is_answered_once_and_elsewhere_goes_on_being(
    pair: Federation, tmp_path: Path
) -> None:
    ana, clerk = await pair.ours.account("ana"), await pair.ours.account("clerk")
    rob = await pair.theirs.account("rob")
    room = await ana.create_room("Ours", invite=[clerk, rob])
    direct = await rob.create_room(invite=[clerk], is_direct=True)
    await rob.join(room)
    async with speaks(RunningBot(tmp_path, pair.ours, clerk), allowed_servers=[pair.theirs.server_name]) as bot:
        for where in (room, direct):
            await rob.wait_for(where, said_by(clerk.user_id, "town clerk"), PATIENCE)
        bot.freeze()
        asked = await rob.send(room, "!clerk who uses tool-1?")
        await ana.wait_for(room, lambda seen: seen.event_id == asked, PATIENCE)
        await without(ana, room, pair.theirs)
        bot.wake()
        await ana.wait_for(room, lambda seen: seen.reply_to == asked, PATIENCE)
        again = await rob.send(direct, "who uses tool-1?")
        await rob.wait_for(direct, lambda seen: seen.reply_to == again, PATIENCE)
        await bot.drained()
        assert await answers(ana, room, clerk) == [asked]


async def test_of_a_flood_of_invitations_from_elsewhere_only_those_allowed_are_followed_and_soon(
    pair: Federation, tmp_path: Path
) -> None:
    ana, clerk = await pair.ours.account("ana"), await pair.ours.account("clerk")
    rob = await pair.theirs.account("rob")
    evil = [await pair.theirs.account(f"evil{number}") for number in range(10)]
    home = await ana.create_room("Home", invite=[clerk])
    async with speaks(RunningBot(tmp_path, pair.ours, clerk), allowed_people=[rob.user_id]) as bot:
        await ana.wait_for(home, said_by(clerk.user_id, "town clerk"), PATIENCE)

        async def flood(who: Account) -> None:
            for number in range(20):
                await who.create_room(f"Flood {number}", invite=[clerk])

        flooding = [asyncio.create_task(flood(who)) for who in evil]
        asked, room = await ana.send(home, "!clerk who uses tool-1?"), await rob.create_room("Welcome", invite=[clerk])
        await ana.wait_for(home, lambda seen: seen.reply_to == asked, PATIENCE)
        await rob.wait_for(room, said_by(clerk.user_id, "town clerk"), PATIENCE)
        await asyncio.gather(*flooding)
        last = await rob.create_room("Welcome, too", invite=[clerk])
        await rob.wait_for(last, said_by(clerk.user_id, "town clerk"), PATIENCE)
        await bot.drained()
    assert set((await clerk.call("GET", "joined_rooms"))["joined_rooms"]) == {home, room, last}


async def test_a_door_on_another_server_is_knocked_at_and_entered_when_it_is_opened(
    pair: Federation, tmp_path: Path
) -> None:
    rob, clerk = await pair.theirs.account("rob"), await pair.ours.account("clerk")
    rules: list[Any] = [{"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}]
    room = await rob.create_room("Stewards", alias="stewards", initial_state=rules, room_version="11")
    alias = f"#stewards:{pair.theirs.server_name}"
    community = {"name": "Test councils", "hours": "always", "rooms": {"stewards": alias, "maintainers": alias}}
    plugins: dict[str, Any] = {"requests": {}, "escalation": {}, "people": {}, "help": {}}
    async with RunningBot(tmp_path, pair.ours, clerk, community=community, plugins=plugins):
        await rob.wait_for(room, lambda seen: seen.content.get("membership") == "knock", PATIENCE)
        await rob.invite(room, clerk)
        await rob.wait_for(room, lambda seen: seen.sender == clerk.user_id and bool(seen.body), PATIENCE)


async def test_whoever_of_another_server_is_in_a_space_may_let_the_bot_in_for_as_long_as_they_are(
    pair: Federation, tmp_path: Path
) -> None:
    ana, clerk = await pair.ours.account("ana"), await pair.ours.account("clerk")
    kim, eva = await pair.theirs.account("kim"), await pair.theirs.account("eva")
    kind = {"type": "m.space"}
    space = await ana.create_room("Councils", alias="councils", invite=[kim, clerk], creation_content=kind)
    await kim.join(space)
    bot = speaks(RunningBot(tmp_path, pair.ours, clerk),
                 allowed_spaces=[f"#councils:{pair.ours.server_name}", "!nowhere:x.org"])  # fmt: skip
    async with bot:
        assert (await bot.logged("not in a space of allowed_spaces"))["space"].startswith("#councils")
        await ana.wait_for(space, lambda seen: seen.sender == clerk.user_id, PATIENCE)

        async def refused(who: Account, room: str) -> None:
            """They ask the bot in, and it is said that it doesn't come."""
            before = bot.log.stat().st_size
            await who.invite(room, clerk)
            await bot.logged("invitations refused", before)

        hers, theirs, last = [await who.create_room("Planning") for who in (eva, kim, kim)]
        await refused(eva, hers)
        await kim.invite(theirs, clerk)
        await kim.wait_for(theirs, said_by(clerk.user_id, "town clerk"), PATIENCE)
        code, told, _ = await bot.townclerk("doctor")
        assert code == 1
        assert "isn't in !nowhere:x.org of allowed_spaces" in told
        assert "isn't in #councils" not in told
        await ana.kick(space, kim)
        await refused(kim, last)
        await bot.drained()
    assert set((await clerk.call("GET", "joined_rooms"))["joined_rooms"]) == {space, theirs}
