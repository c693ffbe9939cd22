"""On the real homeserver: handing over by a mention, saved answers, duplicates, and a room with replies only."""

from tests.acceptance.conftest import Community
from tests.acceptance.test_request_life import shows

ASKED = "help with PlanX: the map is blank"


async def test_it_is_handed_over_answered_with_saved_words_and_repeated_for_nothing(community: Community) -> None:
    await community.bot.start()
    await community.bea.send(community.room, "!clerk save answer tiles: Clear the tile cache under Team settings.")
    await community.hear("tiles")
    question = await community.ask(ASKED)
    card = await community.card(question, "Open")
    await community.cai.send(community.room, "take", thread=question)
    await shows(community.sam, community.room, card.event_id, "Taken by", "Lambeth")
    await community.cai.send(community.room, "hand over to Bea", thread=question, mentions=[community.bea])
    asked = await community.hear("Will you take it on?")
    assert asked.thread == question
    assert list(asked.mentions) == [community.bea.user_id]
    await community.bea.send(community.room, "yes", thread=question)
    await shows(community.sam, community.room, card.event_id, "Taken by", "Camden")
    await community.bea.send(community.room, "answer with tiles", thread=question)
    await community.hear("Clear the tile cache under Team settings.", since=asked.event_id)
    await shows(community.sam, community.room, card.event_id, "Answered by", "Camden")
    again = await community.ask("help with BOPS: where has the inbox gone")
    second = await community.card(again, "Open")
    await community.ana.send(community.room, "duplicate of #1", thread=again)
    await shows(community.sam, community.room, second.event_id, "it goes on as #1")


async def test_where_a_steward_wants_replies_only_there_is_no_thread(community: Community) -> None:
    community.bot.sections["plugins"]["rooms"] = {}
    community.bot.write()
    await community.bot.start()
    await community.hear("town clerk")
    await community.sam.send(community.room, "!clerk replies only here")
    set_so = await community.hear("replies only, for apps")
    question = await community.ask(ASKED)
    card = await community.card(question, "Open")
    await community.cai.react(community.room, card.event_id, "🙋")
    told = await community.hear("has taken #1", since=set_so.event_id)
    assert (told.thread, told.reply_to) == (None, question)
    await community.cai.send(community.room, "Clear the tile cache, then it loads.", reply=told.event_id)
    await shows(community.sam, community.room, card.event_id, "Answered by", "Lambeth")
