"""Every event is heard once, in order; a room with a hole in it waits; words go when they are no longer needed."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.store.early import AFTER_ALL, HELD_BATCH, MOST_HELD
from bot.store.early import MOST_OF_ONE as MOST_EDITS_OF_ONE
from bot.store.gaps import Gap
from bot.store.inbox import Arrival
from bot.store.locked import MOST_LOCKED, MOST_OF_ONE, LockedEvent
from bot.store.memory import Memory
from tests.store.samples import ANA, BEA, HOUR, NOW, OTHER, ROOM, arrival


async def _waiting(memory: Memory) -> list[str]:
    return [event.event_id for event in await memory.inbox.waiting(100)]


async def test_an_event_is_added_once(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$1", kind="heard", text="first")], NOW)
    await memory.inbox.add(2, [arrival("$1", kind="heard", text="again")], NOW + HOUR)
    found = await memory.inbox.waiting(10)
    assert [(event.content["text"], event.received_at) for event in found] == [("first", NOW)]


async def test_an_event_that_comes_twice_in_one_batch_is_added_once(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$1", 0), arrival("$1", 1)], NOW)
    assert await _waiting(memory) == ["$1"]


async def test_an_event_that_was_thought_about_does_not_come_back(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$1")], NOW)
    await memory.inbox.done("$1")
    await memory.inbox.add(2, [arrival("$1")], NOW)
    assert await _waiting(memory) == []


async def test_events_come_in_the_order_of_batch_and_place(memory: Memory) -> None:
    await memory.inbox.add(2, [arrival("$e", 1), arrival("$d", 0)], NOW)
    await memory.inbox.add(1, [arrival("$c", 10), arrival("$a", -1), arrival("$b", 9)], NOW)
    assert await _waiting(memory) == ["$a", "$b", "$c", "$d", "$e"]


async def test_no_more_are_given_than_asked_for(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival(f"${n}", n) for n in range(5)], NOW)
    assert [event.event_id for event in await memory.inbox.waiting(2)] == ["$0", "$1"]


@pytest.mark.parametrize("state", ["history", "own", "ignored", "locked", "bad", "done"])
async def test_only_new_events_are_thought_about(memory: Memory, state: str) -> None:
    await memory.inbox.add(1, [arrival("$1", state=state)], NOW)
    assert await _waiting(memory) == []


async def test_later_batches_have_higher_numbers(memory: Memory) -> None:
    assert await memory.inbox.new_batch() < await memory.inbox.new_batch()


async def test_a_room_with_a_gap_waits_and_others_do_not(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$here"), arrival("$elsewhere", room=OTHER)], NOW)
    await memory.gaps.open(Gap(ROOM, 1, 0, "token"), NOW)
    assert await _waiting(memory) == ["$elsewhere"]


async def test_what_was_heard_before_the_gap_does_not_wait_for_it(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$before")], NOW)
    await memory.inbox.add(3, [arrival("$after")], NOW)
    await memory.gaps.open(Gap(ROOM, 2, 0, "token"), NOW)
    assert await _waiting(memory) == ["$before"]


async def test_what_fills_the_gap_comes_before_what_showed_it(memory: Memory) -> None:
    gap = Gap(ROOM, 1, 0, "token")
    await memory.inbox.add(1, [arrival("$3", 0), arrival("$4", 1)], NOW)
    await memory.gaps.open(gap, NOW)
    await memory.inbox.add(1, [arrival("$2", -1), arrival("$1", -2)], NOW)
    await memory.gaps.close(gap, NOW)
    assert await _waiting(memory) == ["$1", "$2", "$3", "$4"]


async def _words(memory: Memory) -> object:
    row = await memory.connection.fetch_one("SELECT content FROM inbox WHERE event_id = '$1'")
    assert row is not None
    return row["content"]


async def test_words_are_dropped_when_the_event_is_done(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$1")], NOW)
    await memory.inbox.done("$1")
    assert await _words(memory) is None


@pytest.mark.parametrize("state", ["new", "locked"])
async def test_a_redacted_event_loses_its_words_and_is_not_thought_about(memory: Memory, state: str) -> None:
    await memory.inbox.add(1, [arrival("$1", state=state)], NOW)
    await memory.inbox.forget_words("$1", ROOM)
    assert await _words(memory) is None
    assert await memory.inbox.received(["$1"]) == {"$1": (NOW, "ignored")}
    assert await _waiting(memory) == []


async def test_redacting_an_event_of_the_past_leaves_it_history(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$1", state="history")], NOW)
    await memory.inbox.forget_words("$1", ROOM)
    assert await memory.inbox.received(["$1"]) == {"$1": (NOW, "history")}


async def test_a_redaction_from_another_room_takes_nothing_back(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$1")], NOW)
    await memory.inbox.forget_words("$1", OTHER)
    assert await _words(memory) is not None


async def test_redacting_an_unknown_event_is_nothing(memory: Memory) -> None:
    await memory.inbox.forget_words("$unknown", ROOM)


async def test_a_locked_event_takes_its_place_when_the_key_comes(memory: Memory) -> None:
    locked = replace(arrival("$1", state="locked"), session_id="one")
    await memory.inbox.add(1, [locked, arrival("$2", 1)], NOW)
    assert await memory.inbox.locked(ROOM) == [LockedEvent("$1", ROOM, ANA, NOW, "one")]
    assert await memory.inbox.encrypted("$1") == locked.content
    await memory.inbox.unlock("$1", {"kind": "heard", "text": "clear"})
    assert await memory.inbox.locked(ROOM) == []
    assert await memory.inbox.encrypted("$1") is None
    assert await _waiting(memory) == ["$1", "$2"]


async def test_who_sends_what_nobody_can_read_fills_no_disk_and_costs_nobody_elses(memory: Memory) -> None:
    hers = [arrival(f"$hers{n}", n, state="locked") for n in range(2)]
    await memory.inbox.add(1, [*hers, arrival("$elsewhere", room=OTHER, state="locked")], NOW)
    for batch in range(2, 10):
        flood = [replace(arrival(f"${batch} {n}", n, state="locked"), sender=f"@{batch}:x") for n in range(MOST_OF_ONE)]
        await memory.inbox.add(batch, [*flood, replace(flood[-1], event_id=f"${batch} last", place=MOST_OF_ONE)], NOW)
    kept = [event.event_id for event in await memory.inbox.locked(ROOM)]
    assert len(kept) == MOST_LOCKED
    assert {"$hers0", "$hers1", *(f"${batch} last" for batch in range(2, 10))} <= set(kept)
    assert not {f"${batch} 0" for batch in range(2, 10)} & set(kept)
    assert [event.event_id for event in await memory.inbox.locked(OTHER)] == ["$elsewhere"]
    assert (await memory.inbox.received(["$2 0"]))["$2 0"][1] == "ignored"


async def test_what_was_encrypted_by_the_same_key_is_heard_once_whatever_it_is_called(memory: Memory) -> None:
    first = replace(arrival("$1"), ratchet="a")
    await memory.inbox.add(1, [first, arrival("$plain", 1), arrival("$plain2", 2)], NOW)
    await memory.inbox.add(2, [replace(first, event_id="$replay"), first, replace(arrival("$2"), ratchet="b")], NOW)
    assert await _waiting(memory) == ["$1", "$plain", "$plain2", "$2"]
    await memory.inbox.add(3, [arrival(f"$locked{n}", n, state="locked") for n in range(3)], NOW)
    for event_id, ratchet in (("$locked0", "a"), ("$locked1", "c"), ("$locked2", "c")):
        await memory.inbox.unlock(event_id, {"kind": "heard", "text": "again"}, ratchet=ratchet)
    assert await _waiting(memory) == ["$1", "$plain", "$plain2", "$2", "$locked1"]
    assert await memory.inbox.locked(ROOM) == []


async def test_only_a_locked_event_is_unlocked(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$1")], NOW)
    await memory.inbox.done("$1")
    await memory.inbox.unlock("$1", {"kind": "heard", "text": "again"})
    assert await _waiting(memory) == []


async def test_what_was_never_heard_was_not_received(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$1")], NOW)
    assert await memory.inbox.received(["$1", "$2"]) == {"$1": (NOW, "new")}


async def test_who_sent_a_known_event_and_its_state_are_known(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$1")], NOW)
    assert (await memory.inbox.known("$1"), await memory.inbox.known("$2")) == ((ANA, "new"), None)


# --- edits that come before what they change ---------------------------------------------------------------


def edit(event_id: str, target: str, place: int = 0, text: str = "words") -> Arrival:
    """Ana changes a message of hers."""
    return arrival(event_id, place, kind="edited", target=target, text=text, thread=None)


async def _hold(memory: Memory, *event_ids: str, at: datetime = NOW) -> None:
    """What think does with an edit of something unknown."""
    for waiting in await memory.inbox.waiting(2000):
        if waiting.event_id in event_ids or not event_ids:
            await memory.inbox.hold(waiting.event_id, waiting.content, at)


async def test_a_held_edit_waits_until_its_target_was_thought_about(memory: Memory) -> None:
    await memory.inbox.add(1, [edit("$edit", "$1"), arrival("$other", 1)], NOW)
    await _hold(memory, "$edit")
    assert await _waiting(memory) == ["$other"]
    await memory.inbox.add(2, [arrival("$1"), arrival("$next", 1)], NOW)
    await memory.inbox.done("$1")
    await memory.inbox.release("$1", ROOM)
    assert await _waiting(memory) == ["$other", "$next", "$edit"]
    assert (await memory.inbox.waiting(10))[-1].content["text"] == "words"


async def test_held_edits_have_their_turn_in_the_order_they_came(memory: Memory) -> None:
    for batch, event_id in enumerate(["$z", "$a", "$m"], start=1):
        await memory.inbox.add(batch, [edit(event_id, "$1", 9 - batch)], NOW)
        await _hold(memory, event_id)
    await memory.inbox.add(9, [arrival("$1", state="done")], NOW)
    await memory.inbox.release("$1", ROOM)
    assert await _waiting(memory) == ["$z", "$a", "$m"]


@pytest.mark.parametrize(("target", "room"), [("$", ROOM), ("$12", ROOM), ("$1%", ROOM), ("$1", OTHER)])
async def test_only_the_edits_of_that_event_in_that_room_are_released(memory: Memory, target: str, room: str) -> None:
    await memory.inbox.add(1, [edit("$edit", "$1"), arrival(target, 1, room, state="done")], NOW)
    await _hold(memory)
    await memory.inbox.release(target, room)
    assert await _waiting(memory) == []


async def test_what_is_said_in_a_held_edit_releases_nothing(memory: Memory) -> None:
    await memory.inbox.add(1, [edit("$edit", "$2", text='{"target":"$1",'), arrival("$1", 1, state="done")], NOW)
    await _hold(memory)
    await memory.inbox.release("$1", ROOM)
    assert await _waiting(memory) == []


async def test_an_edit_is_held_for_a_day(memory: Memory) -> None:
    await memory.inbox.add(1, [edit("$old", "$1")], NOW)
    await _hold(memory)
    await memory.inbox.add(2, [edit("$new", "$2")], NOW + 25 * HOUR)
    await _hold(memory, at=NOW + 25 * HOUR)
    assert (await memory.inbox.known("$old"), await memory.inbox.known("$new")) == ((ANA, "ignored"), (ANA, "new"))


@pytest.mark.parametrize(("most", "sender"), [(MOST_EDITS_OF_ONE, "sender"), (MOST_HELD, "event_id")])
async def test_no_more_edits_are_held_of_one_sender_or_one_room_than_these(
    memory: Memory, most: int, sender: str
) -> None:
    await memory.inbox.add(1, [edit(f"${n}", "$never", n) for n in range(most)], NOW)
    elsewhere = [
        replace(edit("$elsewhere", "$never", -2), room_id=OTHER),
        replace(edit("$bea's", "$x", -1), sender=BEA),
    ]
    await memory.inbox.add(1, elsewhere[: 1 if most == MOST_HELD else 2], NOW)
    await memory.connection.execute(
        "UPDATE inbox SET batch = $1, place = $2 + place, "
        f"sender = CASE WHEN sender = $3 THEN {sender} ELSE sender END",
        HELD_BATCH,
        AFTER_ALL + 3,
        ANA,
    )
    await memory.inbox.add(2, [edit("$one more", "$1")], NOW)
    await _hold(memory)
    states = await memory.inbox.received(["$0", "$1", "$one more", "$elsewhere", "$bea's"])
    assert [states[one][1] for one in ("$0", "$1", "$one more", "$elsewhere")] == ["ignored", "new", "new", "new"]
    assert states.get("$bea's", (NOW, "new"))[1] == "new"


async def test_a_redaction_takes_the_words_of_a_held_edit_too(memory: Memory) -> None:
    await memory.inbox.add(1, [edit("$edit", "$1"), edit("$other", "$2", 1)], NOW)
    await _hold(memory)
    await memory.inbox.forget_words("$1", ROOM)
    rows = await memory.connection.fetch("SELECT event_id, state FROM inbox WHERE content IS NULL")
    assert [(row["event_id"], row["state"]) for row in rows] == [("$edit", "ignored")]


async def test_a_handler_claims_a_cause_once(memory: Memory) -> None:
    assert await memory.inbox.claim("$1", "help.usage")
    assert not await memory.inbox.claim("$1", "help.usage")


async def test_other_handlers_and_other_causes_are_claimed_for_themselves(memory: Memory) -> None:
    await memory.inbox.claim("$1", "help.usage")
    assert await memory.inbox.claim("$1", "requests.listen")
    assert await memory.inbox.claim("$2", "help.usage")


async def test_a_claim_stays_whatever_comes_of_it(memory: Memory) -> None:
    await memory.inbox.claim("$1", "help.usage")
    await memory.inbox.outcome("$1", "help.usage", "failed")
    assert not await memory.inbox.claim("$1", "help.usage")


async def test_a_refusal_is_an_answer_and_a_failure_is_none(memory: Memory) -> None:
    await memory.inbox.claim("$1", "directory.who_uses")
    await memory.inbox.outcome("$1", "directory.who_uses", "refused")
    await memory.inbox.claim("$1", "help.usage")
    await memory.inbox.outcome("$1", "help.usage", "failed")
    assert await memory.inbox.handlers("$1") == ["directory.who_uses"]


async def test_the_last_word_on_what_an_event_is_about_counts(memory: Memory) -> None:
    await memory.inbox.add(1, [arrival("$1")], NOW)
    await memory.inbox.set_subject("$1", "request:1")
    await memory.inbox.set_subject("$1", "request:2")
    assert await memory.inbox.subject("$1", ROOM) == "request:2"
    assert await memory.inbox.subject("$1", OTHER) is None  # nobody speaks of it from elsewhere


@pytest.mark.parametrize("event_id", [None, "$unknown"])
async def test_an_event_may_be_about_nothing(memory: Memory, event_id: str | None) -> None:
    assert await memory.inbox.subject(event_id, ROOM) is None
