"""Replies one at a time and in a burst, by our bot and by a bare loop on the same homeserver, in turns."""

import asyncio
import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

from tests.acceptance.test_encryption import Person
from tests.account import Account
from tests.bench.figures import Figure, median, percentile
from tests.bench.processes import ECHO, Measured, bare, ours
from tests.homeserver import PASSWORD, Homeserver

ROUNDS, TIMES = 6, 15  # one at a time
ROOMS, BURST, SENDERS, BURSTS = 50, 500, 4, 2
PATIENCE = 300.0
QUESTIONS = ("who uses PlanX?", "what is BOPS?", "which councils use FixMyStreet?", "who maintains Decidim?")
ENCRYPTED = "m.room.encrypted"


@dataclass
class Asker:
    """Somebody with one connection and an open long poll, as a client has."""

    account: Account
    http: aiohttp.ClientSession
    since: str = ""
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def send(self, room: str, kind: str, content: Mapping[str, Any]) -> None:
        """Any event."""
        path = f"/_matrix/client/v3/rooms/{quote(room)}/send/{kind}/a{next(self._numbers)}"
        async with self.http.put(path, json=content) as response:
            assert response.status == 200, await response.text()

    async def heard(self) -> list[tuple[str, str]]:
        """The rooms and senders of the next messages."""
        query = {"timeout": "30000", "since": self.since} if self.since else {"timeout": "0"}
        async with self.http.get("/_matrix/client/v3/sync", params=query) as response:
            answer = await response.json()
        self.since = answer["next_batch"]
        joined = answer.get("rooms", {}).get("join", {})
        return [
            (room, event["sender"])
            for room, news in joined.items()
            for event in news["timeline"]["events"]
            if event["type"] in ("m.room.message", ENCRYPTED)
        ]

    async def answered(self, room: str, kind: str, content: Mapping[str, Any], bot: str) -> float:
        """Milliseconds from before the message is sent until the bot's is here."""
        start = time.perf_counter()
        await self.send(room, kind, content)
        while (room, bot) not in await self.heard():
            pass
        return (time.perf_counter() - start) * 1000


@asynccontextmanager
async def asker(server: Homeserver, name: str) -> AsyncIterator[Asker]:
    """A new person."""
    account = await server.account(name)
    headers = {"Authorization": f"Bearer {account.credentials.access_token}"}
    async with aiohttp.ClientSession(server.url, headers=headers) as http:
        yield Asker(account, http)


@dataclass(frozen=True)
class Bench:
    """A homeserver, somebody who asks, and the bots: `bare`, `echo` and `question` by what is asked of them."""

    server: Homeserver
    folder: Path
    ana: Asker
    accounts: Mapping[str, Account]
    bots: Mapping[str, Measured]

    async def room(self, kind: str, *others: Account, encrypted: bool = False) -> str:
        """A room with this bot in it."""
        account = self.accounts[kind]
        room = await self.ana.account.create_room(kind, invite=[account, *others], encrypted=encrypted)
        await asyncio.gather(*(one.join(room) for one in (account, *others)))
        return room


async def measure() -> list[Figure]:
    """The bare loop, ours with a plugin that only echoes, ours with everything; all in one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with Homeserver(folder / "synapse") as server, AsyncExitStack() as stack:
            accounts = {kind: await server.account(kind) for kind in ("bare", "echo", "question")}
            bots = {
                "bare": await stack.enter_async_context(bare(server, accounts["bare"])),
                "echo": await stack.enter_async_context(ours(server, accounts["echo"], folder / "echo", **ECHO)),
                "question": await stack.enter_async_context(ours(server, accounts["question"], folder / "whole")),
            }
            await asyncio.sleep(10)  # its language is learnt by then
            idle = [Figure(f"idle memory, {kind}", bots[kind].memory(), "MB") for kind in bots]
            ana = await stack.enter_async_context(asker(server, "ana"))
            bench = Bench(server, folder, ana, accounts, bots)
            return [*idle, *await _plain(bench), *await _encrypted(bench), *await _bursts(bench)]


def _text(number: int) -> str:
    return QUESTIONS[number % len(QUESTIONS)]


def _said(number: int) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": f"!clerk {_text(number)}", "m.mentions": {}}


async def _plain(bench: Bench) -> list[Figure]:
    rooms = {kind: await bench.room(kind) for kind in bench.bots}
    await bench.ana.heard()
    taken: dict[str, list[float]] = {kind: [] for kind in bench.bots}
    for number in itertools.islice(itertools.count(), ROUNDS * TIMES):
        for kind, bot in bench.bots.items():
            answered = await bench.ana.answered(rooms[kind], "m.room.message", _said(number), bot.user_id)
            taken[kind].append(answered)
    return _compared("one at a time, plain", taken)


async def _encrypted(bench: Bench) -> list[Figure]:
    """The bare loop sends back what came, which nobody can read: it costs the wire the same."""
    eve = await bench.server.account("eve")
    person = Person(bench.server.url, eve.user_id, bench.folder)
    await person.client.login(PASSWORD)
    try:
        rooms = {kind: await bench.room(kind, eve, encrypted=True) for kind in bench.bots}
        await person.sync()
        for room in rooms.values():
            await person.say(room, "good morning")  # shares the keys
        await bench.ana.heard()
        taken: dict[str, list[float]] = {kind: [] for kind in bench.bots}
        for number in range(ROUNDS * TIMES // 2):
            for kind, bot in bench.bots.items():
                _, content = person.client.encrypt(rooms[kind], "m.room.message", _said(number))
                start = time.perf_counter()
                await eve.send_event(rooms[kind], ENCRYPTED, content)
                while (rooms[kind], bot.user_id) not in await bench.ana.heard():
                    pass
                taken[kind].append((time.perf_counter() - start) * 1000)
        return _compared("one at a time, encrypted", taken)
    finally:
        await person.client.close()


def _compared(what: str, taken: Mapping[str, Sequence[float]]) -> list[Figure]:
    """As ratios to the bare loop's, percentile by percentile; the first ones are for warming up."""
    warm = {kind: list(times[5:]) for kind, times in taken.items()}
    figures = [Figure(f"{what}: bare loop, p50", median(warm["bare"]), "ms")]
    for kind in ("echo", "question"):
        for part in (0.5, 0.95, 0.99):
            ratio = percentile(warm[kind], part) / percentile(warm["bare"], part)
            figures.append(Figure(f"{what}: {kind}, p{part * 100:.0f}", ratio, "× bare"))
    return figures


async def _bursts(bench: Bench) -> list[Figure]:
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(asker(bench.server, f"bea{n}")) for n in range(SENDERS)]
        rooms: dict[str, list[list[str]]] = {}
        for kind in bench.bots:
            rooms[kind] = [
                [await bench.room(kind, person.account) for _ in range(ROOMS // SENDERS)] for person in people
            ]
        await bench.ana.heard()
        rates: dict[str, list[float]] = {kind: [] for kind in bench.bots}
        costs: dict[str, list[float]] = {kind: [] for kind in bench.bots}
        for _ in range(BURSTS):
            for kind in bench.bots:
                rate, cost = await _burst(bench, kind, people, rooms[kind])
                rates[kind].append(rate)
                costs[kind].append(cost)
    figures = [Figure(f"burst of {BURST} over {ROOMS} rooms: bare loop", median(rates["bare"]), "replies/s")]
    figures += [
        Figure(f"burst: {kind}, throughput", median(rates[kind]) / median(rates["bare"]), "× bare")
        for kind in ("echo", "question")
    ]
    for kind in bench.bots:
        figures.append(Figure(f"burst: {kind}, processor time", median(costs[kind]) * 1000, "ms/message"))
        figures.append(Figure(f"burst: {kind}, peak memory", bench.bots[kind].memory("VmHWM"), "MB"))
    return figures


async def _burst(
    bench: Bench, kind: str, people: Sequence[Asker], rooms: Sequence[Sequence[str]]
) -> tuple[float, float]:
    """Replies a second from the first message to the last reply seen, and processor seconds a message."""
    bot = bench.bots[kind]
    each = BURST // sum(map(len, rooms))
    left = each * sum(map(len, rooms))
    count = left
    cpu, start = bot.cpu, time.perf_counter()
    sending = [asyncio.create_task(_send(person, mine, each)) for person, mine in zip(people, rooms, strict=True)]
    async with asyncio.timeout(PATIENCE):
        while left:
            left -= sum(sender == bot.user_id for _, sender in await bench.ana.heard())
    taken = time.perf_counter() - start
    await asyncio.gather(*sending)
    return count / taken, (bot.cpu - cpu) / count


async def _send(person: Asker, rooms: Sequence[str], each: int) -> None:
    for number in range(each):
        for room in rooms:
            await person.send(room, "m.room.message", _said(number))
