"""Asking who uses what, in a room of a real homeserver."""

from tests.acceptance.conftest import Community
from tests.homeserver import said_by


async def test_a_question_in_a_room_is_answered_as_a_notice_that_pings_nobody(community: Community) -> None:
    await community.bot.start()
    await community.hear("town clerk of Test councils")
    question = await community.ask("who uses PlanX?")
    answer = await community.hear("PlanX – used by")
    assert answer.reply_to == question
    assert answer.content["msgtype"] == "m.notice"
    assert answer.content["m.mentions"] == {}
    assert "<b>PlanX</b>" in answer.html


async def test_an_edited_question_is_answered_in_place(community: Community) -> None:
    await community.bot.start()
    question = await community.ask("who uses PlanX?")
    answer = await community.hear("PlanX – used by")
    await community.ana.edit(community.room, question, "clerk: who uses BOPS?")
    edit = await community.sam.wait_for(community.room, lambda seen: seen.replaces == answer.event_id)
    assert "BOPS – used by" in edit.body


async def test_a_direct_chat_needs_no_address_and_its_first_message_is_news(community: Community) -> None:
    await community.bot.start()
    room = await community.ana.create_room(invite=[community.clerk], is_direct=True)
    await community.ana.send(room, "what does Camden use")
    answer = await community.ana.wait_for(room, said_by(community.clerk.user_id, "Camden"))
    assert "tools I know of" in answer.body


async def test_a_display_name_with_html_and_pings_is_never_repeated(community: Community) -> None:
    await community.ana.set_display_name("<b>@room</b> \u202eadmin")
    await community.bot.start()
    question = await community.ask("help with <b>@room</b>: it is down")
    card = await community.card(question, "Open")
    assert "<b>@room" not in card.html
    assert card.mentions == ()
    assert f"asked by {community.ana.user_id[1:].partition(':')[0]}" in card.body


async def test_a_message_of_64_kilobytes_is_answered(community: Community) -> None:
    await community.bot.start()
    await community.ana.send(community.room, "!clerk who uses PlanX? " + "and " * 14_000)
    await community.hear("PlanX")
