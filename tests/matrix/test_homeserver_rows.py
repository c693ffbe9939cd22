"""What a row of the outbox asks of the homeserver."""

from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

import pytest

from bot.matrix.crypto.machine import Crypto
from bot.matrix.direct import DirectChats
from bot.matrix.homeserver import Homeserver
from bot.matrix.inbound import TRANSACTION
from bot.matrix.outbound import MOST_PINNED
from bot.matrix.wire import Wire
from bot.store.echoes import transaction_id
from bot.store.outbox import Ready
from bot.turn.chat import CursorLost, Refused, TryLater
from tests.matrix.test_inbound import ANA, CLERK, EARS, ROOM, event
from tests.store.samples import NOW

PINNED = "/rooms/%21r%3Ax.org/state/m.room.pinned_events"


@dataclass
class FakeWire:
    """Answers as told and remembers what was asked of it."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    async def get(self, path: str) -> Any:
        """The answer, or M_NOT_FOUND."""
        if path not in self.answers:
            raise Refused("404 M_NOT_FOUND")
        if isinstance(self.answers[path], Exception):
            raise self.answers[path]
        return self.answers[path]

    async def put(self, path: str, body: Any) -> Any:
        """Remember it."""
        self.asked.append(("PUT", path, body))
        return {"event_id": "$new"}

    async def post(self, path: str, body: Any) -> Any:
        """Remember it."""
        self.asked.append(("POST", path, body))
        return {}


class NoCrypto:
    """Nothing is encrypted."""

    def decrypt(self, room_id: str, raw: dict[str, Any]) -> None:
        """Never."""


class BarelyKnown(NoCrypto):
    """A sync has brought the beginning of the room, and no encryption of it."""

    def knows(self, room_id: str) -> bool:
        """All rooms."""
        return True

    def is_encrypted(self, room_id: str) -> bool:
        """None."""
        return False


def homeserver(wire: FakeWire, crypto: NoCrypto | None = None) -> Homeserver:
    """With nothing behind it."""
    direct = DirectChats(cast(Wire, wire), CLERK)
    return Homeserver(cast(Wire, wire), cast(Crypto, crypto or NoCrypto()), EARS, direct)


def row(kind: str, room: str = ROOM, target_event: str | None = "$ours", **content: Any) -> Ready:
    """A row whose turn it is."""
    return Ready("op", room, kind, content, "target", target_event, 0, "", NOW)


@pytest.mark.parametrize(
    ("kind", "pinned", "wanted"),
    [
        ("pin", None, ["$ours"]),
        ("pin", [], ["$ours"]),
        ("pin", ["$a", "$b"], ["$a", "$b", "$ours"]),
        ("pin", ["$ours", "$b"], "unchanged"),
        ("pin", "nonsense", ["$ours"]),
        ("pin", [5, None], [5, None, "$ours"]),
        ("unpin", ["$a", "$ours", "$b"], ["$a", "$b"]),
        ("unpin", ["$ours", "$ours"], []),
        ("unpin", ["$a"], "unchanged"),
        ("unpin", None, "unchanged"),
    ],
)
async def test_what_others_pinned_stays_and_nothing_is_put_that_didnt_change(
    kind: str, pinned: object, wanted: object
) -> None:
    wire = FakeWire({} if pinned is None else {PINNED: {"pinned": pinned}})
    assert await homeserver(wire).send(row(kind)) is None
    assert wire.asked == ([] if wanted == "unchanged" else [("PUT", PINNED, {"pinned": wanted})])


async def test_nobodys_pin_is_pushed_out_of_a_full_board() -> None:
    wire = FakeWire({PINNED: {"pinned": [f"${n}" for n in range(MOST_PINNED)]}})
    with pytest.raises(Refused, match="100 messages"):
        await homeserver(wire).send(row("pin"))
    assert wire.asked == []


async def test_pins_that_may_not_be_read_are_not_replaced() -> None:
    wire = FakeWire({PINNED: Refused("403 M_FORBIDDEN")})
    with pytest.raises(Refused):
        await homeserver(wire).send(row("pin"))
    assert wire.asked == []


@pytest.mark.parametrize(
    ("via", "query"),
    [
        ([], ""),
        (["x.org"], "?server_name=x.org&via=x.org"),
        (["x.org", "y.org:8448"], "?server_name=x.org&server_name=y.org%3A8448&via=x.org&via=y.org%3A8448"),
    ],
)
async def test_a_room_is_entered_by_the_servers_that_know_it(via: list[str], query: str) -> None:
    wire = FakeWire()
    assert await homeserver(wire).join("!new", via) == "!new"
    assert wire.asked == [("POST", f"/join/%21new{query}", {})]


async def test_a_join_queued_by_an_older_townclerk_names_no_servers() -> None:
    wire = FakeWire()
    assert await homeserver(wire).join("!new", ()) == "!new"
    assert wire.asked == [("POST", "/join/%21new", {})]


async def test_a_redaction_is_idempotent_by_its_op_id_and_takes_any_event_id() -> None:
    wire = FakeWire()
    assert await homeserver(wire).send(row("redact", target_event="$a/b+c")) is None
    assert wire.asked == [("PUT", f"/rooms/%21r%3Ax.org/redact/%24a%2Fb%2Bc/{transaction_id('op')}", {})]


async def test_a_message_is_fetched_as_it_is_now() -> None:
    path = "/rooms/%21r%3Ax.org/event/%24a%2Fb"
    found = await homeserver(FakeWire({path: event(event_id="$a/b")})).fetch(ROOM, "$a/b")
    assert found.content is not None
    assert (found.sender, found.content["text"]) == (ANA, "hello")
    with pytest.raises(Refused):
        await homeserver(FakeWire()).fetch(ROOM, "$a/b")
    assert (await homeserver(FakeWire({path: {"no": "event"}})).fetch(ROOM, "$a/b")).state == "bad"


# --- limits ----------------------------------------------------------------------------------------------


class LimitedWire(FakeWire):
    """Everything is limited."""

    async def get(self, path: str) -> Any:
        """Not now."""
        raise TryLater("429 M_LIMIT_EXCEEDED", 5.0, limited=True)

    async def put(self, path: str, body: Any) -> Any:
        """Not now."""
        if "/send/" not in path and "/redact/" not in path:
            return {}
        raise TryLater("429 M_LIMIT_EXCEEDED", 5.0, limited=True)


@pytest.mark.parametrize("kind", ["reaction", "redact"])
async def test_a_limit_on_making_events_is_the_accounts(kind: str) -> None:
    with pytest.raises(TryLater) as caught:
        await homeserver(LimitedWire()).send(row(kind))
    assert (caught.value.seconds, caught.value.limited, caught.value.account) == (5.0, True, True)


async def test_a_limit_on_reading_is_not() -> None:
    with pytest.raises(TryLater) as caught:
        await homeserver(LimitedWire()).send(row("pin"))
    assert (caught.value.limited, caught.value.account) == (True, False)


async def test_a_direct_chat_just_opened_is_not_written_to_before_its_encryption_has_come_down_the_sync() -> None:
    chat = {
        f"/user/{quote(CLERK)}/account_data/m.direct": {ANA: [ROOM]},
        f"/rooms/{quote(ROOM)}/state/m.room.member/{quote(ANA)}": {"membership": "invite"},
    }
    encryption = {f"/rooms/{quote(ROOM)}/state/m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2"}}
    wire = FakeWire(chat | encryption)
    with pytest.raises(TryLater):
        await homeserver(wire, BarelyKnown()).send(row("message", ANA, body="between us"))
    assert wire.asked == []
    wire = FakeWire(chat)
    await homeserver(wire, BarelyKnown()).send(row("message", ANA, body="a plain chat"))
    assert [content for _, _, content in wire.asked] == [{"body": "a plain chat"}]


class Sealing:
    """Everything is encrypted."""

    def knows(self, room_id: str) -> bool:
        """Always."""
        return True

    is_encrypted = knows

    async def encrypt(self, room_id: str, event_type: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Nothing of it is to be seen."""
        return "m.room.encrypted", {"ciphertext": "…"}


async def test_beside_what_is_encrypted_stands_what_it_was() -> None:
    wire = FakeWire()
    crypto = cast(Crypto, Sealing())
    server = Homeserver(cast(Wire, wire), crypto, EARS, DirectChats(cast(Wire, wire), CLERK))
    await server.send(row("message", body="words"))
    ((_, _, content),) = wire.asked
    assert content == {"ciphertext": "…", TRANSACTION: transaction_id("op")}


async def test_a_reaction_that_is_there_already_is_there() -> None:
    class Twice(FakeWire):
        async def put(self, path: str, body: Any) -> Any:
            raise Refused("400 M_DUPLICATE_ANNOTATION Can't send same reaction twice")

    assert await homeserver(Twice()).send(row("reaction")) is None


@pytest.mark.parametrize(
    ("since", "reason", "expected"),
    [
        ("s1", "400 M_UNKNOWN Invalid stream token", CursorLost),
        ("s1", "400 M_INVALID_PARAM", CursorLost),
        ("s1", "403 M_FORBIDDEN", TryLater),
        (None, "400 M_UNKNOWN", TryLater),
    ],
)
async def test_a_token_the_homeserver_does_not_know_is_lost(
    since: str | None, reason: str, expected: type[Exception]
) -> None:
    class Refusing(FakeWire):
        async def get(self, path: str, query: Any = None, seconds: float = 0) -> Any:
            raise Refused(reason)

    with pytest.raises(expected):
        await homeserver(Refusing()).sync(since, 0)
