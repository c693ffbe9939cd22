"""Inbox, outbox and timers: each event once, each message once, in order."""

from dataclasses import replace
from datetime import timedelta

from bot.store.database import Database
from bot.store.inbox import Arrival, Gap
from bot.store.memory import Memory
from bot.store.outbox import Post
from tests.store.conftest import NOW

ROOM, OTHER = "!a:x", "!b:x"
CARD = Post("card:1", ROOM, "message", {"body": "open"}, subject="request:1", card=True)


def arrival(event_id: str, place: int, room: str = ROOM, state: str = "new") -> Arrival:
    """An event with some content."""
    return Arrival(event_id, room, "@ana:x", state, place, {"kind": "heard", "text": event_id})


async def test_an_event_is_kept_once_and_thought_about_in_order(database: Database) -> None:
    async with database.transaction() as connection:
        inbox = Memory(connection).inbox
        second, first = await inbox.new_batch() + 1, 1
        await inbox.add(second, [arrival("$3", 0)], NOW)
        await inbox.add(first, [arrival("$2", 1), arrival("$1", 0), arrival("$3", 2)], NOW)
        assert [w.event_id for w in await inbox.waiting(10)] == ["$1", "$2", "$3"]
        await inbox.done("$1")
        assert [w.event_id for w in await inbox.waiting(10)] == ["$2", "$3"]


async def test_a_room_with_a_hole_waits_for_it_and_the_others_dont(database: Database) -> None:
    async with database.transaction() as connection:
        inbox = Memory(connection).inbox
        await inbox.add(1, [arrival("$old", 0)], NOW)
        await inbox.add(2, [arrival("$late", 0), arrival("$other", 1, OTHER)], NOW)
        gap = Gap(ROOM, 2, 0, "token")
        await inbox.open_gap(gap, NOW)
        assert [w.event_id for w in await inbox.waiting(10)] == ["$old", "$other"]
        await inbox.add(2, [arrival("$filled", -1)], NOW)
        await inbox.move_gap(replace(gap, lowest=-1, token="further"))
        assert await inbox.gaps() == [Gap(ROOM, 2, -1, "further")]
        await inbox.close_gap(gap)
        assert [w.event_id for w in await inbox.waiting(10)] == ["$old", "$filled", "$late", "$other"]


async def test_words_are_dropped_when_done_and_when_redacted(database: Database) -> None:
    async with database.transaction() as connection:
        inbox = Memory(connection).inbox
        await inbox.add(1, [arrival("$1", 0), arrival("$2", 1), arrival("$3", 2, state="locked")], NOW)
        await inbox.done("$1")
        await inbox.forget_words("$2")
        await inbox.forget_words("$3")
        assert await inbox.waiting(10) == []
        assert await inbox.locked(10) == []
        rows = await connection.fetch("SELECT content FROM inbox WHERE content IS NOT NULL")
        assert list(rows) == []


async def test_a_handler_has_a_cause_once(database: Database) -> None:
    async with database.transaction() as connection:
        inbox = Memory(connection).inbox
        assert await inbox.claim("$1", "a")
        assert not await inbox.claim("$1", "a")
        assert await inbox.claim("$1", "b")


async def test_the_same_op_id_is_one_message(database: Database) -> None:
    async with database.transaction() as connection:
        outbox = Memory(connection).outbox
        post = Post("op", ROOM, "message", {"body": "one"})
        assert await outbox.add(post, NOW)
        assert not await outbox.add(replace(post, content={"body": "two"}), NOW)
        row = await outbox.first(ROOM)
        assert row is not None
        assert row.content == {"body": "one"}


async def test_a_card_not_sent_yet_is_replaced_and_a_sent_one_edited_newest_state_only(database: Database) -> None:
    async with database.transaction() as connection:
        outbox = Memory(connection).outbox
        await outbox.add(CARD, NOW, "$1")
        await outbox.add(replace(CARD, content={"body": "taken"}), NOW, "$2")
        row = await outbox.first(ROOM)
        assert row is not None
        assert (row.kind, row.content) == ("message", {"body": "taken"})
        await outbox.trying("card:1", NOW)
        await outbox.sent("card:1", "$card")
        assert not await outbox.add(replace(CARD, content={"body": "taken"}), NOW, "$3")
        await outbox.add(replace(CARD, content={"body": "answered"}), NOW, "$4")
        await outbox.add(replace(CARD, content={"body": "resolved"}), NOW, "$5")
        row = await outbox.first(ROOM)
        assert row is not None
        assert (row.kind, row.content, row.edits_event) == ("edit", {"body": "resolved"}, "$card")
        await outbox.sent(row.op_id, "$edit")
        assert await outbox.first(ROOM) is None


async def test_replies_to_a_sent_message_are_traced_to_its_subject(database: Database) -> None:
    async with database.transaction() as connection:
        memory = Memory(connection)
        await memory.outbox.add(CARD, NOW)
        await memory.outbox.sent("card:1", "$card")
        assert await memory.inbox.subject("$card") == "request:1"
        assert await memory.inbox.subject("$else") is None


async def test_a_room_is_served_in_order_and_pressing_rooms_first(database: Database) -> None:
    async with database.transaction() as connection:
        outbox = Memory(connection).outbox
        await outbox.add(Post("digest", OTHER, "message", {}, priority=2), NOW)
        await outbox.add(Post("one", ROOM, "message", {}), NOW)
        await outbox.add(Post("two", ROOM, "message", {}), NOW)
        assert [room for room, _ in await outbox.rooms()] == [ROOM, OTHER]
        await outbox.dead("one", "403")
        row = await outbox.first(ROOM)
        assert row is not None
        assert row.op_id == "two"
        assert await outbox.counts() == {"waiting": 2, "dead": 1}


async def test_the_budget_gives_slots_a_minute_apart_and_announces_the_first_wait(database: Database) -> None:
    async with database.transaction() as connection:
        outbox = Memory(connection).outbox
        slots = []
        for number in range(5):
            at, announced = await outbox.slot(ROOM, "@ana:x", 2, NOW)
            slots.append((at, announced))
            await outbox.add(Post(f"op{number}", ROOM, "message", {}, asked_by="@ana:x"), NOW, "", at)
        minute = timedelta(minutes=1)
        assert slots == [
            (NOW, False),
            (NOW, False),
            (NOW + minute, True),
            (NOW + minute, False),
            (NOW + 2 * minute, False),
        ]


async def test_timers_fall_due_in_order_can_be_moved_and_put_off(database: Database) -> None:
    async with database.transaction() as connection:
        timers = Memory(connection).timers
        await timers.set("b", "k", "s", NOW + timedelta(seconds=2))
        await timers.set("a", "k", "s", NOW + timedelta(seconds=1))
        assert await timers.next_at() == NOW + timedelta(seconds=1)
        await timers.set("a", "k", "s", NOW + timedelta(seconds=3))
        later = NOW + timedelta(minutes=1)
        assert [t.key for t in await timers.due(later, 10)] == ["b", "a"]
        await timers.put_off("b", later + timedelta(seconds=1))
        assert [t.key for t in await timers.due(later, 10)] == ["a"]
        assert await timers.due_at("b") == NOW + timedelta(seconds=2)
        assert await timers.drop("a")
        assert not await timers.drop("a")
