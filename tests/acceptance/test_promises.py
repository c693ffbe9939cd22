"""Whom a promise is made to, and how it moves, on a real homeserver."""

from pathlib import Path

from tests.acceptance.conftest import Community
from tests.acceptance.test_conversation import invited_by
from tests.acceptance.test_encryption import at_a_client
from tests.homeserver import Homeserver


async def test_a_council_without_a_room_is_called_in_its_persons_encrypted_chat_and_takes_it_there(
    community: Community, homeserver: Homeserver, tmp_path: Path
) -> None:
    del community.bot.sections["community"]["rooms"]["maintainers"]
    ladder = [{"ask": "maintainer", "after": "15s"}, {"ask": "stewards", "after": "8h"}]
    community.bot.sections["plugins"]["escalation"] = {"ladder": ladder}
    community.bot.write()
    async with at_a_client(homeserver, community.bea, tmp_path) as person:
        await community.bot.start()
        said = await community.bea.send(community.room, "we maintain PlanX", mentions=[community.clerk])
        await community.hear("Thank you", since=said)
        question = await community.ask("help with PlanX: the map is blank")
        await community.card(question, "Open", "Camden")
        chat = await invited_by(community.bea, community.clerk.user_id)
        await community.bea.join(chat)
        await person.reads("#1")
        await person.say(chat, "take")
        await community.card(question, "Taken by", "Camden")
        kinds = {seen.type for seen in await community.bea.messages(chat) if seen.sender == community.clerk.user_id}
        assert "m.room.message" not in kinds


async def test_a_promise_moves_when_its_council_is_away_and_comes_back_when_that_is_taken_back(
    community: Community,
) -> None:
    ladder = [{"ask": "maintainer", "after": "8h"}, {"ask": "stewards", "after": "8h"}]
    community.bot.sections["plugins"] |= {"escalation": {"ladder": ladder}, "availability": {}}
    community.bot.write()
    await community.bot.start()
    await community.bea.send(community.maintainers, "we maintain PlanX", mentions=[community.clerk])
    await community.hear("Thank you", room=community.maintainers)
    question = await community.ask("help with PlanX: the map is blank")
    before = await community.card(question, "Open", "Camden")
    away = await community.bea.send(community.maintainers, "away for two weeks", mentions=[community.clerk])
    await community.hear("Noted: you are away", room=community.maintainers, since=away)
    moved = await community.sam.wait_for(community.room, lambda seen: seen.replaces == before.event_id)
    assert "away" in moved.body
    await community.bea.redact(community.maintainers, away)
    again = await community.sam.wait_for(
        community.room, lambda seen: seen.replaces == before.event_id, since=moved.event_id
    )
    assert "away" not in again.body
    assert "Camden" in again.body
