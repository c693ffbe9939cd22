"""A chart becomes a picture in a room: with its words, encrypted where the room is, and never twice for nothing."""

from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from aiohttp import web
from nio.crypto.attachments import decrypt_attachment

from bot.domain.chart import Chart, Series, to_json
from bot.drawing import CHART, draw
from bot.matrix import pictures
from bot.matrix.crypto.machine import Crypto
from bot.matrix.direct import DirectChats
from bot.matrix.homeserver import Homeserver
from bot.matrix.pictures import TRIES
from bot.matrix.wire import Wire
from bot.render import OP_ID
from bot.store.echoes import transaction_id
from bot.store.outbox import Ready
from bot.turn.chat import LoggedOut, Refused, TryLater
from tests.matrix.test_inbound import CLERK, EARS, ROOM
from tests.matrix.test_wire import answering
from tests.matrix.test_wire_failures import serving, wire_to
from tests.store.samples import NOW

WEEKS = Chart("Questions", ("4 May", "11 May"), (Series("asked", (3, 5)),))
WORDS = {"msgtype": "m.image", "body": "5 asked", "m.mentions": {}, OP_ID: "op"}
ROW = Ready("op", ROOM, "message", {**WORDS, CHART: to_json(WEEKS)}, "", None, 1, "", NOW)
DRAWN = draw(WEEKS)
INFO = {"mimetype": "image/png", "w": DRAWN.width, "h": DRAWN.height, "size": len(DRAWN.png)}
BROKEN, LIMITED = TryLater("502"), TryLater("429", 3.0, limited=True)


@dataclass
class FakeWire:
    """Takes uploads and messages, or fails as told, once for each failure in the list."""

    fails: dict[str, list[Exception]] = field(default_factory=dict)
    uploads: list[tuple[bytes, str]] = field(default_factory=list)
    sent: list[tuple[str, Any]] = field(default_factory=list)

    async def upload(self, content: bytes, media_type: str) -> str:
        """It lies there now."""
        self._fail("upload")
        self.uploads.append((content, media_type))
        return f"mxc://x.org/{len(self.uploads)}"

    async def put(self, path: str, body: Any) -> Any:
        """It is in the room now."""
        self._fail("put")
        self.sent.append((path, body))
        return {"event_id": "$picture"}

    async def get(self, path: str) -> Any:
        """Whether it answers at all."""
        self._fail("get")
        return {}

    def _fail(self, what: str) -> None:
        if self.fails.get(what):
            raise self.fails[what].pop(0)


@dataclass
class FakeCrypto:
    """Knows every room; encrypts by saying so. The room is encrypted from the `n`-th time it is asked on."""

    encrypted_from: float = float("inf")
    asked: int = 0

    def knows(self, room_id: str) -> bool:
        """Always."""
        return True

    def is_encrypted(self, room_id: str) -> bool:
        """By and by."""
        self.asked += 1
        return self.asked > self.encrypted_from

    async def encrypt(self, room_id: str, event_type: str, content: Any) -> Any:
        """Shown, for the test."""
        return "m.room.encrypted", {"clear": content}


def homeserver(wire: FakeWire, crypto: FakeCrypto | None = None) -> Homeserver:
    """With nothing behind it."""
    known = cast(Wire, wire)
    return Homeserver(known, cast(Crypto, crypto or FakeCrypto()), EARS, DirectChats(known, CLERK))


# --- what arrives ------------------------------------------------------------------------------------------


async def test_a_chart_is_uploaded_as_a_png_and_sent_with_its_words_as_alternative() -> None:
    wire = FakeWire()
    assert await homeserver(wire).send(ROW) == "$picture"
    assert wire.uploads == [(DRAWN.png, "image/png")]
    ((path, content),) = wire.sent
    assert path.endswith(f"/send/m.room.message/{transaction_id('op')}")
    assert content == {**WORDS, "filename": "chart.png", "info": INFO, "url": "mxc://x.org/1"}


async def test_in_an_encrypted_room_nothing_is_uploaded_that_could_be_looked_at() -> None:
    wire = FakeWire()
    await homeserver(wire, FakeCrypto(encrypted_from=0)).send(ROW)
    ((locked, media_type),), ((path, content),) = wire.uploads, wire.sent
    assert "/send/m.room.encrypted/" in path
    clear = content["clear"]
    assert "url" not in clear
    assert (clear["info"], clear["body"], clear["filename"]) == (INFO, "5 asked", "chart.png")
    file = clear["file"]
    assert (file["v"], file["url"], media_type) == ("v2", "mxc://x.org/1", "application/octet-stream")
    assert DRAWN.png[:8] not in locked
    assert decrypt_attachment(locked, file["key"]["k"], file["hashes"]["sha256"], file["iv"]) == DRAWN.png


async def test_a_room_that_is_encrypted_while_we_upload_gets_it_encrypted() -> None:
    wire = FakeWire()
    server = homeserver(wire, FakeCrypto(encrypted_from=1))
    with pytest.raises(TryLater, match="encrypted"):
        await server.send(ROW)
    assert wire.sent == []
    await server.send(ROW)
    assert "url" not in wire.sent[0][1]["clear"]
    assert wire.sent[0][1]["clear"]["file"]["url"] == "mxc://x.org/2"


# --- what goes wrong ---------------------------------------------------------------------------------------


async def test_sent_again_it_is_not_uploaded_again() -> None:
    wire = FakeWire({"put": [BROKEN, LIMITED]})
    server = homeserver(wire)
    for _ in range(2):
        with pytest.raises(TryLater):
            await server.send(ROW)
    await server.send(ROW)
    assert (len(wire.uploads), len(wire.sent)) == (1, 1)
    await server.send(replace(ROW, op_id="another"))
    assert len(wire.uploads) == 2


@pytest.mark.parametrize(
    ("error", "attempts", "up", "expected"),
    [
        (Refused("413 M_TOO_LARGE"), 1, True, Refused),
        (Refused("403 M_FORBIDDEN"), 1, True, Refused),
        (LoggedOut("401 M_UNKNOWN_TOKEN"), 1, True, LoggedOut),
        (LIMITED, TRIES, True, TryLater),
        (BROKEN, 1, True, TryLater),
        (BROKEN, TRIES - 1, True, TryLater),
        (BROKEN, TRIES, True, Refused),
        (BROKEN, TRIES, False, TryLater),
        (BROKEN, 1000, False, TryLater),
    ],
)
async def test_media_that_stay_broken_while_the_rest_works_keep_nobody_waiting(
    error: Exception, attempts: int, up: bool, expected: type[Exception]
) -> None:
    wire = FakeWire({"upload": [error], "get": [] if up else [BROKEN]})
    with pytest.raises(expected):
        await homeserver(wire).send(replace(ROW, attempts=attempts))
    assert wire.sent == []


async def test_a_chart_that_cant_be_drawn_is_refused_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Chart) -> None:
        raise RuntimeError("no ink")

    monkeypatch.setattr(pictures, "draw", fail)
    with pytest.raises(Refused, match="no ink"):
        await homeserver(FakeWire()).send(ROW)


@pytest.mark.parametrize("found", [None, {}, {"title": "", "labels": [], "series": []}])
async def test_what_is_no_chart_is_refused(found: object) -> None:
    with pytest.raises(Refused, match="can't be drawn"):
        await homeserver(FakeWire()).send(replace(ROW, content={**WORDS, CHART: found}))


# --- on a real socket --------------------------------------------------------------------------------------


async def test_bytes_are_uploaded_as_what_they_are() -> None:
    seen: list[object] = []

    async def take(request: web.Request) -> web.Response:
        headers = request.headers
        seen.extend([request.method, request.path, headers["Content-Type"], headers["Authorization"]])
        seen.append(await request.read())
        return web.json_response({"content_uri": "mxc://x.org/a"})

    async with serving(take) as url, wire_to(url) as wire:
        wire.token = "syt"
        assert await wire.upload(DRAWN.png, "image/png") == "mxc://x.org/a"
    assert seen == ["POST", "/_matrix/media/v3/upload", "image/png", "Bearer syt", DRAWN.png]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (web.json_response({}), TryLater),
        (web.json_response({"content_uri": 5}), TryLater),
        (web.json_response({"errcode": "M_TOO_LARGE"}, status=413), Refused),
        (web.json_response({"errcode": "M_FORBIDDEN"}, status=403), Refused),
        (web.json_response({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 5}, status=429), TryLater),
        (web.Response(text="<html>413</html>", status=413), TryLater),
    ],
)
async def test_an_upload_fails_as_other_requests_do(answer: web.Response, expected: type[Exception]) -> None:
    async with answering(answer) as url, wire_to(url) as wire:
        with pytest.raises(expected):
            await wire.upload(b"png", "image/png")
