"""Under a limit on the account what is most pressing leaves first; whatever happens, each row leaves once, in order."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.actions import Priority
from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.outbox import Post, Ready
from bot.turn.chat import TryLater
from tests.store.samples import NOW, card, opened, post
from tests.templates import lay_out
from tests.turn.sending import Sender, Taking

ROOMS = ("!a", "!b", "!c")


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database of the test's own."""
    await lay_out(tmp_path / "say.db")
    async with opened(f"sqlite:///{tmp_path / 'say.db'}") as database:
        yield database


class Limit:
    """So many messages at once, then one every five seconds, whatever the room: Synapse's default."""

    def __init__(self, burst: int = 0) -> None:
        self.left = float(burst)
        self.at = NOW

    def __call__(self, sender: Sender) -> str:
        self.left = min(10, self.left + (sender.now - self.at).total_seconds() / 5)
        self.at = sender.now
        if self.left < 1:
            return "limited"
        self.left -= 1
        return "taken"


def limited(database: Database, burst: int = 0) -> Sender:
    """A sender before a homeserver with Synapse's default limit."""
    limit = Limit(burst)
    sender = Sender(database, Taking())
    sender.server.fate = lambda row: limit(sender)
    return sender


def thread(root: str) -> dict[str, object]:
    """A message's relation to its thread."""
    return {"body": "in the thread", "m.relates_to": {"rel_type": "m.thread", "event_id": root}}


async def test_under_the_limit_the_most_pressing_of_all_rooms_leaves_first(database: Database) -> None:
    sender = limited(database)
    await sender.queue(
        *(post(f"news {n}", room=f"!{n}", priority=Priority.NEWS) for n in range(3)),
        post("board", room="!a", priority=Priority.BOARD),
        Post("reaction", "!b", "reaction", {}, priority=Priority.REACTION),
        post("call", room="!c", priority=Priority.CALL),
        post("promise", room="!b", priority=Priority.PROMISE),
        post("reply", room="!0"),
        post("second reply", room="!a"),
    )
    await sender.settle(60)
    order = ["reply", "second reply", "promise", "call", "reaction", "board", "news 0", "news 1", "news 2"]
    assert sender.server.order == order


async def test_without_a_limit_a_room_is_told_in_the_order_in_which_it_was_said(database: Database) -> None:
    sender = Sender(database, Taking())
    await sender.queue(post("news", priority=Priority.NEWS), post("card", priority=Priority.CARD), post("reply"))
    await sender.settle()
    assert sender.server.order == ["news", "card", "reply"]


async def test_one_room_held_back_holds_back_all_and_each_asks_no_more_than_once(database: Database) -> None:
    sender = limited(database)
    await sender.queue(*(post(room, room=room) for room in ROOMS))
    await sender.settle()
    assert len(sender.server.asked) == len(ROOMS)  # side by side, before anything was known of a limit
    await sender.settle(4)
    assert len(sender.server.asked) == len(ROOMS)
    await sender.settle(16)
    assert sender.server.order == list(ROOMS)
    assert len(sender.server.asked) <= 3 * len(ROOMS)


async def test_a_question_asked_during_the_pause_is_answered_at_its_end(database: Database) -> None:
    sender = limited(database)
    await sender.queue(*(post(f"news {n}", room=f"!{n}", priority=Priority.NEWS) for n in range(20)))
    await sender.settle(12)
    before = len(sender.server.has)
    await sender.queue(post("reply", room="!19"))
    await sender.settle(6)
    assert sender.server.order.index("reply") - before <= 1
    await sender.settle(200)
    assert len(sender.server.has) == 21


async def test_what_was_held_back_was_not_tried_and_a_card_says_the_newest_at_once(database: Database) -> None:
    sender = limited(database)
    await sender.queue(card("open", priority=Priority.PROMISE))
    await sender.settle()
    await sender.queue(card("claimed", priority=Priority.PROMISE))
    await sender.settle(10)
    assert [row.content for row in sender.server.has.values()] == [{"body": "claimed"}]


async def test_of_many_changes_of_a_card_only_the_newest_leaves_and_after_the_answers(database: Database) -> None:
    sender = limited(database, burst=1)
    await sender.queue(card("open", priority=Priority.PROMISE))
    await sender.settle()
    for n in range(5):
        await sender.queue(card(f"change {n}", priority=Priority.PROMISE), post(f"reply {n}", room="!b"))
        await sender.settle(1)
    await sender.settle(60)
    sent = list(sender.server.has.values())
    assert [row.op_id for row in sent[1:-1]] == [f"reply {n}" for n in range(5)]
    assert (sent[-1].kind, sent[-1].content) == ("edit", {"body": "change 4"})


async def test_the_answer_to_an_edited_question_is_an_answer(database: Database) -> None:
    sender = limited(database, burst=1)
    await sender.queue(post("answer"))
    await sender.settle()
    await sender.queue(post("news", priority=Priority.NEWS), replace(card("anew"), op_id="answer"))
    await sender.settle(20)
    assert [row.kind for row in sender.server.has.values()] == ["message", "edit", "message"]


async def test_a_thread_reads_in_order_though_its_newest_message_is_pressing(database: Database) -> None:
    sender = limited(database)
    await sender.queue(
        post("call elsewhere", priority=Priority.CALL),
        Post("told", "!a", "message", thread("$root"), priority=Priority.NEWS),
        Post("other", "!a", "message", thread("$other"), priority=Priority.NEWS),
        Post("reply", "!a", "message", thread("$root")),
    )
    await sender.settle(30)
    assert sender.server.order == ["told", "reply", "call elsewhere", "other"]


async def test_a_late_emoji_is_dropped_and_a_late_answer_never(database: Database) -> None:
    sender = limited(database)
    await sender.queue(*(post(f"reply {n}", room=f"!{n}") for n in range(130)))
    await sender.queue(Post("emoji", "!a", "reaction", {}, priority=Priority.REACTION))
    await sender.settle(700)
    states = await sender.states()
    assert states.pop("emoji") == "superseded"
    assert set(states.values()) == {"sent"}


async def test_entering_a_room_waits_for_no_limit_on_messages(database: Database) -> None:
    sender = limited(database)
    await sender.queue(post("reply"))
    await sender.settle()
    await sender.queue(Post("join:!b", "!b", "join", {}, priority=Priority.FREE))
    await sender.settle()
    assert (await sender.states())["join:!b"] == "sent"


async def test_a_limit_on_opening_direct_chats_holds_back_only_those(database: Database) -> None:
    sender = Sender(database, Taking())
    asked = []

    async def send(row: Ready) -> str:
        asked.append(row.room_id)
        if row.room_id.startswith("@"):
            raise TryLater("429", 60.0, limited=True)
        return f"${row.op_id}"

    sender.server.send = send  # type: ignore[method-assign]
    await sender.queue(post("direct", room="@ana:x"))
    await sender.settle()
    await sender.queue(post("also direct", room="@bea:x"), post("reply", room="!a"))
    await sender.settle(30)
    assert asked == ["@ana:x", "!a"]


async def test_a_room_that_fails_holds_up_no_other(database: Database) -> None:
    sender = Sender(database, Taking(lambda row: "lost" if row.room_id == "!a" else "taken"))
    await sender.queue(post("stuck", room="!a"), post("behind it", room="!a"), post("elsewhere", room="!b"))
    await sender.settle(10)
    assert sender.server.order == ["elsewhere"]
    assert {row.op_id for row in sender.server.asked} == {"stuck", "elsewhere"}


async def test_a_limit_that_says_no_time_is_tried_again_soon_and_then_less_often(database: Database) -> None:
    sender = Sender(database, Taking())
    tries = 0

    async def send(row: Ready) -> str:
        nonlocal tries
        tries += 1
        if tries <= 3:
            raise TryLater("429 M_LIMIT_EXCEEDED", limited=True, account=True)
        return f"${row.op_id}"

    sender.server.send = send  # type: ignore[method-assign]
    await sender.queue(post("answer"))
    await sender.settle(10)
    assert set((await sender.states()).values()) == {"sent"}


async def test_a_blocked_account_loses_nothing_and_the_operator_hears_of_it(database: Database) -> None:
    sender = Sender(database, Taking())
    blocked = True

    async def send(row: Ready) -> str:
        if blocked:
            raise TryLater("403 M_CONSENT_NOT_GIVEN", account=True)
        return f"${row.op_id}"

    sender.server.send = send  # type: ignore[method-assign]
    await sender.queue(*(post(room, room=room) for room in ROOMS))
    with capture_logs() as logs:
        await sender.settle(30)
    assert "the homeserver blocks the account" in {line["event"] for line in logs}
    assert set((await sender.states()).values()) == {"waiting"}
    blocked = False
    await sender.settle(600)
    assert set((await sender.states()).values()) == {"sent"}


async def test_the_operator_is_told_once_a_day_what_to_do(database: Database) -> None:
    sender = limited(database)
    await sender.queue(*(post(f"{n}", room=f"!{n}") for n in range(20)))
    with capture_logs() as logs:
        await sender.settle(150)
        sender.restart()
        await sender.queue(*(post(f"again {n}", room=f"!{n}") for n in range(20)))
        await sender.settle(150)
    told = [line for line in logs if line["event"] == "the homeserver limits what the account may send"]
    assert ["override_ratelimit" in line["what_to_do"] for line in told] == [True]
    async with database.reading() as connection:
        assert await Memory(connection).held_back.lately(sender.now) > 20


async def test_without_the_limit_rooms_go_side_by_side_again(database: Database) -> None:
    sender = limited(database)
    await sender.queue(*(post(f"{n}", room=f"!{n}") for n in range(5)))
    await sender.settle(1)
    assert sender.say.pace.strict
    await sender.settle(60)
    assert not sender.say.pace.strict


# --- whatever happens ------------------------------------------------------------------------------------

FATES = ("taken", "taken", "taken", "limited", "lost", "answer lost", "refused")
PRIORITIES = st.sampled_from([Priority.REPLY, Priority.PROMISE, Priority.CALL, Priority.NEWS])
KEYS = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(ROOMS), PRIORITIES, st.sampled_from(["", "$one", "$two"])),
    st.tuples(st.just("card"), KEYS, PRIORITIES),
    st.tuples(st.just("pin"), KEYS),
    st.tuples(st.just("take back"), KEYS),
    st.tuples(st.just("send"), st.lists(st.sampled_from(FATES), max_size=8)),
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("kill")),
)


async def _step(sender: Sender, step: tuple[object, ...], number: int) -> None:
    match step:
        case ("say", str(room), Priority() as priority, str(root)):
            content = thread(root) if root else {"body": f"words {number}"}
            await sender.queue(Post(f"said:{number:03}", room, "message", content, priority=priority))
        case ("card", int(key), Priority() as priority):
            await sender.queue(card(f"state {number}", f"card:{key}", room=ROOMS[key % 3], priority=priority))
        case ("pin", int(key)):
            post = Post(f"card:{key}~pin~{number}", ROOMS[key % 3], "pin", {}, f"card:{key}", priority=Priority.BOARD)
            await sender.queue(post)
        case ("take back", int(key)):
            async with sender.database.transaction() as connection:
                await Memory(connection).outbox.take_back(f"card:{key}", sender.now)
        case ("send", list(fates)):
            left = iter(fates)
            sender.server.fate = lambda row: next(left, "taken")
            await sender.settle()
        case ("wait", int(seconds)):
            await sender.settle(seconds)
        case ("kill",):
            sender.restart()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=1, max_size=25))
@pytest.mark.asyncio
async def test_each_row_leaves_once_and_a_message_before_what_is_done_to_it(steps: list[tuple[object, ...]]) -> None:
    with TemporaryDirectory() as folder:
        await lay_out(Path(folder) / "say.db")
        async with opened(f"sqlite:///{Path(folder) / 'say.db'}") as database:
            sender = Sender(database, Taking())
            for number, step in enumerate(steps):
                await _step(sender, step, number)
            sender.server.fate = lambda row: "taken"
            await sender.settle(90)
            states = await sender.states()
    assert "waiting" not in states.values()
    order = sender.server.order
    assert all(states[op_id] in ("sent", "superseded") for op_id in order), "what is there is known to be there"
    assert {op_id for op_id, state in states.items() if state == "sent"} <= set(order)
    for place, op_id in enumerate(order):
        row = sender.server.has[op_id]
        if row.kind != "message":
            assert row.target in order[:place]
    for room in ROOMS:
        for root in ("$one", "$two"):
            told = [
                op_id
                for op_id in order
                if (row := sender.server.has[op_id]).room_id == room
                and row.content.get("m.relates_to", {}).get("event_id") == root
            ]
            assert told == sorted(told)
