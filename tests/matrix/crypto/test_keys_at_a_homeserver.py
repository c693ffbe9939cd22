"""Keys at a real homeserver: none runs out, a lost one is asked for, a broken session mends."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from nio.crypto import Session

from bot import clock
from bot.matrix.crypto import key_exchange
from bot.matrix.crypto.machine import Crypto
from bot.matrix.direct import DirectChats
from bot.matrix.homeserver import Homeserver as Connected
from bot.matrix.inbound import Ears
from bot.matrix.wire import Wire
from bot.store.outbox import Ready
from bot.store.rooms import Account as Session_
from bot.turn.chat import News
from tests.acceptance.test_encryption import Person
from tests.homeserver import PASSWORD, Account, Homeserver


@dataclass
class Clerk:
    """The bot's connection, driven by hand."""

    account: Account
    connected: Connected
    crypto: Crypto
    since: str | None = None
    texts: list[str] = field(default_factory=list)
    locked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def sync(self) -> News:
        """One round; what was read and what wasn't is kept."""
        news = await self.connected.sync(self.since, 300)
        self.since = news.next_batch
        for room in news.rooms:
            for event in room.events:
                if event.state == "locked" and event.content:
                    self.locked.append((room.room_id, event.content))
                elif event.content and event.content.get("kind") == "heard":
                    self.texts.append(event.content["text"])
        return news

    async def says(self, room: str, text: str) -> None:
        """A message of ours."""
        content = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        await self.connected.send(Ready(text, room, "message", content, "", None, 0, "", clock.now()))


@pytest_asyncio.fixture
async def clerk(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[Clerk]:
    """Logged in, its keys uploaded."""
    account = await homeserver.account("clerk")
    me = account.credentials
    wire = Wire(homeserver.url)
    wire.token = me.access_token
    crypto = Crypto(wire, Session_(me.user_id, me.device_id, me.access_token, None), tmp_path / "keys", clock.now)
    ears = Ears(me.user_id, (), "!clerk")
    clerk = Clerk(account, Connected(wire, crypto, ears, DirectChats(wire, me.user_id)), crypto)
    await clerk.sync()
    yield clerk
    crypto.close()
    await wire.close()


@pytest_asyncio.fixture
async def eve(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[Person]:
    """A person with a client of her own."""
    account = await homeserver.account("eve")
    person = Person(homeserver.url, account.user_id, tmp_path)
    await person.client.login(PASSWORD)
    await person.sync()
    yield person
    await person.client.close()


ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


async def entered(eve: Person, clerk: Clerk) -> str:
    """An encrypted room of these two."""
    made = await eve.client.room_create(name="Secret", invite=[clerk.account.user_id], initial_state=[ENCRYPTION])
    await clerk.account.join(made.room_id)
    await eve.sync()
    await eve.sync()
    return str(made.room_id)


async def room_of(eve: Person, clerk: Clerk) -> str:
    """The same, with a first word said."""
    room = await entered(eve, clerk)
    await eve.say(room, "first")
    await clerk.sync()
    assert clerk.texts == ["first"]
    return room


async def test_when_all_keys_are_taken_a_new_device_still_reaches_the_bot_and_new_keys_follow(
    clerk: Clerk, eve: Person, homeserver: Homeserver
) -> None:
    await clerk.sync()
    user, device = clerk.account.user_id, clerk.account.credentials.device_id
    thief = await homeserver.account("mallory")
    claims = {"one_time_keys": {user: {device: "signed_curve25519"}}}

    async def claim() -> dict[str, Any]:
        answer = await thief.call("POST", "keys/claim", claims)
        key: dict[str, Any] = next(iter(answer["one_time_keys"][user][device].values()))
        return key

    taken = [await claim() for _ in range(51)]
    assert [bool(key.get("fallback")) for key in taken] == [False] * 50 + [True]
    room = await entered(eve, clerk)
    await eve.say(room, "with the fallback key")
    await clerk.sync()
    assert clerk.texts[-1] == "with the fallback key"
    await clerk.sync()
    later = await claim()
    assert not later.get("fallback"), "one-time keys again, from a count of 0"
    assert later["key"] not in {key["key"] for key in taken}
    for _ in range(60):
        if (last := await claim()).get("fallback"):
            break
    assert last.get("fallback"), "a fallback key again"
    assert last["key"] != taken[-1]["key"], "a new one: the old was used"


async def test_a_lost_key_is_asked_for_and_the_answer_opens_the_message(clerk: Clerk, eve: Person) -> None:
    room = await room_of(eve, clerk)
    olm = eve.client.olm
    olm.create_outbound_group_session(room)
    olm.outbound_group_sessions[room].shared = True  # given to nobody
    await eve.say(room, "lost")
    await clerk.sync()
    [(where, raw)] = clerk.locked
    assert where == room
    for _ in range(3):
        await clerk.connected.ask_for_key(room, raw)
    asked: list[Any] = []
    olm._handle_key_requests = asked.append
    await eve.sync()
    assert [request.session_id for request in asked] == [raw["content"]["session_id"]], "asked once"
    device = olm.device_store[clerk.account.user_id][clerk.account.credentials.device_id]
    lost = olm.inbound_group_store.get(room, raw["content"]["sender_key"], raw["content"]["session_id"])
    message = olm._encrypt_forwarding_key(room, lost, olm.session_store.get(device.curve25519), device)
    await eve.client.to_device(message)
    news = await clerk.sync()
    assert news.unlockable == {(room, raw["content"]["session_id"])}
    opened = await clerk.connected.decrypt(room, raw)
    assert opened.content is not None
    assert opened.content["text"] == "lost"
    await clerk.sync()
    await eve.sync()
    assert [type(request).__name__ for request in asked] == ["RoomKeyRequest", "RoomKeyRequestCancellation"]


async def test_a_client_that_went_back_to_an_old_store_is_heard_again(clerk: Clerk, eve: Person) -> None:
    room = await room_of(eve, clerk)
    olm = eve.client.olm
    device = olm.device_store[clerk.account.user_id][clerk.account.credentials.device_id]
    old = [(one.pickle(""), one.creation_time) for one in olm.session_store[device.curve25519]]
    _new_key(eve, room)
    await eve.say(room, "second")
    await clerk.sync()
    olm.session_store[device.curve25519][:] = [Session.from_pickle(pickle, made, "") for pickle, made in old]
    _new_key(eve, room)
    await eve.say(room, "unreadable")
    await clerk.sync()
    assert clerk.texts == ["first", "second"]
    assert len(clerk.locked) == 1
    await eve.sync()  # the m.dummy that brings the new session
    _new_key(eve, room)
    await eve.say(room, "third")
    await clerk.sync()
    assert clerk.texts == ["first", "second", "third"]


def _new_key(eve: Person, room: str) -> None:
    eve.client.olm.outbound_group_sessions.pop(room, None)


async def test_who_leaves_gets_no_more_keys_and_who_comes_gets_them(
    clerk: Clerk, eve: Person, homeserver: Homeserver, tmp_path: Path
) -> None:
    room = await room_of(eve, clerk)
    await clerk.says(room, "one")
    machine = clerk.crypto._olm
    first = machine.outbound_group_sessions[room].id
    await clerk.sync()
    zoe = await homeserver.account("zoe")
    (tmp_path / "zoe").mkdir()
    second = Person(homeserver.url, zoe.user_id, tmp_path / "zoe")
    await second.client.login(PASSWORD)
    await second.sync()
    await eve.client.room_invite(room, zoe.user_id)
    await zoe.join(room)
    await clerk.sync()
    await clerk.says(room, "two")
    await second.reads("two")
    with_zoe = machine.outbound_group_sessions[room].id
    await zoe.leave(room)
    await clerk.sync()
    await clerk.says(room, "three")
    await eve.reads("three")
    assert len({first, with_zoe, machine.outbound_group_sessions[room].id}) == 3
    assert {user for user, _ in machine.outbound_group_sessions[room].users_shared_with} == {eve.client.user_id}
    await eve.client.logout()
    await clerk.sync()
    assert room not in machine.outbound_group_sessions, "a device was removed"
    await second.client.close()


async def test_encryption_turned_on_while_a_message_waits_leaves_no_plain_word(clerk: Clerk, eve: Person) -> None:
    made = await eve.client.room_create(name="Plain", invite=[clerk.account.user_id])
    room: str = made.room_id
    await clerk.account.join(room)
    await clerk.sync()
    await clerk.says(room, "still plain")
    await eve.client.room_put_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    await clerk.sync()
    await eve.sync()
    await clerk.says(room, "now secret")
    await eve.reads("now secret")
    kinds = [seen.type for seen in await clerk.account.messages(room) if seen.sender == clerk.account.user_id]
    assert [kind for kind in kinds if kind != "m.room.member"] == ["m.room.message", "m.room.encrypted"]


async def test_hearing_does_not_wait_for_the_devices_of_people_whose_server_is_slow(
    clerk: Clerk, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_exchange, "SOON", 0.05)
    asked, answered = asyncio.Event(), asyncio.Event()
    post = clerk.connected.wire.post

    async def slowly(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if path == "/keys/query":
            asked.set()
            await answered.wait()
        return await post(path, body)

    monkeypatch.setattr(clerk.connected.wire, "post", slowly)
    room = await entered(eve, clerk)
    while not asked.is_set():
        await clerk.sync()
    since = clerk.since
    await entered(eve, clerk)
    await clerk.sync()
    assert clerk.since != since
    monkeypatch.setattr(key_exchange, "SOON", 20.0)
    both = asyncio.gather(clerk.crypto.upkeep(), clerk.crypto.upkeep())  # as hearing and asking for a key may
    await asyncio.sleep(0)
    answered.set()
    await both
    await clerk.says(room, "hello")
    await eve.reads("hello")
