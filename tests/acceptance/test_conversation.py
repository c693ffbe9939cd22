"""Conversations on a real homeserver: a choice that survives a restart, a steward's word, a question passed on."""

import asyncio
from pathlib import Path

import pytest

from tests.acceptance.conftest import Community
from tests.acceptance.test_encryption import at_a_client
from tests.homeserver import Account, Homeserver, said_by


async def invited_by(account: Account, inviter: str, seconds: float = 30, since: str = "") -> str:
    """The room that this account is invited to by somebody, awaited."""
    # A first answer is kept by the homeserver for minutes: what comes later is asked for from there.
    async with asyncio.timeout(seconds):
        while True:
            news = await account.call("GET", f"sync?timeout=500{since and '&since='}{since}")
            since = news["next_batch"]
            for room, invitation in news.get("rooms", {}).get("invite", {}).items():
                if any(event["sender"] == inviter for event in invitation["invite_state"]["events"]):
                    return str(room)


async def test_a_choice_between_names_survives_a_restart(community: Community) -> None:
    await community.bot.start()
    question = await community.ask("what does WCC use?")
    asked = await community.hear("WCC could be any of these")
    assert asked.reply_to == question
    await community.bot.kill()
    number = next(line[3] for line in asked.body.splitlines() if "Wiltshire" in line or "Warwickshire" in line)
    await community.ana.send(community.room, number)
    await community.bot.start()
    await community.hear("County Council" if "Warwickshire" in asked.body else "Wiltshire", since=asked.event_id)


async def test_a_steward_confirms_with_a_reaction_who_works_where(community: Community) -> None:
    await community.bot.start()
    await community.ask("I work for Barnet")
    asked = await community.hear("says that they work for London Borough of Barnet", room=community.stewards)
    assert community.ana.user_id in asked.body
    await community.sam.react(community.stewards, asked.event_id, "👍")
    await community.hear("a steward has confirmed that you work for London Borough of Barnet")


async def test_a_question_is_passed_on_in_an_encrypted_direct_chat_and_its_answer_comes_back(
    community: Community, homeserver: Homeserver, tmp_path: Path
) -> None:
    async with at_a_client(homeserver, community.bea, tmp_path) as person:
        await community.bot.start()
        await community.bea.send(community.room, "!clerk you may ask me")
        await community.hear("Thank you!")
        question = await community.ask("ask PlanX users: how long did it take you?")
        told = await community.hear("I have passed that on to 1 person")
        assert told.thread == question
        room = await invited_by(community.bea, community.clerk.user_id)
        await person.client.join(room)
        read = await person.reads("asks the users of PlanX: how long did it take you?")
        assert community.ana.user_id not in read
        await person.say(room, "About three months.")  # it replies to nothing: whether it is the answer is asked
        await person.reads("Shall I pass it on?")
        await person.say(room, "yes")
        answer = await community.hear("London Borough of Camden answers: About three months.")
        assert answer.thread == question
        await person.reads("I have passed that on")
        kinds = {seen.type for seen in await community.bea.messages(room) if seen.sender == community.clerk.user_id}
        assert "m.room.message" not in kinds


async def test_one_direct_chat_a_person_also_after_a_restart_and_none_with_who_left(community: Community) -> None:
    community.bot.sections["matrix"]["encrypt_direct_chats"] = False
    community.bot.write()
    await community.bot.start()
    people = (community.bea, community.cai)
    for person in people:
        said = await person.send(community.room, "!clerk you may ask me")
        await community.hear("Thank you!", since=said)
    await community.ask("ask PlanX users: how long did it take you?")
    rooms = [await invited_by(person, community.clerk.user_id) for person in people]
    for person, room in zip(people, rooms, strict=True):
        await person.join(room)
        await person.wait_for(room, said_by(community.clerk.user_id, "how long did it take you?"))
    await community.bot.kill()
    await community.bot.start()
    await community.ask("ask PlanX users: was it worth it?")
    for person, room in zip(people, rooms, strict=True):
        await person.wait_for(room, said_by(community.clerk.user_id, "was it worth it?"))
    room = rooms[0]
    await community.bea.leave(room)
    since = (await community.bea.call("GET", "sync?full_state=true"))["next_batch"]
    question = await community.ask("ask PlanX users: would you do it again?")
    told = await community.hear("I have passed that on", since=question)
    assert told.thread == question
    with pytest.raises(TimeoutError):
        await invited_by(community.bea, community.clerk.user_id, seconds=3, since=since)
