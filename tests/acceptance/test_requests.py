"""A help request's way from question to settled, and up the ladder, on a real homeserver."""

from tests.acceptance.conftest import Community


async def maintain(community: Community) -> None:
    """Camden and Lambeth volunteer for PlanX."""
    for who in (community.bea, community.cai):
        await who.send(community.maintainers, "we maintain PlanX", mentions=[community.clerk])
        await community.hear("Thank you", room=community.maintainers, since=None)


async def test_question_request_claim_by_reaction_answer_resolve(community: Community) -> None:
    await community.bot.start()
    question = await community.ask("help with PlanX: the map layer doesn't load")
    card = await community.card(question, "Open")
    assert card.thread is None
    await community.bea.react(community.room, card.event_id, "🙋")
    await community.card(question, "Taken by", "Camden")
    await community.bea.send(community.room, "Clear the tile cache, then it loads.", thread=question)
    await community.card(question, "Answered by", "Camden")
    await community.ana.send(community.room, "resolve", thread=question)
    await community.card(question, "Resolved")


async def test_nobody_answers_so_both_councils_and_then_the_stewards_are_called(community: Community) -> None:
    await community.bot.start()
    await maintain(community)
    question = await community.ask("help with PlanX: how do we add a second team?")
    first = await community.hear("Call for", "is waiting", room=community.maintainers)
    second = await community.hear("Call for", "is waiting", room=community.maintainers, since=first.event_id)
    assert {*first.mentions} | {*second.mentions} == {community.bea.user_id, community.cai.user_id}
    assert len(first.mentions) == len(second.mentions) == 1
    assert first.content["msgtype"] == "m.text"
    last = await community.hear("Call for the stewards", room=community.stewards)
    assert last.mentions == [community.sam.user_id]
    await community.card(question, "Everybody who could be asked")
    await community.sam.send(community.stewards, "take", reply=last.event_id)
    await community.card(question, "Taken by")
