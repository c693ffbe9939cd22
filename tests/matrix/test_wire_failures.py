"""What goes wrong between the bot and its homeserver, on a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.matrix.wire import Wire
from bot.turn.chat import LoggedOut, Refused, TryLater
from tests.matrix.test_wire import asked


@asynccontextmanager
async def saying(answer: bytes) -> AsyncIterator[str]:
    """A server that says these bytes, whatever is asked, and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    """A wire, closed afterwards."""
    wire = Wire(url)
    yield wire
    await wire.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json; charset=klingon\r\n\r\n{]",
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n',
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"220 smtp.example.org ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xff\xfe\xfd\xfc",
    ],
    ids=["nothing", "half", "unknown charset", "half a chunk", "no gzip", "another protocol", "no text"],
)
async def test_an_answer_that_cannot_be_read_leaves_open_what_was_done(answer: bytes) -> None:
    async with saying(answer) as url, wire_to(url) as wire:
        with pytest.raises(TryLater):
            await wire.put("/rooms/!r/send/m.room.message/1", {"body": "hello"})


async def test_a_server_that_does_not_answer_in_time_is_tried_later() -> None:
    hung_up = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side has had enough
        writer.close()
        hung_up.set()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server, wire_to(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as wire:
        with pytest.raises(TryLater, match="doesn't answer"):
            await wire.get("/sync", seconds=0.05)
        await hung_up.wait()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, {"errcode": "M_MISSING_TOKEN"}, LoggedOut),
        (401, {"errcode": "M_UNKNOWN_TOKEN", "soft_logout": True}, LoggedOut),
        (401, {"errcode": "M_FORBIDDEN"}, Refused),
        (403, {"errcode": "M_UNKNOWN_TOKEN"}, Refused),
        (403, {"errcode": "M_LIMIT_EXCEEDED"}, TryLater),
        (413, {"errcode": "M_TOO_LARGE"}, Refused),
        (404, {"errcode": "M_NOT_FOUND"}, Refused),
        (403, {}, TryLater),
        (403, {"errcode": ""}, TryLater),
        (429, {}, TryLater),
        (503, {"errcode": "M_FORBIDDEN"}, TryLater),
        (202, {"a": 1}, TryLater),
    ],
)
async def test_the_code_and_the_status_say_together_what_to_do(
    status: int, body: dict[str, object], expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        await asked(web.json_response(body, status=status))


@pytest.mark.parametrize(
    ("text", "header", "seconds"),
    [
        ("<html>slow down</html>", "7", 7),
        ('{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": Infinity}', "", 600),
        ('{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": NaN}', "", None),
        ('{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": true}', "", None),
        ('{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1' + "0" * 400 + "}", "", 600),
        ("{}", "99999999", 600),
        ("{}", "1.5", None),
        ("{}", "-3", None),
        ("{}", "²", None),
        ("{}", "Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
async def test_the_time_to_wait_is_never_nonsense(text: str, header: str, seconds: float | None) -> None:
    with pytest.raises(TryLater) as caught:
        await asked(web.Response(text=text, status=429, headers={"Retry-After": header}))
    assert (caught.value.seconds, caught.value.limited) == (seconds, True)


@pytest.mark.parametrize("code", ["M_CONSENT_NOT_GIVEN", "M_RESOURCE_LIMIT_EXCEEDED", "M_USER_SUSPENDED"])
async def test_a_blocked_account_is_no_refusal_of_a_message(code: str) -> None:
    with pytest.raises(TryLater) as caught:
        await asked(web.json_response({"errcode": code, "error": "No"}, status=403))
    assert (caught.value.account, caught.value.limited) == (True, False)


@pytest.mark.parametrize(("code", "reason"), [("M_FORBIDDEN", "403 M_FORBIDDEN"), ("no\x1b[2J", "403")])
async def test_a_refusal_says_the_code_and_not_the_servers_words_which_may_be_ours(code: str, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        await asked(web.json_response({"errcode": code, "error": "input_value='the meeting is secret'"}, status=403))
    assert caught.value.reason == reason


async def test_the_token_is_shown_once_there_is_one() -> None:
    seen: list[str | None] = []

    async def note(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.json_response({})

    async with serving(note) as url, wire_to(url) as wire:
        await wire.post("/login", {})
        wire.token = "syt_secret"
        await wire.get("/account/whoami")
    assert seen == [None, "Bearer syt_secret"]


async def test_a_very_large_answer_is_read_like_a_small_one() -> None:
    assert await asked(web.json_response({"events": ["x" * 100] * 20_000})) == {"events": ["x" * 100] * 20_000}


async def test_an_answer_nested_without_end_is_no_answer() -> None:
    with pytest.raises(TryLater):
        await asked(web.Response(text='{"a":' * 100_000, status=200))


@asynccontextmanager
async def serving(handle: Callable[[web.Request], object]) -> AsyncIterator[str]:
    """A server that answers every request with this; its address."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)  # type: ignore[arg-type]
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
