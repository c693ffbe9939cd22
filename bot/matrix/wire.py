"""HTTP to the homeserver: an answer, or one of three exceptions that say what to do about it."""

import asyncio
import json
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from bot.errors import OperatorError
from bot.matrix.depth import cut
from bot.matrix.untrusted import as_dict, as_list
from bot.turn.chat import LoggedOut, Refused, TryLater

SECONDS = 60.0
PATIENCE = 30.0  # above a long poll's own timeout

# What a server adds in words to an error code may be what it was sent: Synapse's for a body that it can't read is.
_CODE = re.compile(r"[A-Za-z0-9_.]{1,100}")

# The account as a whole may do nothing until a person does something about it: no single message is to blame.
BLOCKED = frozenset({"M_CONSENT_NOT_GIVEN", "M_RESOURCE_LIMIT_EXCEEDED", "M_USER_SUSPENDED", "M_USER_LOCKED"})


class Unapproved(Refused):
    """The account's owner must agree first: the ways to do so, each a list of stages (UIA)."""

    def __init__(self, reason: str, answer: Mapping[str, Any]) -> None:
        super().__init__(reason)
        self.session = str(answer.get("session", ""))
        listed = [as_dict(flow).get("stages") for flow in as_list(answer.get("flows"))]
        self.flows = [[s for s in stages if isinstance(s, str)] for stages in listed if isinstance(stages, list)]
        self.params: Mapping[str, Any] = as_dict(answer.get("params"))


class Renewal(Protocol):
    """Who sees to it that the token is a good one."""

    async def ahead(self) -> None:
        """Renew the token if it is about to end."""

    async def renew(self, used: str) -> None:
        """Get a token in place of this one. Raises TryLater, or LoggedOut if there is no way left."""


class Wire:
    """One homeserver's client-server API. `HTTPS_PROXY` and `NO_PROXY` are honoured."""

    def __init__(self, homeserver: str, ca_file: str = "") -> None:
        self.homeserver = homeserver.rstrip("/")
        self.token = ""
        self.renewal: Renewal | None = None
        self.server_time: datetime | None = None  # as its last answer had it, to the second
        self.ssl = _ssl(ca_file)
        self.session = aiohttp.ClientSession(
            proxy=_proxy(homeserver), connector=aiohttp.TCPConnector(ssl=self.ssl or True, limit=100)
        )

    async def close(self) -> None:
        """Close the connections."""
        await self.session.close()

    async def get(self, path: str, query: Mapping[str, str] | None = None, seconds: float = SECONDS) -> dict[str, Any]:
        """GET below `/_matrix/client/v3`."""
        return await self._call("GET", f"{path}?{urlencode(query)}" if query else path, None, seconds)

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST below `/_matrix/client/v3`."""
        return await self._call("POST", path, body, SECONDS)

    async def post_openly(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST below `/_matrix/client/v3` without a token: how one is got."""
        return await self._exchange("POST", f"/_matrix/client/v3{path}", SECONDS, {}, "", json=body)

    async def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """PUT below `/_matrix/client/v3`."""
        return await self._call("PUT", path, body, SECONDS)

    async def upload(self, content: bytes, media_type: str) -> str:
        """Leave this with the homeserver's media; its mxc address."""
        headers = {"Content-Type": media_type}
        answer = await self._request("POST", "/_matrix/media/v3/upload", SECONDS, headers, data=content)
        if not isinstance(answer.get("content_uri"), str):
            raise TryLater("an answer without content_uri")
        return str(answer["content_uri"])

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None, seconds: float) -> dict[str, Any]:
        return await self._request(method, f"/_matrix/client/v3{path}", seconds, {}, json=body)

    async def _request(
        self, method: str, path: str, seconds: float, headers: Mapping[str, str], **body: Any
    ) -> dict[str, Any]:
        """Raises TryLater, Refused or LoggedOut. A token that ended meanwhile is renewed, and the request repeated."""
        if self.renewal:
            await self.renewal.ahead()
        used = self.token
        try:
            return await self._exchange(method, path, seconds, headers, used, **body)
        except LoggedOut as error:
            if not self.renewal or (used == self.token and not error.soft):
                raise
            await self.renewal.renew(used)
        return await self._exchange(method, path, seconds, headers, self.token, **body)

    async def _exchange(
        self, method: str, path: str, seconds: float, headers: Mapping[str, str], token: str, **body: Any
    ) -> dict[str, Any]:
        """Raises TryLater, Refused or LoggedOut; an answer that can't be read leaves open what was done: TryLater."""
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with self.session.request(
                method,
                f"{self.homeserver}{path}",
                headers={**headers, **shown},
                **body,
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:
                text = await response.text(errors="replace")
                status, retry_after = response.status, response.headers.get("Retry-After", "")
                self.server_time = _date(response.headers.get("Date", ""))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TryLater(f"{self.homeserver} doesn't answer ({_why(error)})") from error
        answer = await _read(text)
        if status == 200 and answer is not None:
            return answer
        raise _failure(status, answer, retry_after)


async def get_if_there(wire: Wire, path: str) -> dict[str, Any] | None:
    """GET of what may not be there: then None. Raises TryLater, Refused (for another reason) or LoggedOut."""
    try:
        return await wire.get(path)
    except Refused as error:
        if "M_NOT_FOUND" in error.reason:
            return None
        raise


def _date(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


async def _read(text: str) -> dict[str, Any] | None:
    try:
        # A large answer is parsed beside the loop, so that nobody waits for it.
        parsed = await asyncio.to_thread(_parsed, text) if len(text) > 1_000_000 else _parsed(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:  # one event without end in a sync response: its neighbours are read all the same
        return json.loads(cut(text))


def _why(error: Exception) -> str:
    """Without the exception's own words, which may hold an address's password, or a piece of the answer."""
    said = (getattr(error, name, None) for name in ("certificate_error", "os_error"))
    inner = next((one for one in said if isinstance(one, OSError)), error)
    known = getattr(inner, "verify_message", None) or getattr(inner, "strerror", None)
    return f"{type(error).__name__}: {known}" if known else type(error).__name__


def _failure(status: int, answer: dict[str, Any] | None, retry_after: str) -> Exception:
    code = str((answer or {}).get("errcode", ""))
    reason = f"{status} {code}" if _CODE.fullmatch(code) else str(status)
    if status == 401 and code in ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"):
        return LoggedOut(reason, soft=(answer or {}).get("soft_logout") is True)
    if status == 401 and answer and "flows" in answer:
        return Unapproved(reason, answer)
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        return TryLater(reason, _seconds(answer or {}, retry_after), limited=True)
    if code in BLOCKED:
        # Its words are for us to act on: where to agree, whom to ask.
        return TryLater(f"{reason} {(answer or {}).get('error', '')}"[:500], account=True)
    if status >= 500 or answer is None or not code:
        return TryLater(reason)
    return Refused(reason)


def _seconds(answer: dict[str, Any], retry_after: str) -> float | None:
    """The later of header (stable since v1.10, rounded up) and body (`retry_after_ms`)."""
    told = [float(retry_after)] if retry_after.isdecimal() else []
    in_body = answer.get("retry_after_ms")
    if isinstance(in_body, int | float) and not isinstance(in_body, bool) and in_body >= 0:
        told.append(min(in_body, 600_000) / 1000)
    return min(max(told), 600.0) if told else None


def _proxy(homeserver: str) -> str | None:
    """As the environment has it; looked up once: aiohttp's `trust_env` would do so at every request, in threads, and
    read `~/.netrc` twice: as much work as all the rest of a reply. Raises OperatorError.
    """
    address = urlsplit(homeserver)
    proxy = getproxies().get(address.scheme)
    if not proxy or proxy_bypass(address.netloc):
        return None
    scheme, found, _ = proxy.rpartition("://")
    if scheme not in ("http", "https", ""):
        raise OperatorError(f"{address.scheme.upper()}_PROXY names a {scheme} proxy: only an http:// one can be used")
    return proxy if found else f"http://{proxy}"


def _ssl(ca_file: str) -> ssl.SSLContext | None:
    if not ca_file:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise OperatorError(f"[matrix] ca_file {ca_file} can't be read: {error}") from error
