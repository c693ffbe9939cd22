"""A council's proxy: who is asked, and with what, is as the environment of the process says."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.errors import OperatorError
from bot.matrix.wire import Wire
from bot.turn.chat import TryLater

NAMES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")


class Proxy:
    """Answers for everybody and notes the heads of what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.address = ""

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a": 1}\n')
        writer.close()


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    """One that runs; nothing else is set."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    found = Proxy()
    async with await asyncio.start_server(found.hear, "127.0.0.1", 0) as server:
        found.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield found


async def ask(homeserver: str) -> dict[str, object]:
    """What comes of a request."""
    wire = Wire(homeserver)
    try:
        return await wire.get("/x")
    finally:
        await wire.close()


@pytest.mark.parametrize("form", ["http://{}", "http://{}/", "{}"])
async def test_the_homeserver_is_asked_through_it(proxy: Proxy, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", form.format(proxy.address))
    assert await ask("http://matrix.council.example") == {"a": 1}
    assert proxy.asked[0].startswith("GET http://matrix.council.example/_matrix/client/v3/x HTTP/1.1\r\n")


async def test_its_password_is_told_to_it(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://clerk:pass%20word@{proxy.address}")
    await ask("http://matrix.council.example")
    assert "Proxy-Authorization: Basic Y2xlcms6cGFzcyB3b3Jk\r\n" in proxy.asked[0]


async def test_https_goes_through_a_tunnel(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    with pytest.raises(TryLater):  # behind this one, nobody speaks TLS
        await ask("https://matrix.council.example")
    assert proxy.asked[0].startswith("CONNECT matrix.council.example:443 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "direct", ["localhost, matrix.council.invalid", ".council.invalid", "*", "matrix.council.invalid:8008"]
)
async def test_who_needs_none_is_asked_directly(proxy: Proxy, monkeypatch: pytest.MonkeyPatch, direct: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
    monkeypatch.setenv("NO_PROXY", direct)
    with pytest.raises(TryLater):
        await ask("http://matrix.council.invalid:8008")
    assert proxy.asked == []


async def test_one_that_cant_be_used_is_one_clear_line_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://clerk:secret@proxy:1080")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(OperatorError, match="names a socks5 proxy") as error:
        Wire("https://matrix.council.example")
    assert "secret" not in str(error.value)
