"""A person whose client leaves out unsigned devices (MSC4153), at matrix-js-sdk: they and the bot read each other."""

import shutil
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import Community
from tests.homeserver import Homeserver
from tests.javascript import JsPerson, Shown


async def asks(person: JsPerson, room: str, clerk: str, tool: str = "PlanX") -> Shown:
    """The answer to a question of theirs."""
    question = await person.say(room, f"!clerk who uses {tool}?")
    return await person.hear(room, clerk, f"{tool} – used by", since=question)


async def troubles(person: JsPerson, room: str, clerk: str) -> list[str]:
    """What their client can't read of the bot's, warns of, or saw in the clear; an encrypted chat has none of these."""
    said = [one for one in await person.timeline(room) if one.sender == clerk and one.type == "m.room.message"]
    assert said, "the bot said nothing"
    return [str(one) for one in said if one.unreadable or one.shield != "NONE" or not one.encrypted]


async def readable(person: JsPerson, room: str, clerk: str, since: str) -> list[str]:
    """What their client can read of the bot's after an event."""
    timeline = await person.timeline(room)
    start = [one.event for one in timeline].index(since) + 1
    return [str(one) for one in timeline[start:] if one.sender == clerk and one.body]


async def devices(community: Community) -> set[str]:
    """The devices of the bot's account."""
    return {str(one["device_id"]) for one in (await community.clerk.call("GET", "devices"))["devices"]}


async def identity(person: JsPerson, clerk: str) -> Any:
    """The bot's master key, as their client holds it; an identity that changed would need their approval."""
    trust = await person.do("trust", {"user": clerk})
    assert not trust["replaced"]
    assert trust["masterKey"]
    return trust["masterKey"]


async def test_in_a_room_and_in_a_direct_chat_they_read_each_other_also_after_the_bot_was_killed(
    community: Community, eve: JsPerson
) -> None:
    clerk = community.clerk.user_id
    await community.bot.start()
    rooms = [await eve.create_room(clerk), await eve.create_room(clerk, direct=True)]
    for room in rooms:
        await eve.hear(room, clerk, "town clerk of Test councils")
        await asks(eve, room, clerk)
    before = await identity(eve, clerk)
    await community.bot.kill()
    asked = [await eve.say(room, "!clerk who uses BOPS?") for room in rooms]
    await community.bot.start()
    for room, question in zip(rooms, asked, strict=True):
        await eve.hear(room, clerk, "BOPS – used by", since=question)
        await asks(eve, room, clerk, "LocalGov Drupal")
        assert await troubles(eve, room, clerk) == []
    assert await identity(eve, clerk) == before


async def test_in_a_direct_chat_that_the_bot_opened_they_read_each_other(
    community: Community, homeserver: Homeserver, javascript: None, tmp_path: Path
) -> None:
    clerk = community.clerk.user_id
    async with JsPerson(homeserver, community.bea.user_id, tmp_path) as bea:
        await bea.make_identity()
        await community.bot.start()
        await community.bea.send(community.room, "!clerk you may ask me")
        await community.hear("Thank you!")
        await community.ask("ask PlanX users: how long did it take you?")
        room = await bea.invited_by(clerk)
        await bea.join(room)
        read = await bea.hear(room, clerk, "asks the users of PlanX: how long did it take you?")
        said = await bea.say(room, "About three months.")
        await bea.hear(room, clerk, "Shall I pass it on?", since=said)
        await bea.say(room, "yes")
        await community.hear("London Borough of Camden answers: About three months.")
        await bea.hear(room, clerk, "I have passed that on", since=read.event)
        assert await troubles(bea, room, clerk) == []


async def test_on_a_new_device_of_theirs_they_read_what_the_bot_says_next(
    community: Community, homeserver: Homeserver, tmp_path: Path
) -> None:
    clerk = community.clerk.user_id
    account = await homeserver.account("fay")
    await community.bot.start()
    async with JsPerson(homeserver, account.user_id, tmp_path) as old:
        recovery_key = await old.make_identity()
        room = await old.create_room(clerk, direct=True)
        await old.hear(room, clerk, "town clerk of Test councils")
        await asks(old, room, clerk)
        async with JsPerson(homeserver, account.user_id, tmp_path) as new:
            await new.bring_identity(recovery_key)
            answer = await asks(old, room, clerk, "BOPS")
            heard = await new.hear(room, clerk, "BOPS – used by")
            assert (heard.event, heard.shield) == (answer.event, "NONE")
            answer = await asks(new, room, clerk, "LocalGov Drupal")
            assert (await old.hear(room, clerk, "LocalGov Drupal – used by")).event == answer.event
        assert await troubles(old, room, clerk) == []


async def test_the_bots_new_device_is_left_out_until_the_recovery_key_signs_it_with_the_same_identity(
    community: Community, eve: JsPerson, starter_register: Path
) -> None:
    clerk, bot = community.clerk.user_id, community.bot
    await bot.start()
    rooms = [await eve.create_room(clerk), await eve.create_room(clerk, direct=True)]
    for room in rooms:
        await eve.hear(room, clerk, "town clerk of Test councils")
        await asks(eve, room, clerk)
    before, known = await identity(eve, clerk), await devices(community)
    _, recovery_key, _ = await bot.townclerk("recovery-key")
    await bot.kill()
    (bot.folder / "lost").mkdir()
    for left in list(bot.folder.glob("townclerk.db*")):
        left.rename(bot.folder / "lost" / left.name)
    shutil.copy(starter_register, bot.folder / "townclerk.db")

    start = bot.log.stat().st_size
    await bot.start()
    await bot.logged("identity needs the operator", start)
    (device,) = await devices(community) - known
    unheard = await eve.say(rooms[0], "!clerk who uses PlanX?")
    await community.hear("BOPS – used by", since=await community.ask("who uses BOPS?"))
    await bot.drained()
    assert await readable(eve, rooms[0], clerk, since=unheard) == []
    await bot.kill()

    await bot.start(TOWNCLERK_MATRIX__RECOVERY_KEY=recovery_key.strip())
    await eve.do("seesSigned", {"user": clerk, "device": device})
    for room in rooms:
        assert (await asks(eve, room, clerk, "LocalGov Drupal")).shield == "NONE"
    assert await identity(eve, clerk) == before
    assert await devices(community) == {*known, device}
