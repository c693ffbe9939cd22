"""A page is fetched over https within limits, and never from inside somebody's network, by whatever way."""

import asyncio
import datetime
import gzip
import socket
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.errors import OperatorError
from bot.exchange.addresses import Forbidden, PublicResolver, is_public, shown
from bot.exchange.fetching import MOST_REDIRECTS, Fetcher, Limits

HOST = "catalogue.example"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.0.0.9", False),
        ("192.0.0.10", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff0e::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2002:0a00:0001::1", False),
    ],
)
def test_only_what_is_out_on_the_internet_is_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        ("https://a.example/page?q=x@y", "https://a.example/page?q=x@y"),
        ("https://a.example:8443/@council", "https://a.example:8443/@council"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ("https://user:secret@a.example/page", "https://a.example"),
        ("https://secret@a.example", "https://a.example"),
        ("https://user:sec/ret@a.example/page", "https://a.example"),
        ("https://user:sec@ret@a.example?q=1", "https://a.example"),
        ("https://a.example:port/", "https://a.example:port/"),
    ],
)
def test_no_password_is_printed(address: str, printed: str) -> None:
    assert shown(address) == printed


class Loopback(PublicResolver):
    """Finds our own server behind every name, as a resolver that lies would; counts how often it was asked."""

    def __init__(self, allowed: Any = is_public) -> None:
        super().__init__(allowed)
        self.asked = 0

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        self.asked += 1
        return await super().resolve("127.0.0.1", port, family)


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's and the client's, with a certificate made for the day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(start).not_valid_after(start.replace(year=2099))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    folder = tmp_path_factory.mktemp("tls")
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem, secret)
    return server, ssl.create_default_context(cafile=str(pem))


async def _answer(request: web.Request) -> web.StreamResponse:
    match request.path:
        case "/page":
            return web.Response(text="organisation,tool\n")
        case "/moved":
            return web.Response(status=302, headers={"Location": "/page"})
        case "/round":
            return web.Response(status=301, headers={"Location": "/round"})
        case "/away":
            return web.Response(status=307, headers={"Location": request.query["to"]})
        case "/large":
            return web.Response(body=b"x" * 5_000)
        case "/packed":
            return web.Response(body=gzip.compress(b"x" * 100), headers={"Content-Encoding": "gzip"})
        case "/slow":
            await asyncio.sleep(30)
    return web.Response(status=404)


@pytest.fixture
async def base(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> AsyncIterator[str]:
    """The address of a server on this machine."""
    application = web.Application()
    application.router.add_get("/{path:.*}", _answer)
    runner = web.AppRunner(application, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=contexts[0])
    await site.start()
    assert site._server
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    yield f"https://{HOST}:{port}"
    await runner.cleanup()


@pytest.fixture
def fetcher(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> Fetcher:
    """One that may reach our own server."""
    return Fetcher(Limits(bytes=1_000, seconds=5), Loopback(lambda address: str(address) == "127.0.0.1"), contexts[1])


async def test_a_page_is_fetched_and_redirects_are_followed(base: str, fetcher: Fetcher) -> None:
    for path in ("/page", "/moved"):
        document = await fetcher.fetch(base + path)
        assert (document.name, document.url) == (base + path, base + "/page")
        assert document.text == "organisation,tool\n"


async def told(fetcher: Fetcher, address: str) -> str:
    """Why it isn't fetched, in one line."""
    with pytest.raises(OperatorError) as error:
        await fetcher.fetch(address)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{address}: ")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/missing", "the server answered 404"),
        ("/round", f"led on more than {MOST_REDIRECTS} times"),
        ("/large", "is larger than 0.001 MB, the most that townclerk reads"),
        ("/packed", "the server packs what it sends, though asked not to"),
        (
            "/away?to=http://catalogue.example/",
            "only https addresses are fetched (led on to http://catalogue.example/)",
        ),
        ("/away?to=file:///etc/passwd", "only https addresses are fetched (led on to file:///etc/passwd)"),
        ("/away?to=https://10.0.0.1/", "is inside a private network (10.0.0.1 is not a public address)"),
        ("/away?to=https://[::1]/", "is inside a private network (::1 is not a public address)"),
        ("/away?to=https://a:b@catalogue.example/", "an address with a user or password isn't fetched"),
        ("/away?to=https://[", "isn't a web address"),
    ],
)
async def test_what_goes_wrong_on_the_way_is_one_sentence(base: str, fetcher: Fetcher, path: str, reason: str) -> None:
    assert (await told(fetcher, base + path)).startswith(reason)


async def test_a_server_that_takes_its_time_is_left(base: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    hasty = Fetcher(Limits(seconds=0.2), Loopback(lambda address: True), contexts[1])
    assert await told(hasty, base + "/slow") == "took longer than 0.2 seconds"


async def test_a_name_that_leads_inside_is_refused_when_it_is_looked_up(
    base: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    resolver = Loopback()
    assert (await told(Fetcher(Limits(), resolver, contexts[1]), base + "/page")).startswith(
        "is inside a private network"
    )
    assert resolver.asked == 1


async def test_a_certificate_nobody_vouches_for_is_refused(base: str) -> None:
    trusting = Fetcher(Limits(), Loopback(lambda address: True))
    assert (await told(trusting, base + "/page")).startswith("can't be fetched (")


async def test_localhost_is_refused_by_the_real_resolver() -> None:
    with pytest.raises(Forbidden):
        await PublicResolver().resolve("localhost", 443)


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example",
        "ftp://a.example",
        "https://",
        "https://127.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://127.0.0.1\\@93.184.215.14/",
        "https://127.1/",
    ],
)
async def test_what_cant_be_public_is_refused_at_once(address: str, tmp_path: Path) -> None:
    assert await told(Fetcher(Limits()), address)
