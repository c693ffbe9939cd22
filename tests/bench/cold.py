"""From the start to "ready" in a few, hundreds and a thousand rooms, and what a room costs in memory."""

import asyncio
import itertools
import json
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from bot.matrix.sync import FILTER
from tests.account import Account
from tests.bench.figures import Figure
from tests.bench.processes import Measured
from tests.homeserver import Homeserver
from tests.running import RunningBot

ROOMS = (1, 200, 1000)
SIDE_BY_SIDE = 4
_numbers = itertools.count()


async def measure() -> list[Figure]:
    """A new bot's start, and one that knows its place: each beyond what the same sync takes the server alone."""
    figures: list[Figure] = []
    memory: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as name:
        async with Homeserver(Path(name) / "synapse") as server:
            ana = await server.account("ana")
            for rooms in ROOMS:
                clerk = await server.account(f"clerk{rooms}")
                await _make(ana, clerk, rooms)
                folder = Path(name) / str(rooms)
                folder.mkdir()
                bot = RunningBot(folder, server, clerk)
                await bot.townclerk("import", "--starter")
                for what, since in (("cold start", None), ("restart", await _place(clerk))):
                    alone = min([await _sync(clerk, since) for _ in range(2)])  # the server's caches are warm then
                    start = time.perf_counter()
                    async with bot:
                        taken = time.perf_counter() - start
                        await bot.drained(120)
                        await asyncio.sleep(8)  # its language is learnt by then
                        memory[rooms] = Measured(clerk.user_id, bot.pid).memory()
                    figures += [
                        Figure(f"{what}, {rooms} rooms: the server's own time", alone, "s"),
                        Figure(f"{what}, {rooms} rooms: beyond it", taken - alone, "s"),
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


async def _place(account: Account) -> str:
    answer = await account.call("GET", "sync?timeout=0")
    return str(answer["next_batch"])


async def _sync(account: Account, since: str | None) -> float:
    """Seconds of the sync with which the bot starts. The server keeps an answer for two minutes: each asks anew."""
    new = {**FILTER, "presence": {"types": [], "not_types": [f"n{next(_numbers)}"]}}
    query = f"timeout=0&full_state=true&filter={quote(json.dumps(new))}" + (f"&since={since}" if since else "")
    start = time.perf_counter()
    await account.call("GET", f"sync?{query}")
    return time.perf_counter() - start
