"""People and rooms come and go, messages are fetched, pinned and taken back: told by a plugin of the tests' own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.acceptance.test_encryption import at_a_client
from tests.homeserver import Account, Homeserver, Seen, Sieve, said_by
from tests.running import RunningBot

ROOT = str(Path(__file__).parents[2])


@dataclass
class Probe:
    """A room of Ana's with Bea, and the bot with the plugin above."""

    homeserver: Homeserver
    ana: Account
    bea: Account
    clerk: Account
    bot: RunningBot
    room: str

    async def order(self, text: str, room: str = "") -> str:
        """Ana tells the plugin something."""
        return await self.ana.send(room or self.room, text)

    async def hear(self, words: str, room: str = "", since: str | None = None) -> Seen:
        """What the bot says, awaited."""
        return await self.ana.wait_for(room or self.room, said_by(self.clerk.user_id, words), since=since)

    async def pinned(self) -> list[str]:
        """What is pinned in the room."""
        pinned: list[str] = (await self.ana.state(self.room, "m.room.pinned_events"))["pinned"]
        return pinned


def taken_back(event_id: str) -> Sieve:
    """A sieve for the redaction of this event."""
    return lambda seen: event_id in (seen.raw.get("redacts"), seen.content.get("redacts"))


@pytest_asyncio.fixture
async def probe(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[Probe]:
    """The bot runs and has said a first word in the room."""
    ana, bea, clerk = [await homeserver.account(name) for name in ("ana", "bea", "clerk")]
    bot = RunningBot(tmp_path, homeserver, clerk, plugins={"probe": {"module": "tests.turn.probe"}})
    room = await ana.create_room("Planning", invite=[clerk, bea])
    await bea.join(room)
    await bot.start(PYTHONPATH=ROOT)
    made = Probe(homeserver, ana, bea, clerk, bot, room)
    await ana.wait_for(room, lambda seen: seen.type == "m.room.member" and seen.sender == clerk.user_id)
    yield made
    if bot.running:
        await bot.kill()


async def test_a_message_is_fetched_with_the_words_it_has_now(probe: Probe) -> None:
    asked = await probe.bea.send(probe.room, "the map is blank")
    await probe.ana.react(probe.room, asked, "🆘")
    await probe.hear(f"fetched {probe.bea.user_id}: the map is blank")
    edit = await probe.bea.edit(probe.room, asked, "the map is blank since Monday")
    await probe.ana.react(probe.room, asked, "👀")
    await probe.hear(f"fetched {probe.bea.user_id}: the map is blank since Monday", since=edit)
    taken = await probe.bea.redact(probe.room, asked)
    await probe.ana.react(probe.room, asked, "🧭")
    await probe.hear(f"fetched {probe.bea.user_id}: nothing", since=taken)
    await probe.order("fetch $never-was")
    await probe.hear("fetched : nothing")


async def test_a_message_of_an_encrypted_room_is_fetched_and_taken_back_there(
    probe: Probe, homeserver: Homeserver, tmp_path: Path
) -> None:
    eve = await homeserver.account("eve")
    async with at_a_client(homeserver, eve, tmp_path) as person:
        room = await eve.create_room("Secret", invite=[probe.clerk], encrypted=True)
        await eve.wait_for(room, lambda seen: seen.type == "m.room.member" and seen.sender == probe.clerk.user_id)
        await person.sync()
        await person.say(room, "say hello")
        await person.reads("words of hello")
        asked = await person.say(room, "the map is blank")
        await eve.react(room, asked, "🆘")
        await person.reads(f"fetched {eve.user_id}: the map is blank")
        new = {"msgtype": "m.text", "body": "blank since Monday"}
        relation = {"rel_type": "m.replace", "event_id": asked}
        await person.say(room, "* blank since Monday", **{"m.relates_to": relation, "m.new_content": new})
        await eve.react(room, asked, "👀")
        await person.reads(f"fetched {eve.user_id}: blank since Monday")
        hello = await eve.wait_for(
            room, lambda seen: seen.sender == probe.clerk.user_id and "algorithm" in seen.content
        )
        await person.say(room, "redact hello")
        await eve.wait_for(room, taken_back(hello.event_id))


async def test_a_message_is_pinned_beside_others_where_the_bot_may_and_taken_off_again(probe: Probe) -> None:
    await probe.ana.set_state(probe.room, "m.room.pinned_events", {"pinned": ["$of-others"]})
    await probe.order("room")
    await probe.hear("room: may_send")
    await probe.order("say board")
    board = await probe.hear("words of board")
    await probe.order("pin board")
    await probe.hear("unsent pin board")
    assert await probe.pinned() == ["$of-others"]
    levels = await probe.ana.state(probe.room, "m.room.power_levels")
    since = await probe.ana.set_state(
        probe.room, "m.room.power_levels", levels | {"users": levels["users"] | {probe.clerk.user_id: 50}}
    )
    await probe.order("room")
    await probe.hear("room: may_pin may_send", since=since)
    await probe.order("pin board")
    await probe.ana.wait_for(probe.room, lambda seen: seen.content.get("pinned") == ["$of-others", board.event_id])
    await probe.order("unpin board")
    await probe.ana.wait_for(
        probe.room,
        lambda seen: seen.sender == probe.clerk.user_id and seen.content.get("pinned") == ["$of-others"],
    )


async def test_what_was_said_is_taken_back_with_its_edits(probe: Probe) -> None:
    await probe.order("say card")
    card = await probe.hear("words of card")
    await probe.order("change card")
    changed = await probe.ana.wait_for(probe.room, lambda seen: seen.replaces == card.event_id)
    await probe.order("redact card")
    for event in (card, changed):
        await probe.ana.wait_for(probe.room, taken_back(event.event_id))


async def test_who_is_thrown_out_leaves_or_is_only_renamed_or_declines(probe: Probe) -> None:
    dan, eva = [await probe.homeserver.account(name) for name in ("dan", "eva")]
    await probe.ana.invite(probe.room, dan, eva)
    await dan.leave(probe.room)
    await eva.join(probe.room)
    await eva.set_display_name("Eva of Camden")
    await eva.leave(probe.room)
    await probe.hear(f"gone {eva.user_id}")
    await probe.ana.kick(probe.room, probe.bea)
    await probe.hear(f"gone {probe.bea.user_id}")
    gone = [seen for seen in await probe.ana.messages(probe.room) if said_by(probe.clerk.user_id, "gone")(seen)]
    assert len(gone) == 2


async def test_who_left_while_the_bot_was_stopped_is_told_behind_a_hole_in_what_it_heard(probe: Probe) -> None:
    await probe.bot.stop()
    await probe.bea.leave(probe.room)
    for number in range(110):
        await probe.ana.send(probe.room, f"chatter {number}")
    await probe.bot.start(PYTHONPATH=ROOT)
    await probe.hear(f"gone {probe.bea.user_id}")


@pytest.mark.parametrize("running", [True, False], ids=["while it runs", "while it is stopped"])
async def test_the_bot_thrown_out_of_a_room_says_so_elsewhere(probe: Probe, tmp_path: Path, running: bool) -> None:
    other = await probe.ana.create_room("Other", invite=[probe.clerk])
    await probe.order("say hello", other)
    await probe.hear("words of hello", other)
    if not running:
        await probe.bot.stop()
    await probe.ana.kick(other, probe.clerk)
    if not running:
        await probe.bot.start(PYTHONPATH=ROOT)
    await probe.hear(f"gone {probe.clerk.user_id}")


async def test_an_upgraded_room_is_followed_with_its_settings(probe: Probe) -> None:
    await probe.order("cymraeg")
    await probe.hear("diolch")
    await probe.ana.set_state(probe.room, "m.room.join_rules", {"join_rule": "public"})
    answer = await probe.ana.call("POST", f"rooms/{probe.room}/upgrade", {"new_version": "12"})
    successor = answer["replacement_room"]
    await probe.ana.wait_for(
        successor, lambda seen: seen.type == "m.room.member" and seen.sender == probe.clerk.user_id, timeout=20
    )
    await probe.order("room", successor)
    await probe.hear("room: may_send shared listening cy", successor)


async def test_the_people_a_message_names_are_known(probe: Probe) -> None:
    await probe.ana.send(
        probe.room, "named @typed:example.org", mentions=[probe.bea, probe.clerk], formatted_body="<i>named</i>"
    )
    await probe.hear(f"named {probe.bea.user_id} @typed:example.org")
