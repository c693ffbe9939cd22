"""HTTP: every answer of a homeserver is a result, or one of three exceptions that say what to do."""

import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.clock import now
from bot.errors import OperatorError
from bot.matrix.wire import Wire
from bot.turn.chat import LoggedOut, Refused, TryLater


@asynccontextmanager
async def answering(response: web.Response, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that always gives this answer; its address."""

    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=response.body, status=response.status, headers=response.headers)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield f"{'https' if context else 'http'}://localhost:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def asked(response: web.Response) -> dict[str, object]:
    """What comes of asking for it."""
    async with answering(response) as url:
        wire = Wire(url)
        try:
            return await wire.get("/x")
        finally:
            await wire.close()


async def test_a_good_answer_is_its_object() -> None:
    assert await asked(web.json_response({"a": 1})) == {"a": 1}


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (web.json_response({"errcode": "M_FORBIDDEN"}, status=403), Refused),
        (web.json_response({"errcode": "M_UNKNOWN_TOKEN"}, status=401), LoggedOut),
        (web.json_response({"errcode": "M_LIMIT_EXCEEDED"}, status=429), TryLater),
        (web.json_response({"errcode": "M_UNKNOWN"}, status=500), TryLater),
        (web.Response(text="<html>502</html>", status=502), TryLater),
        (web.Response(text="<html>login to the wifi</html>", status=200), TryLater),
        (web.Response(text='{"half": ', status=200), TryLater),
        (web.Response(text="[]", status=200), TryLater),
        (web.Response(text="not found", status=404), TryLater),
    ],
)
async def test_a_failure_says_what_to_do(response: web.Response, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        await asked(response)


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        ({"retry_after_ms": 1742}, {}, 1.742),
        ({"retry_after_ms": 1742}, {"Retry-After": "2"}, 2),
        ({}, {"Retry-After": "7"}, 7),
        ({"retry_after_ms": "soon"}, {"Retry-After": "tomorrow"}, None),
        ({"retry_after_ms": -5}, {}, None),
        ({"retry_after_ms": 10**12}, {}, 600),
    ],
)
async def test_a_limit_is_waited_for_as_long_as_the_server_says(
    body: dict[str, object], headers: dict[str, str], seconds: float | None
) -> None:
    with pytest.raises(TryLater) as caught:
        await asked(web.json_response({"errcode": "M_LIMIT_EXCEEDED"} | body, status=429, headers=headers))
    assert caught.value.seconds == seconds


async def test_a_server_that_isnt_there_is_tried_later_and_named() -> None:
    wire = Wire("http://127.0.0.1:9")
    with pytest.raises(TryLater, match=r"127\.0\.0\.1:9 doesn't answer"):
        await wire.get("/x")
    await wire.close()


def authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of a council's own for localhost, and a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - datetime.timedelta(days=1))
        .not_valid_after(now() + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return folder / "ca.pem", context


async def test_a_councils_own_authority_is_trusted_if_the_settings_name_it_and_only_then(tmp_path: Path) -> None:
    ca_file, context = authority(tmp_path)
    async with answering(web.json_response({"a": 1}), context) as url:
        trusting, strict = Wire(url, str(ca_file)), Wire(url)
        assert await trusting.get("/x") == {"a": 1}
        with pytest.raises(TryLater, match="Certificate"):
            await strict.get("/x")
        await trusting.close()
        await strict.close()


async def test_an_authority_that_cant_be_read_is_one_clear_line() -> None:
    with pytest.raises(OperatorError, match="ca_file"):
        Wire("https://x.example", "/nowhere/ca.pem")
