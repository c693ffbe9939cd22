"""A help request's whole life on a real homeserver: as its people see it, whatever happens to room, card and bot."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Community
from tests.acceptance.test_conversation import invited_by
from tests.acceptance.test_encryption import at_a_client
from tests.homeserver import Account, Homeserver, Seen, said_by


async def shown(person: Account, room: str, event_id: str) -> str:
    """The words of a message as a client shows them, its newest edit bundled with it by the homeserver."""
    raw = (await person.event(room, event_id)).raw
    edit: Mapping[str, Any] = raw.get("unsigned", {}).get("m.relations", {}).get("m.replace", raw)
    return str(edit["content"].get("m.new_content", edit["content"]).get("body", ""))


async def shows(person: Account, room: str, event_id: str, *words: str, seconds: float = 15) -> str:
    """The same, awaited until it has all these words."""
    text = ""
    try:
        async with asyncio.timeout(seconds):
            while True:
                text = await shown(person, room, event_id)
                if all(word in text for word in words):
                    return text
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"it never came to show {words}, but: {text}") from None


async def set_level(community: Community, room: str, **levels: Any) -> None:
    """Sam changes the room's power levels; `clerk` is the bot's own."""
    before = await community.sam.state(room, "m.room.power_levels")
    if "clerk" in levels:
        levels["users"] = before["users"] | {community.clerk.user_id: levels.pop("clerk")}
    await community.sam.set_state(room, "m.room.power_levels", before | levels)


async def cards(community: Community, room: str = "") -> list[str]:
    """The cards in a room that are not taken away."""
    timeline = await community.sam.messages(room or community.room)
    return [seen.event_id for seen in timeline if community.says("Help request")(seen)]


async def test_from_somebodys_call_for_help_to_the_chosen_answer_one_card_tells_it_all(community: Community) -> None:
    earlier = await community.ana.send(community.room, "The PlanX map layer doesn't load since Monday.")
    await community.bot.start()
    await community.hear("town clerk")
    await community.bea.react(community.room, earlier, "🆘")
    card = await community.card(earlier, "PlanX", "Open")
    await community.cai.react(community.room, card.event_id, "🙋")
    await shows(community.sam, community.room, card.event_id, "Taken by", "Lambeth")
    await community.cai.send(community.room, "Which browser is it?", thread=earlier)
    await shows(community.sam, community.room, card.event_id, "waiting for the asker")
    await community.ana.send(community.room, "It happens in Firefox and in Chrome.", thread=earlier)
    await shows(community.sam, community.room, card.event_id, "Taken by")
    answer = await community.cai.send(community.room, "Clear the tile cache, then it loads.", thread=earlier)
    await shows(community.sam, community.room, card.event_id, "Answered by", "Lambeth")
    await community.ana.react(community.room, answer, "✅")
    await shows(community.sam, community.room, card.event_id, "Resolved")
    assert await cards(community) == [card.event_id]


async def test_the_whole_life_in_an_encrypted_room(
    community: Community, homeserver: Homeserver, tmp_path: Path
) -> None:
    eve = await homeserver.account("eve")
    async with at_a_client(homeserver, eve, tmp_path) as person:
        await community.bot.start()
        room = await eve.create_room("Secret", invite=[community.clerk, community.cai], encrypted=True)
        await community.cai.join(room)
        await person.reads("town clerk of Test councils")
        asked = await person.say(room, "The PlanX map layer doesn't load since Monday.")
        await eve.react(room, asked, "🆘")
        await person.reads("Open: nobody has taken it yet")
        card = await eve.wait_for(room, lambda seen: seen.sender == community.clerk.user_id and seen.reply_to == asked)
        await community.cai.react(room, card.event_id, "🙋")
        await person.reads("Taken by")
        answer = await person.say(
            room, "Clear the tile cache", **{"m.relates_to": {"rel_type": "m.thread", "event_id": asked}}
        )
        await eve.react(room, answer, "✅")
        await person.reads("Resolved")
        kinds = {seen.type for seen in await eve.messages(room) if seen.sender == community.clerk.user_id}
        assert "m.room.message" not in kinds


async def test_the_board_is_pinned_where_the_bot_may_and_asked_for_once_where_not(community: Community) -> None:
    await community.bot.start()
    await community.hear("town clerk")
    for text in ("help with PlanX: the map is blank", "help with BOPS: the inbox is empty"):
        question = await community.ask(text)
        await community.card(question, "Open")
    await community.hear("I may not pin messages", room=community.stewards)
    await set_level(community, community.room, clerk=50)
    await community.ask("take #1")
    board = await community.hear("2 questions are waiting here", timeout=25)
    await community.sam.wait_for(community.room, lambda seen: seen.content.get("pinned") == [board.event_id])
    timeline = await community.sam.messages(community.stewards)
    assert len([seen for seen in timeline if community.says("I may not pin messages")(seen)]) == 1


async def test_a_card_taken_away_by_a_moderator_comes_again_and_is_the_one_that_is_kept(community: Community) -> None:
    await community.bot.start()
    question = await community.ask("help with PlanX: the map is blank")
    first = await community.card(question, "Open")
    await community.sam.redact(community.room, first.event_id)
    await community.bea.send(community.room, "take", thread=question)
    second = await community.sam.wait_for(
        community.room,
        lambda seen: community.says("Help request")(seen) and seen.event_id != first.event_id,
        since=first.event_id,
    )
    await shows(community.sam, community.room, second.event_id, "Taken by", "Camden")
    await community.ana.send(community.room, "resolve", thread=question)
    await shows(community.sam, community.room, second.event_id, "Resolved")
    assert await cards(community) == [second.event_id]


async def test_a_bot_that_may_not_speak_for_a_while_shows_the_truth_when_it_may_again(community: Community) -> None:
    await community.bot.start()
    question = await community.ask("help with PlanX: the map is blank")
    card = await community.card(question, "Open")
    await set_level(
        community,
        community.room,
        events_default=1,
        users={
            **(await community.sam.state(community.room, "m.room.power_levels"))["users"],
            **{p.user_id: 1 for p in (community.ana, community.bea, community.cai)},
        },
    )
    await community.bea.react(community.room, card.event_id, "🙋")
    await community.hear("I may no longer write", room=community.stewards)
    await set_level(community, community.room, events_default=0)
    await shows(community.sam, community.room, card.event_id, "Taken by", "Camden", seconds=8)


@pytest.mark.parametrize("by_alias", [True, False], ids=["by alias", "by id"])
async def test_asked_in_private_put_to_all_after_a_yes_and_answered_in_private(
    community: Community, by_alias: bool
) -> None:
    alias = f"help{community.clerk.user_id.partition(':')[0][1:].replace('.', '')}"
    server = community.clerk.user_id.partition(":")[2]
    room = await community.sam.create_room("Help", invite=[community.clerk, community.bea], alias=alias)
    await community.bea.join(room)
    community.bot.sections["community"]["rooms"]["help"] = f"#{alias}:{server}" if by_alias else room
    community.bot.write()
    await community.bot.start()
    await community.sam.wait_for(room, community.says("town clerk"))
    chat = await community.ana.create_room(invite=[community.clerk], is_direct=True)
    await community.ana.wait_for(chat, community.says("town clerk"))
    await community.ana.send(chat, "help with PlanX: the map is blank")
    await community.ana.wait_for(chat, community.says("map is blank"))
    assert await cards(community, room) == []
    await community.ana.send(chat, "yes")
    card = await community.sam.wait_for(room, community.says("Help request", "the map is blank"))
    await community.bea.send(room, "Clear the tile cache, then it loads.", thread=card.event_id)
    await shows(community.sam, room, card.event_id, "Answered by")
    await community.ana.wait_for(chat, community.says("has answered"))


async def test_the_room_is_upgraded_and_the_bot_invited_to_the_new_one_only_then(community: Community) -> None:
    await community.bot.start()
    question = await community.ask("help with PlanX: the map is blank")
    await community.card(question, "Open")
    answer = await community.sam.call("POST", f"rooms/{community.room}/upgrade", {"new_version": "11"})
    successor = answer["replacement_room"]
    await asyncio.sleep(5)  # what a client takes to invite all those who were there
    await community.sam.invite(successor, community.clerk, community.bea)
    await community.bea.join(successor)
    card = await community.sam.wait_for(successor, community.says("Help request", "the map is blank"), 8)
    await community.bea.send(successor, "take", thread=card.event_id)
    await shows(community.sam, successor, card.event_id, "Taken by")


async def test_thrown_out_and_asked_in_again_it_begins_anew_and_nobody_is_left_waiting(community: Community) -> None:
    community.bot.sections["matrix"]["encrypt_direct_chats"] = False
    community.bot.write()
    await community.bot.start()
    question = await community.ask("help with PlanX: the map is blank")
    await community.card(question, "Open")
    await community.sam.kick(community.room, community.clerk)
    await community.hear("#1", room=community.stewards)
    chat = await invited_by(community.ana, community.clerk.user_id)
    await community.ana.join(chat)
    await community.ana.wait_for(chat, community.says("#1"))
    again = await community.sam.send(community.room, "come back")
    await community.sam.invite(community.room, community.clerk)
    await community.hear("town clerk", since=again)
    second = await community.ask("help with BOPS: the inbox is empty")
    await community.card(second, "Open")
    reopened = await community.ask("reopen #1")
    await community.hear("#1", since=reopened)


async def test_who_watches_is_told_in_person_and_no_more_when_they_stop(community: Community) -> None:
    community.bot.sections["matrix"]["encrypt_direct_chats"] = False
    community.bot.write()
    await community.bot.start()
    question = await community.ask("help with PlanX: the map is blank")
    card = await community.card(question, "Open")
    await community.cai.react(community.room, card.event_id, "👀")
    await community.bea.send(community.room, "take", thread=question)
    chat = await invited_by(community.cai, community.clerk.user_id)
    await community.cai.join(chat)
    await community.cai.wait_for(chat, community.says("has taken it", "stop watching"))
    await community.bea.send(community.room, "Clear the tile cache, then it loads.", thread=question)
    told = await community.cai.wait_for(chat, community.says("has answered"))
    assert told.content["msgtype"] == "m.text"
    await community.cai.send(chat, "stop watching #1")
    await community.cai.wait_for(chat, community.says("#1"), since=told.event_id)
    await community.ana.send(community.room, "resolve", thread=question)
    await shows(community.sam, community.room, card.event_id, "Resolved")
    await community.bot.drained()
    timeline = await community.cai.messages(chat)
    assert not [seen for seen in timeline if said_by(community.clerk.user_id, "resolved")(seen)]


async def test_what_follows_a_call_for_help_counts_also_when_all_was_said_while_it_was_stopped(
    community: Community,
) -> None:
    await community.bot.start()
    await community.hear("town clerk")
    await community.bot.stop()
    asked = await community.ana.send(community.room, "The PlanX map layer doesn't load since Monday.")
    await community.bea.react(community.room, asked, "🆘")
    await community.cai.react(community.room, asked, "🙋")
    await community.bot.start()
    card = await community.card(asked, "Help request")
    await shows(community.sam, community.room, card.event_id, "Taken by", "Lambeth", seconds=5)


async def test_who_points_at_a_message_that_the_bot_has_no_key_for_is_told_so(
    community: Community, homeserver: Homeserver, tmp_path: Path
) -> None:
    eve = await homeserver.account("eve")
    async with at_a_client(homeserver, eve, tmp_path) as person:
        await community.bot.start()
        room = await eve.create_room("Secret", encrypted=True)
        await person.sync()
        asked = await person.say(room, "The PlanX map is blank")
        await eve.invite(room, community.clerk)
        await person.reads("town clerk of Test councils")
        said = len(person.read)
        await eve.react(room, asked, "🆘")
        for _ in range(12):
            await person.sync()
        assert person.read[said:]


async def test_the_stewards_are_called_in_the_room_that_took_the_place_of_theirs(community: Community) -> None:
    await community.bot.start()
    await community.hear("town clerk", room=community.stewards)
    path = f"rooms/{community.stewards}/upgrade"
    successor = (await community.sam.call("POST", path, {"new_version": "11"}))["replacement_room"]
    await community.sam.invite(successor, community.clerk)
    await community.hear("town clerk", room=successor)
    question = await community.ask("help with PlanX: the map is blank")
    await community.card(question, "Everybody who could be asked")
    await community.hear("Call for the stewards", room=successor, timeout=5)


async def live(community: Community, number: int) -> str:
    """One request from question to settled, with a claim given up and taken again, and words changed; its event."""
    question = await community.ask(f"help with PlanX: map {number} is blank")
    for who in (community.bea, community.cai):
        claim = await who.react(community.room, question, "🙋")
        await asyncio.sleep(random.random())
        if who is community.bea:
            await who.redact(community.room, claim)
    await community.ana.edit(community.room, question, f"@clerk help with PlanX: map {number} is grey")
    answer = await community.cai.send(community.room, f"Clear the tile cache of map {number} first.", thread=question)
    await asyncio.sleep(random.random())
    await community.ana.react(community.room, answer, "✅")
    return question


async def test_killed_again_and_again_in_the_midst_of_it_nothing_is_lost_or_doubled(community: Community) -> None:
    del community.bot.sections["plugins"]["escalation"]
    community.bot.write()
    await community.bot.start()
    await community.hear("town clerk")
    lives = [asyncio.create_task(live(community, number)) for number in range(5)]
    for _ in range(4):
        await asyncio.sleep(0.5 + random.random())
        await community.bot.kill()
        await community.bot.start(ready=False)
    questions = await asyncio.gather(*lives)
    for question in questions:
        card = await community.card(question, "Resolved", timeout=20)
        await shows(community.sam, community.room, card.replaces or card.event_id, "Resolved")
    await community.bot.drained()
    said = [seen for seen in await community.sam.messages(community.room) if is_ours(community, seen)]
    assert [
        op for op, times in Counter(seen.content["org.townclerk.op_id"] for seen in said).items() if times > 1
    ] == []
    assert Counter(seen.reply_to for seen in said if community.says("Help request")(seen)) == Counter(questions)


def is_ours(community: Community, seen: Seen) -> bool:
    """A message or an edit of the bot's that is still there."""
    return seen.sender == community.clerk.user_id and seen.type == "m.room.message" and bool(seen.content)
