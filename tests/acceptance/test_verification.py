"""Verification by emoji on a real homeserver: in rooms, encrypted and not, and from device to device."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nio import Event, ToDeviceMessage, UnknownToDeviceEvent

from tests.acceptance.conftest import Community
from tests.acceptance.test_encryption import Person
from tests.homeserver import PASSWORD, Account, Homeserver
from tests.running import RunningBot
from tests.verifying import PREFIX, Peer, canonical, unpadded

Content = dict[str, Any]
_numbers = itertools.count(1)


@dataclass
class Line:
    """A way to the bot, as a client has it: what is said on it, and what is heard, by kind."""

    peer: Peer
    send: Callable[[str, Content], Awaitable[None]]
    fetch: Callable[[], Awaitable[list[tuple[str, Content]]]]
    heard: list[tuple[str, Content]] = field(default_factory=list)

    async def say(self, kind: str, content: Content) -> None:
        """One message."""
        await self.send(PREFIX + kind, content)

    async def hears(self, kind: str, seconds: float = 15) -> Content:
        """The bot's message of this kind, awaited."""
        async with asyncio.timeout(seconds):
            while True:
                found = [content for said, content in self.heard if said == PREFIX + kind]
                if found:
                    return found[0]
                self.heard += await self.fetch()

    async def compare(self) -> None:
        """On until there are emoji to compare."""
        ready = await self.hears("ready")
        assert "m.sas.v1" in ready["methods"]
        self.peer.bot_device = ready["from_device"]
        await self.say("start", self.peer.start())
        self.peer.hear_accept(await self.hears("accept"))
        await self.say("key", self.peer.key())
        self.peer.hear_key((await self.hears("key"))["key"])

    async def confirmed(self) -> None:
        """The bot has confirmed as well."""
        self.peer.hear_mac(await self.hears("mac"))
        await self.hears("done")
        await self.say("done", self.peer.addressed({}))


async def keys_of(account: Account, user_id: str) -> dict[str, str]:
    """All Ed25519 keys of a user, by key id, as the homeserver has them."""
    answer = await account.call("POST", "keys/query", {"device_keys": {user_id: []}})
    devices = answer["device_keys"].get(user_id, {}).values()
    objects = [*devices, answer["master_keys"].get(user_id, {"keys": {}})]
    found = {key_id: key for one in objects for key_id, key in one["keys"].items()}
    return {key_id: key for key_id, key in found.items() if key_id.startswith("ed25519:")}


async def upload_master_key(account: Account) -> None:
    """A cross-signing identity of the account's, as far as others see it."""
    public = unpadded(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    master = {"user_id": account.user_id, "usage": ["master"], "keys": {f"ed25519:{public}": public}}
    await account.call("POST", "keys/device_signing/upload", {"master_key": master})


async def upload_device_keys(account: Account) -> None:
    """A device with an Ed25519 key, for an account without an encrypting client."""
    key = Ed25519PrivateKey.generate()
    device = account.credentials.device_id
    device_keys: Content = {
        "user_id": account.user_id,
        "device_id": device,
        "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
        "keys": {f"ed25519:{device}": unpadded(key.public_key().public_bytes_raw()), f"curve25519:{device}": "A" * 43},
    }
    signature = unpadded(key.sign(canonical(device_keys)))
    device_keys["signatures"] = {account.user_id: {f"ed25519:{device}": signature}}
    await account.call("POST", "keys/upload", {"device_keys": device_keys})


@pytest_asyncio.fixture
async def eve(homeserver: Homeserver) -> Account:
    """Somebody with a cross-signing identity."""
    account = await homeserver.account("eve")
    await upload_master_key(account)
    return account


async def peer_of(eve: Account, device: str, clerk: str, transaction: str, in_room: bool) -> Peer:
    """Her side of a verification, with the keys the homeserver has now."""
    keys, theirs = await keys_of(eve, eve.user_id), await keys_of(eve, clerk)
    return Peer(eve.user_id, device, clerk, "", transaction, keys, theirs, in_room)


async def between_devices(eve: Account, clerk: str) -> Line:
    """She asks by to-device messages."""
    transaction = f"t{next(_numbers)}"
    since = (await eve.call("GET", "sync?timeout=0"))["next_batch"]

    async def send(kind: str, content: Content) -> None:
        for _ in range(2):  # a message that comes twice counts once
            path = f"sendToDevice/{kind}/e{next(_numbers)}"
            await eve.call("PUT", path, {"messages": {clerk: {"*": content}}})

    async def fetch() -> list[tuple[str, Content]]:
        nonlocal since
        answer = await eve.call("GET", f"sync?timeout=1000&since={since}")
        since = answer["next_batch"]
        return [(raw["type"], raw["content"]) for raw in answer.get("to_device", {}).get("events", ())]

    device = eve.credentials.device_id
    line = Line(await peer_of(eve, device, clerk, transaction, in_room=False), send, fetch)
    await line.say(
        "request", line.peer.addressed({"from_device": device, "methods": ["m.sas.v1", "m.qr_code.show.v1"]})
    )
    return line


def request(device: str, clerk: str) -> Content:
    """What clients send into the room."""
    methods = ["m.sas.v1", "m.reciprocate.v1"]
    return {"msgtype": f"{PREFIX}request", "body": "help", "to": clerk, "from_device": device, "methods": methods}


async def in_a_room(eve: Account, room: str, clerk: str) -> Line:
    """She asks in the room, in the clear."""
    asked = await eve.send_event(room, "m.room.message", request(eve.credentials.device_id, clerk))
    taken = asked

    async def send(kind: str, content: Content) -> None:
        await eve.send_event(room, kind, content)

    async def fetch() -> list[tuple[str, Content]]:
        nonlocal taken
        await asyncio.sleep(0.1)
        seen = await eve.messages(room, taken)
        taken = seen[-1].event_id if seen else taken
        return [(one.type, dict(one.content)) for one in seen if one.sender == clerk]

    return Line(await peer_of(eve, eve.credentials.device_id, clerk, asked, in_room=True), send, fetch)


class EncryptedRoom:
    """Her encrypting client, and the verifications on it."""

    def __init__(self, eve: Account, person: Person, room: str, clerk: str) -> None:
        self.eve, self.person, self.room, self.clerk = eve, person, room, clerk
        self._new: list[tuple[str, Content]] = []
        person.client.add_event_callback(self._on_event, Event)

    async def _on_event(self, _room: object, event: Any) -> None:
        if event.sender == self.clerk and event.source["type"].startswith(PREFIX):
            assert event.decrypted
            self._new.append((event.source["type"], event.source["content"]))

    async def ask(self) -> Line:
        """A new verification."""
        device = self.person.client.device_id
        asked = await self._send("m.room.message", request(device, self.clerk))

        async def send(kind: str, content: Content) -> None:
            await self._send(kind, content)

        async def fetch() -> list[tuple[str, Content]]:
            await self.person.sync()
            new = [said for said in self._new if said[1]["m.relates_to"]["event_id"] == asked]
            self._new.clear()
            return new

        return Line(await peer_of(self.eve, device, self.clerk, asked, in_room=True), send, fetch)

    async def ask_by_olm(self) -> str:
        """A request to the bot's device, Olm-encrypted; the type of what comes back."""
        client, back = self.person.client, asyncio.Event()
        answered: list[str] = []

        async def hear(event: Any) -> None:
            answered.append(event.source["type"])
            back.set()

        client.add_to_device_callback(hear, UnknownToDeviceEvent)
        (device,) = client.device_store.active_user_devices(self.clerk)
        content = {"transaction_id": "by-olm", "from_device": client.device_id, "methods": ["m.sas.v1"]}
        session = client.olm.session_store.get(device.curve25519)
        sealed = client.olm._olm_encrypt(session, device, f"{PREFIX}request", content)
        await client.to_device(ToDeviceMessage("m.room.encrypted", self.clerk, device.device_id, sealed))
        async with asyncio.timeout(15):
            while not back.is_set():
                await self.person.sync()
        return answered[0]

    async def _send(self, kind: str, content: Content) -> str:
        sent = await self.person.client.room_send(self.room, kind, content, ignore_unverified_devices=True)
        return str(sent.event_id)


@pytest_asyncio.fixture
async def person(homeserver: Homeserver, eve: Account, tmp_path: Path) -> AsyncIterator[Person]:
    """Eve's encrypting client."""
    found = Person(homeserver.url, eve.user_id, tmp_path)
    await found.client.login(PASSWORD)
    yield found
    await found.client.close()


async def is_signed(community: Community, user_id: str) -> bool:
    """Whether the bot has signed this person's master key: only its own account is shown that."""
    clerk = community.clerk
    answer = await clerk.call("POST", "keys/query", {"device_keys": {user_id: []}})
    return clerk.user_id in answer["master_keys"][user_id].get("signatures", {})


async def shown_to_operator(bot: RunningBot) -> str:
    """The id of what waits for the operator's word."""
    return str((await bot.logged("somebody waits to be verified"))["id"])


async def test_the_operator_confirms_what_both_see_and_each_vouches_for_the_other(
    community: Community, eve: Account
) -> None:
    await upload_device_keys(eve)
    await community.bot.start()
    code, out, _ = await community.bot.townclerk("verify")
    assert (code, out.startswith("nobody waits to be verified. To begin, open a direct chat")) == (0, True)
    line = await between_devices(eve, community.clerk.user_id)
    await line.compare()
    waiting = await shown_to_operator(community.bot)
    _, listed, _ = await community.bot.townclerk("verify")
    assert f"{waiting}: {eve.user_id}, device {eve.credentials.device_id}" in listed
    assert " ".join(map(str, line.peer.decimals)) in listed
    await line.say("mac", line.peer.mac())
    code, out, _ = await community.bot.townclerk("verify", "--yes", waiting)
    await line.confirmed()
    assert (code, out) == (0, f"{eve.user_id}: verified\n")
    bots = await keys_of(eve, community.clerk.user_id)
    assert line.peer.verified == {key_id for key_id in bots if bots[key_id] in line.peer.theirs.values()}
    assert len(line.peer.verified) == 2
    assert await is_signed(community, eve.user_id)
    assert await community.bot.townclerk("verify", "--no", waiting) == (
        1, "", f"townclerk: nothing waits under {waiting}: `townclerk verify` lists what does\n",
    )  # fmt: skip


async def test_in_an_encrypted_direct_chat_what_differs_or_breaks_off_is_cancelled(
    community: Community, eve: Account, person: Person
) -> None:
    bot, clerk = community.bot, community.clerk
    await bot.start()
    await person.sync()
    room = await eve.create_room(invite=[clerk], is_direct=True, encrypted=True)
    await person.reads("town clerk of Test councils")
    chat = EncryptedRoom(eve, person, room, clerk.user_id)
    line = await chat.ask()
    await line.compare()
    await line.say("mac", line.peer.mac())
    await shown_to_operator(bot)
    assert (await bot.townclerk("verify", "--no", eve.user_id))[1] == f"{eve.user_id}: cancelled\n"
    assert (await line.hears("cancel"))["code"] == "m.mismatched_sas"

    line = await chat.ask()
    await line.compare()
    await bot.kill()
    bot.sections["matrix"]["verification"] = "automatic"
    bot.write()
    await bot.start()
    assert (await line.hears("cancel"))["code"] == "m.user"
    assert not await is_signed(community, eve.user_id)

    line = await chat.ask()
    await line.compare()
    await line.say("mac", line.peer.mac())
    await line.confirmed()
    await bot.logged("verified")
    assert await is_signed(community, eve.user_id)
    assert await chat.ask_by_olm() == f"{PREFIX}ready"
    assert {seen.type for seen in await eve.messages(room) if seen.sender == clerk.user_id} <= {
        "m.room.encrypted", "m.room.member",
    }  # fmt: skip


async def test_in_a_direct_chat_nobody_is_waited_for_if_the_operator_says_so(
    community: Community, eve: Account
) -> None:
    bot, clerk = community.bot, community.clerk
    bot.sections["matrix"]["verification"] = "automatic"
    bot.write()
    await upload_device_keys(eve)
    await bot.start()
    room = await eve.create_room(invite=[clerk], is_direct=True)
    await eve.wait_for(room, community.says("town clerk of Test councils"))
    line = await in_a_room(eve, room, clerk.user_id)
    await line.compare()
    await line.say("mac", line.peer.mac())
    await line.confirmed()
    await bot.logged("verified")
    assert await is_signed(community, eve.user_id)
    await bot.drained()
    after = await eve.messages(room, line.peer.transaction)
    assert [seen.type for seen in after if seen.type == "m.room.message"] == [], "a request is no speech"

    await bot.stop()
    bot.sections["matrix"]["verification"] = "off"
    bot.write()
    await bot.start()
    line = await in_a_room(eve, room, clerk.user_id)
    assert "turned it off" in (await line.hears("cancel"))["reason"]
