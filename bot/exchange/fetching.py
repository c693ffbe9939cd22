"""Fetching a page over https, with limits on size, time and redirects, and never from inside a private network."""

import asyncio
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from bot.errors import OperatorError
from bot.exchange.addresses import Forbidden, PublicResolver, shown
from bot.exchange.document import LARGEST, MEGABYTE, Document, document_of

MOST_REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_HEADERS = {"User-Agent": "townclerk-import", "Accept-Encoding": "identity"}
_PIECE = 65_536


@dataclass(frozen=True)
class Limits:
    """How much is fetched, and how long it is waited for."""

    bytes: int = LARGEST
    seconds: float = 30


class Fetcher:
    """Fetches pages, one after the other."""

    def __init__(
        self,
        limits: Limits,
        resolver: PublicResolver | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._resolver = resolver or PublicResolver()
        self._context = context or ssl.create_default_context()

    async def fetch(self, address: str) -> Document:
        """The page behind the address; OperatorError says in one line why it can't be had."""
        connector = aiohttp.TCPConnector(resolver=self._resolver, ssl=self._context, use_dns_cache=False)
        timeout = aiohttp.ClientTimeout(total=None, connect=self._limits.seconds)
        try:
            async with (
                asyncio.timeout(self._limits.seconds),
                aiohttp.ClientSession(
                    connector=connector, timeout=timeout, headers=_HEADERS,
                    cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False,
                ) as session,
            ):  # fmt: skip
                return await self._followed(session, address)
        except TimeoutError as error:
            raise OperatorError(f"{shown(address)}: took longer than {self._limits.seconds:g} seconds") from error
        except (aiohttp.ClientError, OSError) as error:
            raise OperatorError(f"{shown(address)}: {_told(error)}") from error

    async def _followed(self, session: aiohttp.ClientSession, address: str) -> Document:
        """The page at the end of the redirects; each step of the way is checked like the first."""
        here = address
        for _ in range(MOST_REDIRECTS + 1):
            parsed = self._checked(here, address)
            async with session.get(parsed, allow_redirects=False) as response:
                if response.status in _MOVED and "Location" in response.headers:
                    here = _joined(here, response.headers["Location"])
                    continue
                if response.status != 200:
                    raise OperatorError(f"{shown(address)}: the server answered {response.status}")
                return document_of(shown(address), await self._body(response, address), self._limits.bytes, url=here)
        raise OperatorError(f"{shown(address)}: led on more than {MOST_REDIRECTS} times")

    def _checked(self, here: str, address: str) -> URL:
        """The address as the connection will read it: two parsers could read two hosts in one text."""
        try:
            parts = URL(here)
            host = parts.host or ""
        except ValueError as error:
            raise OperatorError(f"{shown(address)}: isn't a web address") from error
        if parts.scheme != "https" or not host:
            led = "" if here == address else f" (led on to {shown(here)[:80]})"
            raise OperatorError(f"{shown(address)}: only https addresses are fetched{led}")
        if parts.user or parts.password:
            raise OperatorError(f"{shown(address)}: an address with a user or password isn't fetched")
        try:
            numbers = ip_address(host.partition("%")[0])
        except ValueError:
            return parts  # a name: checked when it is looked up
        self._resolver.check(str(numbers))  # aiohttp asks no resolver about these
        return parts

    async def _body(self, response: aiohttp.ClientResponse, address: str) -> bytes:
        """Piece by piece, so that a lie about the length costs no memory."""
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise OperatorError(f"{shown(address)}: the server packs what it sends, though asked not to")
        body = bytearray()
        async for piece in response.content.iter_chunked(_PIECE):
            body += piece
            if len(body) > self._limits.bytes:
                largest = self._limits.bytes / MEGABYTE
                raise OperatorError(f"{shown(address)}: is larger than {largest:g} MB, the most that townclerk reads")
        return bytes(body)


def _joined(here: str, there: str) -> str:
    """Where a link leads; as it is written if that can't be told."""
    try:
        return urljoin(here, there)
    except ValueError:
        return there


def _told(error: BaseException) -> str:
    """Why, in a few words; aiohttp wraps what the resolver says."""
    inner: BaseException | None = error
    while inner and not isinstance(inner, Forbidden):
        inner = inner.__cause__
    if inner:
        return f"is inside a private network ({inner}), which is never fetched from"
    return f"can't be fetched ({str(error) or type(error).__name__})"
