"""A help request's life, by dialogue: opened, taken, answered, settled, and all that people do in between."""

from pathlib import Path

import pytest

from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAI, CAMDEN, PLANX, ROOM, SAM, STEWARDS, Dialogue, dialogue, uses
from tests.plugins.requests.conftest import QUIET, newest


async def test_a_question_gets_one_card_as_an_unthreaded_reply_that_pings_nobody(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    card = talk.card(question)
    assert "Help request #1 about PlanX, asked by ana" in card.body
    assert "Open: nobody has taken it yet." in card.body
    assert card.relation == {"m.in_reply_to": {"event_id": question}}
    assert card.content["msgtype"] == "m.notice"
    assert card.mentions == []
    assert len(talk.said) == 1


async def test_asked_inside_a_thread_the_card_stays_there(talk: Dialogue) -> None:
    root = await talk.say("morning", addressed=False)
    question = await talk.say("help with PlanX: it is down", thread=root)
    assert talk.card(question).relation["event_id"] == root


async def test_it_is_taken_answered_and_resolved_by_words_in_the_thread(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    assert "Taken by bea (Camden)." in talk.card(question).body
    await talk.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    assert "Answered by bea (Camden)" in talk.card(question).body
    await talk.say("resolve", sender=ANA, thread=question, addressed=False)
    assert "Resolved" in talk.card(question).body
    await talk.say("reopen", sender=ANA, thread=question, addressed=False)
    assert "Open" in talk.card(question).body
    cards = [s for s in talk.said if s.op_id.startswith("requests:card") and not s.edits]
    assert len(cards) == 1


async def test_it_is_taken_and_resolved_by_reactions_and_taking_one_back_undoes_it(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    claim = await talk.react(talk.card(question).event_id, "🙋🏽‍♀️")
    assert "Taken by bea" in talk.card(question).body
    await talk.redact(claim, sender=BEA)
    assert "Open" in talk.card(question).body
    await talk.react(question, "🙋", sender=CAI)
    assert "Taken by cai (Lambeth)" in talk.card(question).body
    done = await talk.react(talk.card(question).event_id, "✅", sender=ANA)
    assert "Resolved" in talk.card(question).body
    await talk.redact(done, sender=ANA)
    assert "Taken by cai" in talk.card(question).body


async def test_a_second_claimer_is_told_who_has_it(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    await talk.say("take #1", sender=BEA)
    await talk.say("take #1", sender=CAI)
    assert "#1 is with bea already" in newest(talk).body
    assert "Taken by bea" in talk.card(question).body


async def test_a_question_back_waits_for_the_asker_and_their_word_ends_the_waiting(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    await talk.say("Which browser is it?", sender=BEA, thread=question, addressed=False)
    assert "waiting for the asker" in talk.card(question).body
    await talk.say("Firefox.", sender=ANA, thread=question, addressed=False)
    assert "Taken by bea" in talk.card(question).body


async def test_chatter_in_the_thread_that_looks_like_a_command_is_none(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    await talk.say("thanks, I'll take a look myself later", sender=ANA, thread=question, addressed=False)
    assert "Open" in talk.card(question).body


async def test_thanks_neither_reopens_nor_resolves(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    await talk.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    await talk.say("thanks!", sender=ANA, thread=question, addressed=False)
    assert "Answered by bea" in talk.card(question).body


async def test_a_stranger_cant_settle_it_and_is_told_who_can(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    await talk.say("resolve #1", sender=CAI)
    assert "can be settled or reopened by ana" in newest(talk).body
    assert "Open" in talk.card(question).body
    await talk.say("resolve #1", sender=SAM)
    assert "Resolved" in talk.card(question).body


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("take #99", "There is no request #99"),
        ("take", "Which request do you mean?"),
        ("help: PlanX", "What do you need help with?"),
        ("reopen #1", "That doesn't fit: #1 is open"),
    ],
)
async def test_what_doesnt_fit_is_explained(talk: Dialogue, said: str, told: str) -> None:
    await talk.say("help with PlanX: the map layer doesn't load")
    await talk.say(said)
    assert told in newest(talk).body


async def test_a_question_taken_back_is_withdrawn_and_its_words_are_gone(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the password is hunter2")
    await talk.redact(question)
    assert "Withdrawn" in talk.card(question).body
    async with talk.database.reading() as connection:
        request = await Memory(connection).requests.get(1)
    assert request is not None
    assert request.text == ""


async def test_the_board_lists_what_waits_oldest_first(talk: Dialogue) -> None:
    await talk.say("board")
    assert "Nothing is waiting" in newest(talk).body
    await talk.say("help with PlanX: one")
    await talk.wait(hours=2)
    await talk.say("help with BOPS: two")
    await talk.say("board")
    lines = newest(talk).body.splitlines()
    assert lines[0] == "2 questions are waiting, the oldest first:"
    assert lines[1].startswith("· #1")
    assert "2 hours ago" in lines[1]
    assert lines[2].startswith("· #2")


async def test_with_escalation_off_the_history_says_that_nobody_is_called(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    await talk.say("status #1")
    assert "nobody will be called: escalation is off" in newest(talk).body


async def test_a_direct_chat_is_told_where_others_can_answer(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down", room="!direct:example.org")
    assert newest(talk).room_id == "!direct:example.org"


async def test_a_room_the_bot_was_thrown_out_of_doesnt_stop_the_others(talk: Dialogue) -> None:
    talk.chat.refuses.add(ROOM)
    await talk.say("help with PlanX: it is down")
    await talk.say("help with PlanX: here, too", room="!other:example.org")
    assert [said.room_id for said in talk.said] == [STEWARDS, "!other:example.org"]
    async with talk.database.reading() as connection:
        assert (await Memory(connection).outbox.counts())["dead"] == 1


async def test_an_answer_that_mentions_the_bot_is_an_answer(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    card = talk.card(question).event_id
    await talk.say("Clear the cache, that fixed it for us.", sender=BEA, reply_to=card)
    assert "Answered by bea" in talk.card(question).body


async def test_the_asker_cant_take_their_own_question(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    await talk.say("take", thread=question)
    assert "#1 is your own question" in newest(talk).body
    await talk.react(question, "🙋", sender=ANA)
    assert "Open" in talk.card(question).body


async def test_a_bystanders_question_changes_nothing(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    await talk.say("Oh, do you have that too?", sender=CAI, thread=question, addressed=False)
    assert "Open" in talk.card(question).body


async def test_nobody_acts_on_a_request_from_another_room_by_reaction_or_redaction(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    await talk.react(question, "🙋", room="!evil:example.org")
    await talk.redact(question, room="!evil:example.org")
    assert "Open" in talk.card(question).body


async def test_a_second_request_in_a_requests_thread_doesnt_take_the_thread_over(talk: Dialogue) -> None:
    first = await talk.say("help with PlanX: the map layer doesn't load")
    second = await talk.say("help with BOPS: the login is down", thread=first)
    await talk.say("take", sender=BEA, thread=first, addressed=False)
    assert "Taken by bea" in talk.card(first).body
    assert "Open" in talk.card(second).body


@pytest.mark.parametrize("key", ["", "✅"])
async def test_the_answer_belongs_to_the_request_for_replies_and_reactions(talk: Dialogue, key: str) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    answer = await talk.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    if key:
        await talk.react(answer, key, sender=ANA)
    else:
        await talk.say("resolve", sender=ANA, reply_to=answer, addressed=False)
    assert "Resolved" in talk.card(question).body


async def test_an_edited_answer_is_kept_as_it_is_now(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: the map layer doesn't load")
    answer = await talk.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    await talk.edit(answer, "Clear the browser's cache.", sender=BEA)
    async with talk.database.reading() as connection:
        request = await Memory(connection).requests.get(1)
    assert request is not None
    assert request.answer == "Clear the browser's cache."


async def test_in_its_thread_a_reply_to_anything_the_bot_said_is_about_the_request(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"requests": QUIET, "directory": {}}, assertions=[uses(CAMDEN, PLANX)]) as talk:
        question = await talk.say("help with PlanX: how do I set up the map?")
        await talk.say("who uses PlanX?", sender=CAI, thread=question)
        told = newest(talk).event_id
        assert "Open" in talk.card(question).body
        await talk.say("Set MAP=1, that did it for us.", sender=BEA, thread=question, reply_to=told, addressed=False)
        assert "Answered by bea" in talk.card(question).body


async def test_in_its_thread_a_reply_to_a_question_of_the_bots_answers_that_while_it_waits(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"requests": QUIET, "directory": {}}, assertions=[uses(CAMDEN, PLANX)]) as talk:
        question = await talk.say("help with PlanX: how do I set up the map?")
        await talk.say("does WCC use PlanX?", sender=CAI, thread=question)
        asked = newest(talk).event_id
        await talk.say("2", sender=CAI, thread=question, reply_to=asked, addressed=False)
        assert "Open" in talk.card(question).body
        assert "Winchester" in newest(talk).body
        await talk.say("Set MAP=1, that did it for us.", sender=BEA, thread=question, reply_to=asked, addressed=False)
        assert "Answered by bea" in talk.card(question).body
