"""Our own events, read back: a row whose event came is sent, whichever of the two was there first."""

from bot.store.echoes import transaction_id
from bot.store.memory import Memory
from tests.store.samples import NOW, card, post, still_to_send


async def test_an_event_of_ours_marks_the_row_that_it_was(memory: Memory) -> None:
    await memory.outbox.add(post("op", subject="request:1"), NOW)
    await memory.outbox.echoed(transaction_id("op"), "$1", NOW)
    assert await memory.outbox.event_of("op") == "$1"
    assert await memory.outbox.op_of("$1") == "op"


async def test_what_a_lost_memory_had_said_is_not_said_again(memory: Memory) -> None:
    await memory.outbox.echoed(transaction_id("op"), "$1", NOW)
    await memory.outbox.add(post("op"), NOW)
    await memory.outbox.add(post("other"), NOW)
    assert await memory.outbox.event_of("op") == "$1"
    assert await still_to_send(memory) == ["other"]


async def test_a_card_and_its_edit_that_were_said_already_are_not_said_again(memory: Memory) -> None:
    for op_id in ("card:1", "card:1~1~$cause"):
        await memory.outbox.echoed(transaction_id(op_id), f"${op_id}", NOW)
    await memory.outbox.add(card("open"), NOW)
    await memory.outbox.add(card("taken"), NOW, "$cause")
    assert await still_to_send(memory) == []
    await memory.outbox.add(card("answered"), NOW, "$later")
    assert await still_to_send(memory) == ["card:1~2~$later"]


async def test_an_echo_heard_again_is_the_same(memory: Memory) -> None:
    for _ in range(2):
        await memory.outbox.echoed(transaction_id("op"), "$1", NOW)
    await memory.outbox.add(post("op"), NOW)
    assert await memory.outbox.event_of("op") == "$1"
