"""From the start to "ready" in a few, hundreds and a thousand rooms, and what a room costs in memory."""

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.account import Account
from tests.bench.figures import Figure
from tests.bench.processes import Measured
from tests.faults.proxy import Answer, Passing, Proxy
from tests.homeserver import PASSWORD, Homeserver
from tests.running import RunningBot

ROOMS = (1, 200, 1000)
SIDE_BY_SIDE = 4


@dataclass
class Timed:
    """What the server takes to answer, to the last byte."""

    seconds: float = 0.0

    async def answer(self, passing: Passing) -> Answer:
        """As the server answers."""
        start = time.perf_counter()
        answer = await passing.forward()
        self.seconds = time.perf_counter() - start
        return answer


async def measure() -> list[Figure]:
    """A new bot's start, and one that knows its place: each beyond what the server takes for the sync of that start."""
    figures: list[Figure] = []
    memory: dict[int, float] = {}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = await stack.enter_async_context(Homeserver(folder / "synapse"))
        proxy = await stack.enter_async_context(Proxy(server.url))
        ana = await server.account("ana")
        for rooms in ROOMS:
            clerk = await server.account(f"clerk{rooms}")
            await _make(ana, clerk, rooms)
            (folder / str(rooms)).mkdir()
            login = {"homeserver": proxy.url, "user": clerk.user_id, "password": PASSWORD}
            bot = RunningBot(folder / str(rooms), server, clerk, matrix=login)
            await bot.townclerk("import", "--starter")
            for what in ("cold start", "restart"):
                sync = Timed()
                proxy.plays(lambda passing: passing.path.endswith("/sync"), sync.answer)
                start = time.perf_counter()
                async with bot:
                    taken = time.perf_counter() - start
                    await bot.drained(120)
                    await asyncio.sleep(8)  # its language is learnt by then
                    memory[rooms] = Measured(clerk.user_id, bot.pid).memory()
                figures += [
                    Figure(f"{what}, {rooms} rooms: the server's own time", sync.seconds, "s"),
                    Figure(f"{what}, {rooms} rooms: beyond it", taken - sync.seconds, "s"),
                ]
    few, many = ROOMS[0], ROOMS[-1]
    growth = (memory[many] - memory[few]) * 1024 / (many - few)
    return [*figures, Figure(f"memory of a room, by {many} of them", growth, "kB")]


async def _make(ana: Account, clerk: Account, count: int) -> None:
    turns = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(number: int) -> None:
        async with turns:
            await clerk.join(await ana.create_room(f"Room {number}", invite=[clerk]))

    await asyncio.gather(*(one(number) for number in range(count)))
