"""On the real homeserver: who may let the bot in, two bots in one room, a lie about a room's upgrade, a closed door."""

import asyncio
from pathlib import Path
from typing import Any

from bot.matrix.entering import are_members
from bot.matrix.wire import Wire
from tests.homeserver import Account, Homeserver, Sieve, said_by
from tests.running import RunningBot

ROOT = str(Path(__file__).parents[2])


def became(who: Account, membership: str) -> Sieve:
    """A sieve for somebody's joining, leaving or knocking."""
    return lambda seen: seen.sender == who.user_id and seen.content.get("membership") == membership


def calls(clerk: Account, person: Account) -> Sieve:
    """A sieve for a bot's call: a text that names this person."""
    return lambda seen: (
        seen.sender == clerk.user_id
        and seen.content.get("msgtype") == "m.text"
        and person.user_id in seen.content.get("m.mentions", {}).get("user_ids", [])
    )


async def people(homeserver: Homeserver, *names: str) -> list[Account]:
    """Accounts of these names."""
    return list(await asyncio.gather(*(homeserver.account(name) for name in names)))


async def test_two_town_clerks_in_one_room_never_answer_each_other(homeserver: Homeserver, tmp_path: Path) -> None:
    ana, one, two = await people(homeserver, "ana", "clerk", "clerk")
    pairs = ((one, two), (two, one))
    bots: list[RunningBot] = []
    for clerk, other in pairs:
        folder = tmp_path / str(len(bots))
        folder.mkdir()
        community = {"name": "Test councils", "hours": "always", "stewards": [other.user_id]}
        escalation = {"ladder": [{"ask": "stewards", "after": "1s"}]}
        plugins: dict[str, Any] = {"requests": {}, "people": {}, "help": {}, "directory": {}, "escalation": escalation}
        bots.append(RunningBot(folder, homeserver, clerk, community=community, plugins=plugins))
    room = await ana.create_room("Both", invite=[one, two])
    async with bots[0], bots[1]:
        for clerk, _ in pairs:
            await ana.wait_for(room, said_by(clerk.user_id, "Test councils"))
        asked = await ana.send(room, "help: the map is blank, who knows?", mentions=[one, two])
        for clerk, other in pairs:  # each calls its steward, the other bot, by a text with a mention
            await ana.wait_for(room, calls(clerk, other), timeout=30)
        for bot in bots:
            await bot.drained()
        said = [seen for seen in await ana.messages(room, asked) if seen.sender != ana.user_id and seen.body]
    whose = {seen.event_id: seen.sender for seen in said}
    crossed = [seen for seen in said if whose.get(seen.reply_to or "", seen.sender) != seen.sender]
    assert len(crossed) <= 2, "\n".join(map(str, said))
    assert len(said) <= 12, "\n".join(map(str, said))


async def test_a_flood_of_invitations_keeps_nobody_waiting(homeserver: Homeserver, tmp_path: Path) -> None:
    ana, eva, clerk = await people(homeserver, "ana", "eva", "clerk")
    bot = RunningBot(tmp_path, homeserver, clerk)
    home = await ana.create_room("Home", invite=[clerk])
    async with bot:
        await ana.wait_for(home, became(clerk, "join"))
        rooms = [await eva.create_room(f"Flood {number}", invite=[clerk]) for number in range(30)]
        asked = await ana.send(home, "!clerk who uses PlanX?")
        await ana.wait_for(home, said_by(clerk.user_id, "PlanX"), since=asked)
        await eva.wait_for(rooms[-1], became(clerk, "join"), timeout=60)


async def test_a_closed_door_of_the_settings_is_knocked_at_once(homeserver: Homeserver, tmp_path: Path) -> None:
    ana, clerk = await people(homeserver, "ana", "clerk")
    rules: list[Any] = [{"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}]
    closed = await ana.create_room("Stewards", initial_state=rules, room_version="11")
    bot = RunningBot(
        tmp_path, homeserver, clerk,
        community={"name": "Test councils", "hours": "always", "rooms": {"stewards": closed, "maintainers": closed}},
        plugins={"requests": {}, "escalation": {}, "people": {}, "help": {}},
    )  # fmt: skip
    async with bot:
        await ana.wait_for(
            closed,
            lambda seen: became(clerk, "knock")(seen) and "name this room" in seen.content["reason"]
        )  # fmt: skip
        await bot.stop()
        await bot.start()
        await ana.invite(closed, clerk)
        await ana.wait_for(closed, became(clerk, "join"))
    knocks = [seen for seen in await ana.messages(closed) if seen.content.get("membership") == "knock"]
    assert len(knocks) == 1


async def test_a_lie_about_a_rooms_upgrade_is_seen_through(homeserver: Homeserver, tmp_path: Path) -> None:
    ana, eva, clerk = await people(homeserver, "ana", "eva", "clerk")
    bot = RunningBot(tmp_path, homeserver, clerk, plugins={"probe": {"module": "tests.turn.probe"}})
    room = await ana.create_room("Planning", invite=[clerk])
    evil = await eva.create_room("Evil", preset="public_chat")
    await bot.start(PYTHONPATH=ROOT)
    try:
        await ana.wait_for(room, became(clerk, "join"))
        await ana.set_state(room, "m.room.tombstone", {"replacement_room": evil, "body": "a lie"})
        await eva.wait_for(evil, became(clerk, "join"))
        await eva.wait_for(
            evil, lambda seen: seen.sender == clerk.user_id and seen.content.get("membership") == "leave"
        )
        asked = await ana.send(room, "room")
        await ana.wait_for(room, said_by(clerk.user_id, "room: may_send"), since=asked)
        assert not [seen for seen in await eva.messages(evil) if seen.sender == clerk.user_id and seen.body]
    finally:
        await bot.kill()


async def test_who_is_in_a_space_is_known_as_it_is_now(homeserver: Homeserver) -> None:
    ana, kim, clerk = await people(homeserver, "ana", "kim", "clerk")
    space = await ana.create_room("Councils", invite=[kim, clerk], creation_content={"type": "m.space"})
    await clerk.join(space)
    wire = Wire(homeserver.url)
    wire.token = clerk.credentials.access_token
    both = (clerk.user_id, kim.user_id)
    try:
        assert not await are_members(wire, space, both), "an invitation is no membership"
        await kim.join(space)
        assert await are_members(wire, space, both)
        await clerk.leave(space)
        assert not await are_members(wire, space, both), "what is shown of a room that we left is old"
        assert not await are_members(wire, "!nowhere", both)
    finally:
        await wire.close()


async def test_what_was_said_while_the_bot_was_out_of_the_room_is_not_its_to_see(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    ana, clerk = await people(homeserver, "ana", "clerk")
    visible = {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "joined"}}
    room = await ana.create_room("Planning", invite=[clerk], initial_state=[visible])
    bot = RunningBot(tmp_path, homeserver, clerk)
    async with bot:
        await ana.wait_for(room, became(clerk, "join"))
        await bot.kill()
        await ana.kick(room, clerk)
        for number in range(12):
            await ana.send(room, f"!clerk who uses tool number {number}?")
        await ana.invite(room, clerk)
        await bot.start()
        await ana.wait_for_all(room, became(clerk, "join"), 2)
        for number in range(12):
            await ana.send(room, f"chatter {number}")
        asked = await ana.send(room, "!clerk who uses PlanX?")
        await ana.wait_for(room, lambda seen: said_by(clerk.user_id)(seen) and seen.reply_to == asked, timeout=20)
        await bot.drained()
        replies = [seen for seen in await ana.messages(room) if seen.sender == clerk.user_id and seen.reply_to]
        assert [seen.reply_to for seen in replies] == [asked]
