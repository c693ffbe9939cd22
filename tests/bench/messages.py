"""What is done for one message, as a ratio to the bare transaction of the same run, and as the past grows."""

import itertools
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import cast

import aiohttp

from bot.features import install, router_for
from bot.store.database import Database, open_database
from bot.store.memory import Memory
from bot.web.server import Pulse, Server
from bot.web.settings import WebSettings
from config.settings import Settings
from tests.bench import past
from tests.bench.conversation import Conversation
from tests.bench.figures import Figure
from tests.cluster import Cluster, NotInstalled, empty_database
from tests.dialogue import CLERK, MAINTAINERS, MONDAY, SAM, STEWARDS, Dialogue, FakeChat
from tests.templates import lay_out

TIMES = 15
PASTS = (0, 100_000, 1_000_000)
PLUGINS: dict[str, dict[str, object]] = {
    "directory": {}, "people": {}, "escalation": {}, "requests": {"claims_per_person": 1_000_000}, "digest": {},
    "help": {}, "rooms": {},
}  # fmt: skip
ON_SQLITE = time.process_time  # what else the machine does is left out
ON_POSTGRES = time.perf_counter  # the server is another process


async def measure() -> list[Figure]:
    """Both engines, the second where its programs are."""
    figures = []
    known = past.register()
    for size in PASTS:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "bench.db"
            await lay_out(file)
            figures += await _at(size, known, f"sqlite:///{file}", "SQLite", ON_SQLITE)
    try:
        with Cluster() as cluster:
            for size in (PASTS[0], PASTS[-1]):
                async with empty_database(cluster.url) as url:
                    figures += await _at(size, known, url, "PostgreSQL", ON_POSTGRES)
    except NotInstalled:
        pass
    return figures


async def _at(size: int, known: past.Register, url: str, engine: str, clock: Callable[[], float]) -> list[Figure]:
    async with settled(url, known, lambda: past.fill(url, known, size)) as talk:
        stopwatch = Stopwatch(talk.database, clock)
        for what, work in Conversation(talk, size).works().items():
            await stopwatch.take(what, work)
        async with _served(talk) as metrics:
            await stopwatch.take("/metrics", metrics)
    label = f"{size:,} past requests, {engine}"
    return [
        Figure(f"bare transaction, {label}", stopwatch.bare, "ms"),
        *(Figure(f"{what}, {label}", ratio, "× bare") for what, ratio in stopwatch.ratios.items()),
    ]


class Stopwatch:
    """Takes the times of a work and of a bare transaction in turn: what disturbs the one disturbs the other."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock
        self._numbers = itertools.count()
        self._bare: list[float] = []
        self.ratios: dict[str, float] = {}

    @property
    def bare(self) -> float:
        """Milliseconds."""
        return median(self._bare)

    async def take(self, what: str, work: Callable[[], Awaitable[object]]) -> None:
        """The median of one against the median of the other."""
        await work()  # the first one finds nothing prepared
        works, bares = [], []
        for _ in range(TIMES):
            bares.append(await self._one(self._transaction))
            works.append(await self._one(work))
        self._bare += bares
        self.ratios[what] = median(works) / median(bares)

    async def _one(self, work: Callable[[], Awaitable[object]]) -> float:
        begun = self._clock()
        await work()
        return (self._clock() - begun) * 1000

    async def _transaction(self) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(
                "INSERT INTO handled (cause, handler, outcome) VALUES ($1, 'bench', 'done')",
                f"$bench{next(self._numbers)}",
            )


@asynccontextmanager
async def settled(url: str, known: past.Register, fill: Callable[[], Awaitable[None]]) -> AsyncIterator[Dialogue]:
    """A conversation in a community that has been at it for long, as `fill` has it."""
    settings = Settings(
        matrix={"user": CLERK},
        community={"name": "Bench", "stewards": [SAM], "rooms": {"maintainers": MAINTAINERS, "stewards": STEWARDS}},
    )
    database = await open_database(url)
    await past.settle_in(database, known)
    await database.close()
    await fill()
    database = await open_database(url)
    try:
        router = router_for(settings, install({name: dict(section) for name, section in PLUGINS.items()}), CLERK)
        async with database.transaction() as connection:
            await router.start(Memory(connection), MONDAY)
        talk = Dialogue(database, router, FakeChat(), _numbers=_scattered())
        await talk.settle()
        yield talk
    finally:
        await database.close()


@asynccontextmanager
async def _served(talk: Dialogue) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """Somebody who reads the metrics."""
    server = Server(
        WebSettings(host="127.0.0.1", port=0), talk.database, lambda: Pulse(True, talk.now), lambda: talk.now
    )
    port = await server.start()
    try:
        async with aiohttp.ClientSession() as session:

            async def read() -> None:
                async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                    assert "townclerk_requests_unanswered" in await answer.text()

            yield read
    finally:
        await server.stop()


def _scattered() -> "itertools.count[int]":
    """Event ids in no order, as a homeserver makes them."""
    chance = random.Random(past.SEED)
    return cast("itertools.count[int]", iter(lambda: chance.getrandbits(60), None))
