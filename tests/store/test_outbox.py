"""What is to be said goes out once and in order, and a card is one message kept up to date."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from bot.actions import Priority
from bot.store.memory import Memory
from bot.store.outbox import Post
from tests.store.samples import (
    ANA,
    BEA,
    HOUR,
    MINUTE,
    NOW,
    OTHER,
    ROOM,
    SECOND,
    card,
    first,
    leave,
    post,
    still_to_send,
    tried,
)


async def test_the_same_op_id_is_queued_once(memory: Memory) -> None:
    assert await memory.outbox.add(post("a", "first"), NOW)
    assert not await memory.outbox.add(post("a", "second"), NOW)
    row = await first(memory, ROOM)
    assert row is not None
    assert row.content == {"body": "first"}
    assert await still_to_send(memory) == ["a"]


async def test_what_was_sent_is_not_queued_again(memory: Memory) -> None:
    await memory.outbox.add(post("a"), NOW)
    await leave(memory, "a")
    assert not await memory.outbox.add(post("a"), NOW)
    assert await still_to_send(memory) == []


async def test_a_room_is_told_in_order(memory: Memory) -> None:
    for op_id in ("c", "a", "b"):
        await memory.outbox.add(post(op_id), NOW)
    await memory.outbox.add(post("elsewhere", room=OTHER), NOW)
    assert await still_to_send(memory) == ["c", "a", "b"]
    assert await still_to_send(memory, OTHER) == ["elsewhere"]


async def test_a_reply_over_the_budget_holds_up_nothing_that_is_due(memory: Memory) -> None:
    await memory.outbox.add(post("put off"), NOW, not_before=NOW + HOUR)
    await memory.outbox.add(post("at once"), NOW)
    assert [(head.lane, head.at) for head in await memory.outbox.heads(NOW)] == [(ROOM, NOW)]
    row = await first(memory, ROOM, NOW)
    assert row is not None
    assert row.op_id == "at once"
    assert await still_to_send(memory) == ["put off", "at once"]


async def test_the_most_pressing_room_comes_first(memory: Memory) -> None:
    await memory.outbox.add(post("digest", room="!digest", priority=Priority.NEWS), NOW)
    await memory.outbox.add(post("call", room="!call", priority=Priority.CALL), NOW)
    await memory.outbox.add(post("reply", room="!reply"), NOW)
    await memory.outbox.add(post("second reply", room="!second"), NOW)
    assert [head.lane for head in await memory.outbox.heads(NOW)] == ["!reply", "!second", "!call", "!digest"]


async def test_nothing_is_to_be_sent_to_a_room_without_rows(memory: Memory) -> None:
    assert await first(memory, ROOM) is None
    assert await memory.outbox.heads(NOW) == []


async def test_a_try_is_counted_and_the_row_stays(memory: Memory) -> None:
    await memory.outbox.add(post("a"), NOW)
    await tried(memory, "a", NOW)
    await tried(memory, "a", NOW + MINUTE)
    row = await first(memory, ROOM)
    assert row is not None
    assert row.attempts == 2


async def test_a_refused_row_is_parked_and_the_next_has_its_turn(memory: Memory) -> None:
    await memory.outbox.add(post("a"), NOW)
    await memory.outbox.add(post("b"), NOW)
    await memory.outbox.dead("a", "403 M_FORBIDDEN")
    assert await memory.outbox.counts() == {"waiting": 1, "dead": 1}
    assert await still_to_send(memory) == ["b"]


async def test_what_was_sent_cannot_die_and_what_died_is_not_sent(memory: Memory) -> None:
    await memory.outbox.add(post("sent"), NOW)
    await memory.outbox.add(post("dead"), NOW)
    await memory.outbox.sent("sent", "$1")
    await memory.outbox.dead("dead", "no")
    await memory.outbox.dead("sent", "too late")
    await memory.outbox.sent("dead", "$2")
    assert [await memory.outbox.state(op_id) for op_id in ("sent", "dead", "unknown")] == ["sent", "dead", None]


async def test_the_words_go_when_the_message_is_sent(memory: Memory) -> None:
    await memory.outbox.add(post("a"), NOW)
    await leave(memory, "a")
    row = await memory.connection.fetch_one("SELECT content, event_id FROM outbox")
    assert row is not None
    assert (row["content"], row["event_id"]) == (None, "$a")


async def test_replies_to_a_sent_message_are_traced_to_its_subject(memory: Memory) -> None:
    await memory.outbox.add(post("a", subject="request:7"), NOW)
    await leave(memory, "a", "$a")
    assert await memory.inbox.subject("$a", ROOM) == "request:7"


async def test_a_message_about_nothing_gives_no_subject(memory: Memory) -> None:
    await memory.outbox.add(post("a"), NOW)
    await leave(memory, "a", "$a")
    assert await memory.inbox.subject("$a", ROOM) is None


async def test_an_echo_heard_before_the_answer_marks_it_sent_once(memory: Memory) -> None:
    await memory.outbox.add(post("a", subject="request:7"), NOW)
    await memory.outbox.sent("a", "$echo")
    await memory.outbox.sent("a", "$echo")
    assert await memory.outbox.state("a") == "sent"
    assert await memory.inbox.subject("$echo", ROOM) == "request:7"


async def test_an_echo_of_what_was_never_queued_is_nothing(memory: Memory) -> None:
    await memory.outbox.sent("somebody else's", "$1")
    assert await memory.outbox.counts() == {"waiting": 0, "dead": 0}


async def test_joining_makes_no_event(memory: Memory) -> None:
    await memory.outbox.add(post("join:1"), NOW)
    await memory.outbox.add(post("join:2"), NOW)
    await memory.outbox.sent("join:1", None)
    await memory.outbox.sent("join:2", None)
    assert await memory.outbox.counts() == {"waiting": 0, "dead": 0}


# --- the card --------------------------------------------------------------------------------------------


async def test_a_card_not_sent_yet_is_replaced(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    assert await memory.outbox.add(card("claimed"), NOW)
    row = await first(memory, ROOM)
    assert row is not None
    assert (row.kind, row.content) == ("message", {"body": "claimed"})
    assert await still_to_send(memory) == ["card:1"]


@pytest.mark.parametrize("gone", [leave, lambda memory, op_id: tried(memory, op_id, NOW)], ids=["sent", "tried"])
async def test_a_card_the_homeserver_may_have_is_edited(
    memory: Memory, gone: Callable[[Memory, str], Awaitable[None]]
) -> None:
    await memory.outbox.add(card("open", subject="request:1"), NOW)
    await gone(memory, "card:1")
    assert await memory.outbox.add(card("claimed", subject="request:1"), NOW, "$claim")
    await memory.outbox.sent("card:1", "$card:1")
    row = await first(memory, ROOM)
    assert row is not None
    assert (row.kind, row.content, row.target, row.target_event) == ("edit", {"body": "claimed"}, "card:1", "$card:1")
    assert row.subject == "request:1"


async def test_an_unchanged_card_makes_no_edit(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    assert not await memory.outbox.add(card("open"), NOW, "$again")
    await memory.outbox.add(card("claimed"), NOW, "$claim")
    await still_to_send(memory)
    assert not await memory.outbox.add(card("claimed"), NOW, "$again")
    assert await still_to_send(memory) == []


async def test_a_card_may_return_to_what_it_was(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    await memory.outbox.add(card("claimed"), NOW, "$claim")
    assert len(await still_to_send(memory)) == 1
    assert await memory.outbox.add(card("open"), NOW, "$pass")
    assert len(await still_to_send(memory)) == 1


async def test_an_edit_that_has_not_left_is_overtaken_by_the_next(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    await memory.outbox.add(card("claimed"), NOW, "$claim")
    await memory.outbox.add(card("answered"), NOW, "$answer")
    row = await first(memory, ROOM)
    assert row is not None
    assert row.content == {"body": "answered"}
    assert len(await still_to_send(memory)) == 1


async def test_an_edit_the_homeserver_may_have_is_followed_by_the_next(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    await memory.outbox.add(card("claimed"), NOW, "$claim")
    row = await first(memory, ROOM)
    assert row is not None
    await tried(memory, row.op_id, NOW)
    await memory.outbox.add(card("answered"), NOW, "$answer")
    assert len(await still_to_send(memory)) == 2


async def test_two_changes_of_one_cause_are_two_edits(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    for state in ("claimed", "answered"):
        await memory.outbox.add(card(state), NOW, "$one cause")
        assert len(await still_to_send(memory)) == 1


async def test_an_edit_keeps_its_place_behind_what_was_said_before_it(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    await memory.outbox.add(post("said"), NOW)
    await memory.outbox.add(card("claimed"), NOW, "$claim")
    first, second = await still_to_send(memory)
    assert (first, second.startswith("card:1~")) == ("said", True)


async def test_a_card_that_was_refused_is_tried_again_with_its_new_words(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await tried(memory, "card:1", NOW)
    await memory.outbox.dead("card:1", "403")
    await memory.outbox.add(post("said meanwhile"), NOW)
    assert await memory.outbox.add(card("claimed"), NOW + HOUR, "$claim")
    assert await memory.outbox.counts() == {"waiting": 2, "dead": 0}
    await leave(memory, "said meanwhile")
    row = await first(memory, ROOM)
    assert row is not None
    assert (row.kind, row.content, row.attempts, row.not_before) == ("message", {"body": "claimed"}, 0, NOW + HOUR)


async def test_a_refused_card_is_tried_again_even_with_the_same_words_and_elsewhere(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await memory.outbox.dead("card:1", "403")
    assert await memory.outbox.add(card("open", room=OTHER), NOW)
    assert await still_to_send(memory, OTHER) == ["card:1"]


async def test_a_refused_message_that_is_no_card_stays_dead(memory: Memory) -> None:
    await memory.outbox.add(post("a"), NOW)
    await memory.outbox.dead("a", "403")
    assert not await memory.outbox.add(post("a"), NOW)
    assert await memory.outbox.state("a") == "dead"


async def _edited(memory: Memory, text: str, cause: str) -> str:
    """The op id of the edit that the card's new words made."""
    assert await memory.outbox.add(card(text), NOW, cause)
    row = await first(memory, ROOM)
    assert row is not None
    return row.op_id


async def test_the_words_of_a_refused_edit_are_tried_again(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    await memory.outbox.dead(await _edited(memory, "claimed", "$claim"), "403")
    assert await memory.outbox.add(card("claimed"), NOW, "$again")
    assert len(await still_to_send(memory)) == 1
    assert not await memory.outbox.add(card("claimed"), NOW, "$again")


async def test_a_refused_edit_doesnt_unsay_a_later_one(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    first = await _edited(memory, "claimed", "$claim")
    await tried(memory, first, NOW)
    await memory.outbox.add(card("answered"), NOW, "$answer")
    await memory.outbox.dead(first, "403")
    assert len(await still_to_send(memory)) == 1
    assert not await memory.outbox.add(card("answered"), NOW, "$again")


async def test_edits_are_numbered_on_though_earlier_ones_are_swept_away(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    first = await _edited(memory, "claimed", "$one cause")
    await leave(memory, first)
    await memory.connection.execute("DELETE FROM outbox WHERE kind = 'edit'")
    assert await _edited(memory, "answered", "$one cause") != first


# --- taking back and pinning -----------------------------------------------------------------------------


async def test_what_was_sent_is_taken_back_with_its_parts_and_edits_each_by_its_event(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await memory.outbox.add(card("more", "card:1/2"), NOW)
    await memory.outbox.add(card("not it", "card:10"), NOW)
    await still_to_send(memory)
    edit = await _edited(memory, "claimed", "$claim")
    await leave(memory, edit)
    await memory.outbox.take_back("card:1", NOW)
    await memory.outbox.take_back("card:1", NOW)
    taken = []
    while row := await first(memory, ROOM):
        assert row.kind == "redact"
        taken.append(row.target_event)
        await memory.outbox.sent(row.op_id, None)
    assert sorted(map(str, taken)) == sorted(["$card:1", "$card:1/2", f"${edit}"])


async def test_what_has_not_left_is_not_said_and_needs_no_taking_back(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await memory.outbox.take_back("card:1", NOW)
    assert await still_to_send(memory) == []
    assert await memory.outbox.state("card:1") == "superseded"


async def test_an_edit_that_has_not_left_is_not_said_when_its_message_is_taken_back(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    edit = await _edited(memory, "claimed", "$claim")
    await memory.outbox.take_back("card:1", NOW)
    assert await memory.outbox.state(edit) == "superseded"
    assert await still_to_send(memory) == ["card:1~redact"]


async def test_what_is_just_being_tried_is_taken_back_after_it(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await tried(memory, "card:1", NOW)
    await memory.outbox.take_back("card:1", NOW)
    assert await still_to_send(memory) == ["card:1", "card:1~redact"]


async def test_nothing_more_is_said_under_a_key_that_was_taken_back(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await leave(memory, "card:1")
    await memory.outbox.take_back("card:1", NOW)
    assert await memory.outbox.event_of("card:1") is None
    await still_to_send(memory)
    assert not await memory.outbox.add(card("claimed"), NOW, "$claim")


async def test_taking_back_what_was_never_said_is_nothing(memory: Memory) -> None:
    await memory.outbox.take_back("card:1", NOW)
    assert await memory.outbox.heads(NOW) == []


async def test_a_pin_knows_the_event_behind_its_message(memory: Memory) -> None:
    await memory.outbox.add(card("open"), NOW)
    await memory.outbox.add(Post("card:1~pin~$cause", ROOM, "pin", {}, "card:1"), NOW)
    await leave(memory, "card:1")
    row = await first(memory, ROOM)
    assert row is not None
    assert (row.kind, row.target_event) == ("pin", "$card:1")
    await memory.outbox.needless(row.op_id)
    assert await memory.outbox.counts() == {"waiting": 0, "dead": 0}


async def test_a_message_and_its_event_know_each_other(memory: Memory) -> None:
    await memory.outbox.add(post("a"), NOW)
    assert (await memory.outbox.event_of("a"), await memory.outbox.room_of("a")) == (None, ROOM)
    await leave(memory, "a", "$a")
    assert (await memory.outbox.event_of("a"), await memory.outbox.op_of("$a")) == ("$a", "a")
    assert (await memory.outbox.op_of("$b"), await memory.outbox.room_of("b")) == (None, None)


async def test_two_cards_do_not_touch_each_other(memory: Memory) -> None:
    await memory.outbox.add(card("one"), NOW)
    await memory.outbox.add(card("two", "card:2"), NOW)
    await leave(memory, "card:1")
    await leave(memory, "card:2")
    await memory.outbox.add(card("one claimed"), NOW, "$1")
    await memory.outbox.add(card("two claimed", "card:2"), NOW, "$2")
    assert len(await still_to_send(memory)) == 2


# --- the reply budget ------------------------------------------------------------------------------------


async def _reply(memory: Memory, at: datetime, who: str = ANA, room: str = ROOM) -> tuple[datetime, bool]:
    """Ask for a place under a budget of two a minute, and take it."""
    slot, announce = await memory.outbox.slot(room, who, 2, at)
    op_id = f"{who} {room} {at} {slot}"
    await memory.outbox.add(post(op_id, room=room, asked_by=who), at, not_before=slot)
    return slot, announce


async def test_replies_within_the_budget_go_at_once(memory: Memory) -> None:
    assert await _reply(memory, NOW) == (NOW, False)
    assert await _reply(memory, NOW + SECOND) == (NOW + SECOND, False)


async def test_a_reply_over_the_budget_waits_until_the_one_before_last_is_a_minute_old(memory: Memory) -> None:
    slots = [(await _reply(memory, NOW + n * SECOND))[0] for n in range(5)]
    assert slots == [NOW, NOW + SECOND, NOW + MINUTE, NOW + MINUTE + SECOND, NOW + 2 * MINUTE]


async def test_only_the_first_reply_put_off_is_announced(memory: Memory) -> None:
    announced = [(await _reply(memory, NOW + n * SECOND))[1] for n in range(5)]
    assert announced == [False, False, True, False, False]


async def test_the_budget_comes_back_with_time(memory: Memory) -> None:
    await _reply(memory, NOW)
    await _reply(memory, NOW)
    assert await _reply(memory, NOW + MINUTE) == (NOW + MINUTE, False)


async def test_a_person_has_one_budget_in_all_rooms(memory: Memory) -> None:
    await _reply(memory, NOW)
    await _reply(memory, NOW, room=OTHER)
    assert await _reply(memory, NOW, room="!third") == (NOW + MINUTE, True)


async def test_a_room_has_one_budget_for_all_people(memory: Memory) -> None:
    await _reply(memory, NOW)
    await _reply(memory, NOW, BEA)
    assert await _reply(memory, NOW, "@cy:example.org") == (NOW + MINUTE, True)


async def test_other_people_in_other_rooms_are_answered_at_once(memory: Memory) -> None:
    await _reply(memory, NOW)
    await _reply(memory, NOW)
    assert await _reply(memory, NOW, BEA, OTHER) == (NOW, False)


async def test_what_nobody_asked_for_costs_no_budget(memory: Memory) -> None:
    for n in range(5):
        await memory.outbox.add(post(f"card {n}"), NOW)
    assert await _reply(memory, NOW) == (NOW, False)
