"""Which addresses of the internet may be connected to: public ones alone, and just the one that was looked at."""

import asyncio
import re
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

Address = IPv4Address | IPv6Address
_PROTOCOLS = IPv4Network("192.0.0.0/24")  # some of its addresses count as global: none is a web server
_AUTHORITY = re.compile(r"([a-z][a-z0-9+.-]*://)([^/?#\\]*)", re.IGNORECASE)
_PLAIN_PORT = re.compile(r"(?:\[[^\]@]*\]|[^:@\[\]]*)(?::\d*)?")
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


class Forbidden(OSError):
    """The host is, or leads to, an address inside somebody's own network."""


def is_public(address: Address) -> bool:
    """Whether it is out on the internet; an IPv4 address wrapped in IPv6 is judged by what is inside."""
    if isinstance(address, IPv6Address):
        if any(address in network for network in _TRANSLATED):
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inside:
            return is_public(inside)
        if address.is_site_local:
            return False
    if isinstance(address, IPv4Address) and address in _PROTOCOLS:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def shown(address: str) -> str:
    """A web address as it may be printed: of one that may hold a password, the host alone."""
    found = _AUTHORITY.match(address)
    if found is None or "@" not in address or _PLAIN_PORT.fullmatch(found[2]):
        return address
    return found[1] + re.split(r"[/?#\\]", address.rpartition("@")[2].removeprefix(found[1]))[0]


class PublicResolver(AbstractResolver):
    """Looks a host up and gives the connection what it found, so that nothing is looked up a second time."""

    def __init__(self, allowed: Callable[[Address], bool] = is_public) -> None:
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The host's addresses; Forbidden if one of them isn't public."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        results = []
        for kind, _, protocol, _, place in found:
            self.check(str(place[0]))
            results.append(
                ResolveResult(
                    hostname=host, host=str(place[0]), port=port, family=kind, proto=protocol,
                    flags=socket.AI_NUMERICHOST,
                )
            )  # fmt: skip
        if not results:
            raise OSError(f"{host} has no address")
        return results

    def check(self, address: str) -> None:
        """Forbidden unless this address, as numbers, is public."""
        if not self._allowed(ip_address(address.partition("%")[0])):
            raise Forbidden(f"{address} is not a public address")

    async def close(self) -> None:
        """Nothing is held."""
