"""Who may begin a verification, how many, what a crash, a replay or an unkind homeserver makes of it."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.matrix.crypto.identity import Identity
from bot.matrix.crypto.verification.courier import Courier
from bot.matrix.crypto.verification.desk import MOST, MOST_EACH, Desk
from bot.matrix.crypto.verification.dialogue import COURTESY, PATIENCE
from bot.matrix.crypto.verification.messages import Letter, Thread
from bot.matrix.crypto.verification.sas import Party
from bot.matrix.settings import Policy
from bot.store.database import Database, open_database
from bot.store.memory import Memory
from bot.store.verifications import Verification
from bot.turn.chat import Refused, TryLater
from tests.matrix.verification.conversing import ANA, CLERK, NOW, ROOM
from tests.matrix.verification.test_messages import RAW
from tests.templates import lay_out
from tests.verifying import PREFIX, Peer

_numbers = itertools.count(1)
MASTER = {"user_id": ANA.user_id, "usage": ["master"], "keys": {"ed25519:anaMasterKey": "anaMasterKey"}}


@dataclass
class Ours:
    """Who the bot is."""

    user_id: str = CLERK.user_id
    device_id: str = CLERK.device_id
    ed25519: str = CLERK.ed25519
    master_public: str | None = CLERK.master
    signed: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    trouble: Exception | None = None

    async def sign_user(self, user_id: str, master_keys: Mapping[str, Any]) -> None:
        """Remember it."""
        if self.trouble:
            raise self.trouble
        self.signed.append((user_id, master_keys))


@dataclass
class Post:
    """Brings letters into a list, and knows Ana's keys."""

    crypto: Ours
    brought: list[tuple[Thread, str, Letter]] = field(default_factory=list)
    trouble: Exception | None = None

    async def bring(self, thread: Thread, device_id: str, letter: Letter) -> None:
        """Remember it."""
        if self.trouble:
            raise self.trouble
        self.brought.append((thread, device_id, letter))

    async def party(self, user_id: str, device_id: str) -> tuple[Party | None, dict[str, Any]]:
        """Ana's, and those of others under the same names."""
        if self.trouble:
            raise self.trouble
        if device_id == "UNKNOWN":
            return None, {}
        return Party(user_id, device_id, ANA.ed25519, ANA.master), MASTER

    def said(self, transaction: str = "t") -> list[str]:
        """The kinds of what was brought in one verification; a cancel with its code."""
        of_it = [letter for thread, _, letter in self.brought if thread.transaction == transaction]
        return [" ".join(filter(None, [letter.kind, letter.content.get("code", "")])) for letter in of_it]


@dataclass
class Counter:
    """A desk with all around it."""

    desk: Desk
    post: Post
    ours: Ours
    database: Database
    now: datetime = NOW

    async def come(self, *raws: object, at: datetime | None = None) -> None:
        """To-device messages in one sync, and time for the desk to work."""
        await self.desk.hear(raws, at or self.now)
        await self.desk.work(self.now)

    async def rows(self) -> list[Verification]:
        """What is not over."""
        async with self.database.reading() as connection:
            return await Memory(connection).verifications.running()


def desk(database: Database, ours: Ours, post: Post, policy: Policy = "operator") -> Desk:
    """A new one, as after a start."""
    return Desk(
        database, cast(Courier, post), cast(Identity, ours), policy,
        lambda user_id: user_id.endswith(":example.org"), lambda: NOW,
    )  # fmt: skip


@pytest_asyncio.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    """The operator decides."""
    await lay_out(tmp_path / "t.db")
    database = await open_database(f"sqlite:///{tmp_path / 't.db'}")
    ours = Ours()
    post = Post(ours)
    yield Counter(desk(database, ours, post), post, ours, database)
    await database.close()


def raw(kind: str, sender: str = ANA.user_id, transaction: str = "t", **content: Any) -> dict[str, Any]:
    """A to-device message."""
    content = {"transaction_id": transaction} | content
    return {"type": PREFIX + kind, "sender": sender, "content": content}


def request(sender: str = ANA.user_id, transaction: str = "t", **content: Any) -> dict[str, Any]:
    """Somebody asks."""
    sent = int(NOW.timestamp() * 1000)
    content = {"from_device": ANA.device_id, "methods": ["m.sas.v1"], "timestamp": sent} | content
    return raw("request", sender, transaction, **content)


def peer(transaction: str = "t") -> Peer:
    """Ana's side."""
    return Peer(ANA.user_id, ANA.device_id, CLERK.user_id, CLERK.device_id, transaction, ANA.keys, CLERK.keys)


async def compared(counter: Counter) -> Peer:
    """On until both see emoji."""
    ana = peer()
    await counter.come(request())
    await counter.come(raw("start", **ana.start()))
    await counter.come(raw("key", **ana.key()))
    ana.hear_accept(counter.post.brought[1][2].content)
    ana.hear_key(counter.post.brought[2][2].content["key"])
    return ana


async def test_the_operators_word_is_acted_on_and_the_persons_key_signed(counter: Counter) -> None:
    ana = await compared(counter)
    (row,) = await counter.rows()
    assert (row.state, row.device_id, len(row.emoji)) == ("shown", ANA.device_id, 7)
    assert row.decimals == " ".join(map(str, ana.decimals))
    await counter.come(raw("mac", **ana.mac()))
    assert counter.post.said() == ["ready", "accept", "key"]
    async with counter.database.transaction() as connection:
        assert await Memory(connection).verifications.decide(row.id, True)
        assert not await Memory(connection).verifications.decide(row.id, False), "said once, it is said"
    await counter.desk.work(NOW)
    assert counter.post.said() == ["ready", "accept", "key", "mac", "done"]
    assert counter.ours.signed == [(ANA.user_id, MASTER)]
    assert await counter.rows() == []
    async with counter.database.reading() as connection:
        done = await Memory(connection).verifications.get(row.id)
    assert done
    assert done.state == "done"


async def test_automatically_it_is_confirmed_at_once(counter: Counter) -> None:
    counter.desk = desk(counter.database, counter.ours, counter.post, "automatic")
    ana = await compared(counter)
    assert counter.post.said() == ["ready", "accept", "key", "mac"]
    assert counter.ours.signed == []
    await counter.come(raw("mac", **ana.mac()))
    assert counter.post.said()[-1] == "done"
    assert counter.ours.signed == [(ANA.user_id, MASTER)]


async def test_a_signature_that_must_wait_is_made_later_and_one_refused_ends_nothing(counter: Counter) -> None:
    counter.desk = desk(counter.database, counter.ours, counter.post, "automatic")
    ana = await compared(counter)
    counter.ours.trouble = TryLater("not now", 30)
    await counter.come(raw("mac", **ana.mac()))
    assert len(await counter.rows()) == 1
    counter.ours.trouble = None
    await counter.desk.work(NOW + timedelta(seconds=29))
    assert counter.ours.signed == []
    await counter.desk.work(NOW + timedelta(seconds=31))
    assert counter.ours.signed == [(ANA.user_id, MASTER)]
    assert await counter.rows() == []


async def test_without_an_identity_of_ours_nothing_is_signed_and_all_ends_well(counter: Counter) -> None:
    counter.desk = desk(counter.database, counter.ours, counter.post, "automatic")
    counter.ours.trouble = Refused("no identity yet")
    ana = await compared(counter)
    await counter.come(raw("mac", **ana.mac()))
    assert counter.post.said()[-1] == "done"
    assert await counter.rows() == []


async def test_a_key_they_dont_attest_is_not_signed(counter: Counter) -> None:
    counter.desk = desk(counter.database, counter.ours, counter.post, "automatic")
    ana = await compared(counter)
    ana.keys = {"ed25519:ANADEV": ANA.ed25519}
    await counter.come(raw("mac", **ana.mac()))
    assert counter.post.said()[-1] == "done"
    assert counter.ours.signed == []


async def test_every_message_twice_and_a_replayed_past_change_nothing(counter: Counter) -> None:
    counter.desk = desk(counter.database, counter.ours, counter.post, "automatic")
    ana = peer()
    past = [request()]
    await counter.come(*past, *past)
    past.append(raw("start", **ana.start()))
    await counter.come(*past, *past)
    past.append(raw("key", **ana.key()))
    await counter.come(*past, *past)
    ana.hear_accept(counter.post.brought[1][2].content)
    ana.hear_key(counter.post.brought[2][2].content["key"])
    past.append(raw("mac", **ana.mac()))
    await counter.come(*past, *past)
    await counter.come(*past)
    assert counter.post.said() == ["ready", "accept", "key", "mac", "done"]


@pytest.mark.parametrize("asked", ["nothing said", "shown"])
async def test_what_a_restart_broke_off_is_cancelled_and_its_replay_is_nothing(counter: Counter, asked: str) -> None:
    if asked == "shown":
        await compared(counter)
    else:
        await counter.desk.hear([request()], NOW)
    counter.post.brought.clear()
    counter.desk = desk(counter.database, counter.ours, counter.post)
    await counter.desk.hear([request()], NOW)
    await counter.desk.part_from_former(NOW)
    await counter.desk.work(NOW)
    assert counter.post.said() == ["cancel m.user"]
    assert counter.post.brought[0][1] == ANA.device_id
    assert await counter.rows() == []
    await counter.come(request())
    assert counter.post.said() == ["cancel m.user"]


async def test_ten_minutes_later_it_is_cancelled_though_nobody_said_anything(counter: Counter) -> None:
    await counter.come(request())
    await counter.desk.work(NOW + COURTESY)
    await counter.desk.work(NOW + PATIENCE)
    assert counter.post.said() == ["ready", "start", "cancel m.timeout"]
    assert await counter.rows() == []


async def test_who_asks_twice_has_both_cancelled_and_may_ask_again(counter: Counter) -> None:
    await counter.come(request())
    await counter.come(request(transaction="t2"))
    assert (counter.post.said("t"), counter.post.said("t2")) == (["ready", "cancel m.user"], ["cancel m.user"])
    await counter.come(request(transaction="t3"))
    assert counter.post.said("t3") == ["ready"]


async def test_a_stranger_gets_no_answer_and_somebody_in_our_room_does(counter: Counter) -> None:
    stranger = "@eve:elsewhere.net"
    await counter.come(request(stranger), raw("start", stranger, **(peer().start())))
    assert counter.post.brought == []
    content = {"msgtype": f"{PREFIX}request", "to": CLERK.user_id, "from_device": "X", "methods": ["m.sas.v1"]}
    counter.desk.overhear(ROOM, {
        "type": "m.room.message", "event_id": "t", "sender": stranger, "content": content,
        "origin_server_ts": int(NOW.timestamp() * 1000),
    })  # fmt: skip
    await counter.come()
    assert counter.post.said() == ["ready"]
    assert counter.post.brought[0][2].content["m.relates_to"] == {"rel_type": "m.reference", "event_id": "t"}


async def test_of_too_many_the_oldest_makes_room(counter: Counter) -> None:
    for n in range(3 * MOST):
        await counter.come(request(f"@u{n}:example.org", f"t{n}"), at=NOW)
        counter.now += timedelta(seconds=1)
    assert len(await counter.rows()) == MOST
    assert [counter.post.said(f"t{n}") for n in (0, 2 * MOST - 1)] == [["ready", "start", "cancel m.user"]] * 2
    assert [counter.post.said(f"t{n}")[0] for n in (2 * MOST, 3 * MOST - 1)] == ["ready"] * 2
    assert "cancel m.user" not in counter.post.said(f"t{2 * MOST}")


async def test_who_begins_again_and_again_makes_room_before_anybody_else(counter: Counter) -> None:
    await counter.come(request(transaction="the operator's"))
    for again in range(3):
        for n in range(MOST - 1 if again == 0 else MOST):
            counter.now += timedelta(seconds=1)
            if again:
                await counter.come(raw("cancel", f"@u{n}:example.org", f"t{n} {again - 1}", code="m.user"), at=NOW)
            await counter.come(request(f"@u{n}:example.org", f"t{n} {again}"), at=NOW)
    assert len(await counter.rows()) == MOST
    assert not any("cancel" in said for said in counter.post.said("the operator's"))


async def test_refusals_that_cant_be_delivered_keep_nobody_out(counter: Counter) -> None:
    counter.post.trouble = TryLater("away", 5)
    for n in range(7):
        for again in range(MOST_EACH):
            await counter.come(request(f"@u{n}:example.org", f"t{n} {again}"))
    for n in range(2 * MOST):
        await counter.come(request(f"@v{n}:example.org", f"v{n}"))
    await counter.come(request(transaction="the operator's"))
    assert len(counter.desk._exchanges) <= 2 * MOST + 1
    counter.post.trouble = None
    await counter.desk.work(NOW + timedelta(seconds=6))
    assert counter.post.said("the operator's") == ["ready"]


async def test_what_the_homeserver_lets_us_not_even_open_ends_after_ten_minutes(counter: Counter) -> None:
    counter.post.trouble = TryLater("away", 5)
    await counter.come(request())
    await counter.desk.work(NOW + PATIENCE)
    counter.post.trouble = None
    await counter.desk.work(NOW + PATIENCE + timedelta(seconds=6))
    assert counter.post.said() == ["cancel m.timeout"]


async def test_who_asks_again_and_again_is_not_answered_any_more(counter: Counter) -> None:
    for n in range(10 * MOST_EACH):
        await counter.come(request(transaction=f"t{n}"), raw("cancel", transaction=f"t{n}", code="m.user"))
    assert len([letter for _, _, letter in counter.post.brought if letter.kind == "ready"]) <= MOST_EACH


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (request(methods=["m.qr_code.scan.v1"]), ["cancel m.unknown_method"]),
        (request(methods=5), ["cancel m.unknown_method"]),
        (request(CLERK.user_id), ["cancel m.user"]),
        (request(from_device="UNKNOWN"), ["cancel m.key_mismatch"]),
        (request(from_device="*"), []),
        (request(from_device=5), []),
        (request(timestamp=0), []),
        (request(timestamp="soon"), ["ready"]),
        (raw("key", key="AAAA"), []),
        (raw("cancel", code="m.user"), []),
        (raw("start", **peer().start()), ["accept"]),  # without a request: deprecated, and answered
        (raw("start", **peer().start(method="m.other")), ["cancel m.unknown_method"]),
    ],
)
async def test_what_is_answered(counter: Counter, asked: dict[str, Any], said: list[str]) -> None:
    await counter.come(asked)
    assert counter.post.said() == said


async def test_turned_off_it_says_so(counter: Counter) -> None:
    counter.desk = desk(counter.database, counter.ours, counter.post, "off")
    await counter.come(request(), request())
    assert counter.post.said() == ["cancel m.user"]
    assert "turned it off" in counter.post.brought[0][2].content["reason"]


async def test_a_homeserver_that_is_away_is_waited_for_and_one_that_refuses_is_not(counter: Counter) -> None:
    counter.post.trouble = TryLater("away", 5)
    await counter.come(request())
    await counter.desk.work(NOW + timedelta(seconds=4))
    counter.post.trouble = None
    await counter.desk.work(NOW + timedelta(seconds=6))
    assert counter.post.said() == ["ready"]
    counter.post.trouble = Refused("forbidden")
    await counter.come(raw("start", **peer().start()))
    assert await counter.rows() == []


async def test_whom_the_homeserver_doesnt_let_us_answer_is_given_up(counter: Counter) -> None:
    counter.post.trouble = TryLater("away")
    await counter.come(request())
    await counter.desk.work(NOW + 3 * PATIENCE)
    assert await counter.rows() == []


async def test_what_is_kept_of_it_holds_no_secret_and_goes_after_a_day(counter: Counter) -> None:
    ana = await compared(counter)
    async with counter.database.reading() as connection:
        kept = json.dumps([dict(row) for row in await connection.fetch("SELECT * FROM verification")])
    assert ana.public not in kept
    assert ANA.ed25519 not in kept
    async with counter.database.transaction() as connection:
        later = Verification("x", "@b:x", "D", "", "t9", NOW + timedelta(days=2))
        assert await Memory(connection).verifications.begin(later)
    assert [row.id for row in await counter.rows()] == ["x"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raws=st.lists(RAW, max_size=20))
def test_whatever_comes_the_desk_goes_on(raws: list[Any], tmp_path: Path) -> None:
    async def hear() -> None:
        database = await open_database(f"sqlite:///{tmp_path / 't.db'}")
        try:
            ours = Ours()
            post = Post(ours)
            counter = Counter(desk(database, ours, post), post, ours, database)
            asking, last = f"@{next(_numbers)}:example.org", str(next(_numbers))
            for one in raws:
                counter.desk.overhear(ROOM, one)
                await counter.come(one)
            await counter.come(request(asking, last))
            assert post.said(last) == ["ready"]
        finally:
            await database.close()

    asyncio.run(hear())
