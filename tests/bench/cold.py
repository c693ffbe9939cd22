"""From the start to "ready" in a few, hundreds and a thousand rooms, and what a room costs in memory."""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from tests.account import Account
from tests.bench.bare import FILTER
from tests.bench.figures import Figure
from tests.bench.processes import Measured
from tests.homeserver import Homeserver
from tests.running import RunningBot

ROOMS = (1, 200, 1000)
SIDE_BY_SIDE = 4


async def measure() -> list[Figure]:
    """The server's own time is what the same first sync takes a client that does nothing else."""
    figures: list[Figure] = []
    memory: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with Homeserver(folder / "synapse") as server:
            ana, clerk = [await server.account(who) for who in ("ana", "clerk")]
            bot = RunningBot(folder, server, clerk)
            await bot.townclerk("import", "--starter")
            made = 0
            for rooms in ROOMS:
                await _make(ana, clerk, rooms - made)
                made = rooms
                async with bot:  # so that it has heard of all of them before
                    await bot.drained(120)
                server_time = await _sync(clerk)
                start = time.perf_counter()
                async with bot:
                    taken = time.perf_counter() - start
                    await asyncio.sleep(8)  # its language is learnt by then
                    memory[rooms] = Measured(clerk.user_id, bot.pid).memory()
                figures.append(
                    Figure(f"cold start, {rooms} rooms, beyond the server's own time", taken - server_time, "s")
                )
    few, many = ROOMS[0], ROOMS[-1]
    growth = (memory[many] - memory[few]) * 1024 / (many - few)
    return [*figures, Figure(f"memory of a room, by {many} of them", growth, "kB")]


async def _make(ana: Account, clerk: Account, count: int) -> None:
    turns = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(number: int) -> None:
        async with turns:
            await clerk.join(await ana.create_room(f"Room {number}", invite=[clerk]))

    await asyncio.gather(*(one(number) for number in range(count)))


async def _sync(account: Account) -> float:
    """Seconds of the first sync of all rooms, as the bare loop would ask for it."""
    start = time.perf_counter()
    await account.call("GET", f"sync?timeout=0&full_state=true&filter={quote(json.dumps(FILTER))}")
    return time.perf_counter() - start
