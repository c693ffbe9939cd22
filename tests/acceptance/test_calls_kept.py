"""Calls that were promised, on a real homeserver: each is made once, whatever happened to the bot when it was due."""

import asyncio
import random

from tests.acceptance.conftest import Community

AFTER = 15  # seconds: on a busy machine the bot has said its promise and can be stopped before then
LADDER = [{"ask": "maintainer", "after": f"{AFTER}s"}, {"ask": "stewards", "after": "8h"}]


async def wait_for_camden(community: Community, *texts: str) -> list[str]:
    """Camden maintains PlanX; these questions are asked, and their cards seen."""
    community.bot.sections["plugins"]["escalation"] = {"ladder": LADDER}
    community.bot.write()
    await community.bot.start()
    await community.bea.send(community.maintainers, "we maintain PlanX", mentions=[community.clerk])
    await community.hear("Thank you", room=community.maintainers)
    questions = [await community.ask(text) for text in texts]
    for question in questions:
        await community.card(question, "Open")
    return questions


async def calls(community: Community) -> list[str]:
    """What Camden was called with, all told."""
    await community.bot.drained()
    timeline = await community.sam.messages(community.maintainers)
    return [seen.body for seen in timeline if community.says("Call for")(seen)]


async def test_two_questions_that_fell_due_while_it_was_stopped_are_one_call_and_one_choice(
    community: Community,
) -> None:
    _, second = await wait_for_camden(community, "help with PlanX: the map is blank", "help with PlanX: no letters")
    assert await community.bot.stop() == 0
    await asyncio.sleep(AFTER + 1)
    await community.bot.start()
    call = await community.hear("2 questions wait for you", "#1", "#2", room=community.maintainers)
    assert call.mentions == [community.bea.user_id]
    await community.bea.send(community.maintainers, "take", reply=call.event_id)
    await community.hear("Which one do you take", room=community.maintainers, since=call.event_id)
    await community.bea.send(community.maintainers, "2")
    await community.card(second, "Taken by", "Camden")
    assert len(await calls(community)) == 1


async def test_killed_again_and_again_around_the_time_it_is_due_the_call_is_made_once(community: Community) -> None:
    await wait_for_camden(community, "help with PlanX: the map is blank")
    await community.bot.kill()
    await asyncio.sleep(AFTER)
    for _ in range(6):
        await community.bot.start(ready=False)
        await asyncio.sleep(1.5 + 2 * random.random())
        await community.bot.kill()
    await community.bot.start()
    await community.hear("Call for", "#1", room=community.maintainers)
    assert len(await calls(community)) == 1
