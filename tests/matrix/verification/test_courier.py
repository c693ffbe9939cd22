"""How a verification's messages leave, and which keys are believed to be whose."""

from typing import Any, cast

import pytest

from bot.matrix.crypto.machine import Crypto
from bot.matrix.crypto.verification.courier import Courier
from bot.matrix.crypto.verification.messages import Kind, Letter, Thread
from bot.matrix.wire import Wire
from bot.turn.chat import TryLater
from tests.matrix.test_homeserver_rows import FakeWire
from tests.matrix.verification.conversing import ANA, ROOM

MASTER = {"user_id": ANA.user_id, "usage": ["master"], "keys": {"ed25519:M": "M"}}
DEVICE = {"keys": {"ed25519:D": "device key", "curve25519:D": "c"}}


class Keys:
    """A room that is encrypted, one that isn't, and others that aren't known."""

    def knows(self, room_id: str) -> bool:
        """Both."""
        return room_id in ("!plain:x", "!sealed:x")

    def is_encrypted(self, room_id: str) -> bool:
        """One."""
        return room_id == "!sealed:x"

    async def encrypt(self, room_id: str, event_type: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Nothing of the words is left."""
        return "m.room.encrypted", {"sealed": event_type}


class Answering(FakeWire):
    """Answers a key query."""

    async def post(self, path: str, body: Any) -> Any:
        """As told."""
        return self.answers[path]


def courier(wire: FakeWire) -> Courier:
    """With nothing behind it."""
    return Courier(cast(Wire, wire), cast(Crypto, Keys()))


@pytest.mark.parametrize(
    ("room", "kind", "content"),
    [
        ("!plain:x", "m.key.verification.done", {"x": 1}),
        ("!sealed:x", "m.room.encrypted", {"sealed": "m.key.verification.done"}),
    ],
)
async def test_into_a_room_as_the_room_is_and_only_once(room: str, kind: str, content: dict[str, Any]) -> None:
    wire = FakeWire()
    for _ in range(2):
        await courier(wire).bring(Thread(ANA.user_id, "t", room), "D", Letter(Kind.DONE, {"x": 1}))
    assert wire.asked[0] == wire.asked[1], "one transaction id: the homeserver takes it once"
    _, path, sent = wire.asked[0]
    assert (path.split("/")[4], sent) == (kind, content)


async def test_never_a_plain_word_into_a_room_we_dont_know() -> None:
    wire = FakeWire()
    with pytest.raises(TryLater):
        await courier(wire).bring(Thread(ANA.user_id, "t", ROOM), "D", Letter(Kind.DONE, {}))
    assert wire.asked == []


async def test_between_devices_to_that_one_alone() -> None:
    wire = FakeWire()
    await courier(wire).bring(Thread(ANA.user_id, "t"), "D", Letter(Kind.KEY, {"key": "k"}))
    ((_, path, sent),) = wire.asked
    assert path.startswith("/sendToDevice/m.key.verification.key/")
    assert sent == {"messages": {ANA.user_id: {"D": {"key": "k"}}}}


@pytest.mark.parametrize(
    ("master", "believed"),
    [
        (MASTER, "M"),
        (MASTER | {"user_id": "@other:x"}, None),
        (MASTER | {"usage": ["self_signing"]}, None),
        (MASTER | {"usage": 5}, None),
        (MASTER | {"keys": {"ed25519:M": "N"}}, None),
        (MASTER | {"keys": {"ed25519:M": "M", "ed25519:N": "N"}}, None),
        (MASTER | {"keys": []}, None),
        (None, None),
        ("nonsense", None),
    ],
)
async def test_only_what_is_a_master_key_of_theirs_is_taken_for_one(master: object, believed: str | None) -> None:
    answer = {"device_keys": {ANA.user_id: {"D": DEVICE}}, "master_keys": {ANA.user_id: master}}
    party, _ = await courier(Answering({"/keys/query": answer})).party(ANA.user_id, "D")
    assert party
    assert (party.ed25519, party.master) == ("device key", believed)


@pytest.mark.parametrize(
    "answer", [{}, {"device_keys": []}, {"device_keys": {ANA.user_id: {"D": {"keys": {"ed25519:D": 5}}}}}]
)
async def test_a_device_without_keys_is_nobody(answer: dict[str, Any]) -> None:
    party, _ = await courier(Answering({"/keys/query": answer})).party(ANA.user_id, "D")
    assert party is None
