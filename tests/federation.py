"""Two real homeservers that federate over loopback, and the wire between them, which can be cut."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot import clock
from tests.homeserver import Homeserver

LOOPBACK = "127.0.0.1"
HOSTS = "localhost", LOOPBACK  # two: a room's list of servers (`m.room.server_acl`) knows no ports


class Line:
    """What reaches a server from others passes here: its name is this port's."""

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self._target = target
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def connect(self) -> None:
        """Let them through."""
        self._server = await asyncio.start_server(self._pass, LOOPBACK, self.port)

    async def cut(self) -> None:
        """Nobody is let through any more, and who is there is thrown out."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, away = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, away}
        try:
            await asyncio.gather(_copy(reader, away), _copy(there, writer))
        finally:
            self._open -= {writer, away}
            for end in (writer, away):
                end.transport.abort()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while some := await source.read(65536):
            target.write(some)
            await target.drain()
        target.write_eof()
    except (OSError, RuntimeError):
        return


@dataclass
class Federation:
    """Ours, where the bot lives, and theirs."""

    ours: Homeserver
    theirs: Homeserver
    lines: tuple[Line, Line]

    async def cut(self) -> None:
        """A partition: neither hears the other."""
        for line in self.lines:
            await line.cut()

    async def heal(self) -> None:
        """They hear each other again."""
        for line in self.lines:
            await line.connect()


@asynccontextmanager
async def federation(folder: Path) -> AsyncIterator[Federation]:
    """Two Synapses that know each other's names and nobody else's."""
    ports = _free_ports(4)
    lines = Line(ports[0], ports[2]), Line(ports[1], ports[3])
    names = [f"{host}:{line.port}" for host, line in zip(HOSTS, lines, strict=True)]
    ours, theirs = [_member(folder / f"h{n}", names[n], ports[n + 2], names) for n in (0, 1)]
    pair = Federation(ours, theirs, lines)
    async with ours, theirs:
        await pair.heal()
        try:
            yield pair
        finally:
            await pair.cut()


def _member(folder: Path, name: str, port: int, names: list[str]) -> Homeserver:
    """A homeserver that others can reach; it comes back to one that was away within a second."""
    folder.mkdir()
    certificate, key = _certificate(folder)
    client = _free_ports(1)[0]
    settings: dict[str, Any] = {
        "listeners": [
            {"type": "http", "port": client, "bind_addresses": [LOOPBACK], "resources": [{"names": ["client"]}]},
            {"type": "http", "port": port, "tls": True, "bind_addresses": [LOOPBACK],
             "resources": [{"names": ["federation"]}]},
        ],
        "tls_certificate_path": str(certificate),
        "tls_private_key_path": str(key),
        "federation_verify_certificates": False,
        "federation_domain_whitelist": names,
        "ip_range_blacklist": [],
        "trusted_key_servers": [],
        "federation": {"destination_min_retry_interval": 200, "destination_max_retry_interval": 1000,
                       "destination_retry_multiplier": 2, "max_long_retry_delay": 1000, "max_long_retries": 2,
                       "max_short_retry_delay": 1000, "max_short_retries": 2},
        "rc_federation": {"sleep_limit": 10_000, "reject_limit": 10_000, "concurrent": 20},
        "federation_rr_transactions_per_room_per_second": 10_000,
    }  # fmt: skip
    return Homeserver(folder, client, server_name=name, settings=settings)


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOOPBACK)])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "federation.crt", folder / "federation.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind((LOOPBACK, 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
