"""A reverse proxy between the bot and Synapse, in which any request can be made to go wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from yarl import URL

LOOPBACK = "127.0.0.1"
PATIENCE = aiohttp.ClientTimeout(total=120)
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "content-encoding", "keep-alive", "host"}


@dataclass(frozen=True)
class Answer:
    """What goes back to the bot. With `shown`, only so many bytes of the body leave before the connection is cut."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    shown: int | None = None


@dataclass(frozen=True)
class Passing:
    """A request of the bot on its way; `forward` lets Synapse have it, once more each time."""

    method: str
    target: str  # path and query, quoted as they came
    headers: dict[str, str]
    body: bytes
    upstream: str
    http: aiohttp.ClientSession

    @property
    def path(self) -> str:
        """Without the query."""
        return self.target.partition("?")[0]

    async def forward(self, target: str = "") -> Answer:
        """What Synapse says to it, or to the same with another path and query."""
        url = URL(f"{self.upstream}{target or self.target}", encoded=True)
        async with self.http.request(self.method, url, headers=self.headers, data=self.body) as response:
            headers = {k: v for k, v in response.headers.items() if k.lower() not in HOP_BY_HOP}
            return Answer(response.status, await response.read(), headers)


# What is done with a request: an answer, or None to cut the connection.
Trick = Callable[[Passing], Awaitable[Answer | None]]
Sieve = Callable[[Passing], bool]


@dataclass
class Rule:
    """A trick for the next `times` requests that pass the sieve, after the first `after` of them."""

    sieve: Sieve
    trick: Trick
    times: int
    after: int = 0
    played: int = 0

    def takes(self, passing: Passing) -> bool:
        """Whether it is this request's turn."""
        if self.played >= self.times or not self.sieve(passing):
            return False
        self.after -= 1
        return self.after < 0

    async def all_played(self, seconds: float = 180) -> None:
        """Wait until it has happened as often as it was to: else it was no fault."""
        async with asyncio.timeout(seconds):
            while self.played < self.times:  # noqa: ASYNC110 - counted, not signalled
                await asyncio.sleep(0.05)


class Proxy:
    """`async with Proxy(upstream) as proxy:` serves at `proxy.url`; rules are tried in order, the first one plays."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.url = ""
        self.rules: list[Rule] = []
        self._busy = 0

    @property
    def played(self) -> int:
        """How often something was made to go wrong."""
        return sum(rule.played for rule in self.rules)

    def plays(self, sieve: Sieve, trick: Trick, times: int = 1, after: int = 0) -> Rule:
        """From now on, so often."""
        rule = Rule(sieve, trick, times, after)
        self.rules.append(rule)
        return rule

    def heal(self) -> None:
        """Nothing more goes wrong; what did stays counted."""
        for rule in self.rules:
            rule.times = rule.played

    async def quiet(self) -> None:
        """Wait until nothing but long polls is under way."""
        while self._busy:  # noqa: ASYNC110 - counted, not signalled
            await asyncio.sleep(0.05)

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(timeout=PATIENCE, auto_decompress=True)
        application = web.Application(client_max_size=100_000_000)
        application.router.add_route("*", "/{tail:.*}", self._serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, 0)
        await site.start()
        self.url = f"http://{LOOPBACK}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        await self._http.close()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        headers = {k: v for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP}
        body = await request.read()
        passing = Passing(request.method, request.raw_path, headers, body, self.upstream, self._http)
        counts = not passing.path.endswith("/sync")
        self._busy += counts
        try:
            answer = await self._answer(passing)
        except (aiohttp.ClientError, TimeoutError, OSError):
            answer = None  # Synapse is down: so are we
        finally:
            self._busy -= counts
        return await _give(request, answer)

    async def _answer(self, passing: Passing) -> Answer | None:
        for rule in self.rules:
            if rule.takes(passing):
                rule.played += 1
                return await rule.trick(passing)
        return await passing.forward()


async def _give(request: web.Request, answer: Answer | None) -> web.StreamResponse:
    if answer is not None and answer.shown is None:
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
    response = web.StreamResponse(status=answer.status if answer else 200, headers=answer.headers if answer else None)
    if answer is not None:
        response.content_length = len(answer.body)
        await response.prepare(request)
        await response.write(answer.body[: answer.shown])
    if request.transport is not None:  # gone already if the bot was killed meanwhile
        request.transport.abort()
    return response
