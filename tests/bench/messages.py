"""One message thought about, as a ratio to the bare transaction of the same run, and as the past grows."""

import itertools
import tempfile
from datetime import timedelta
from pathlib import Path

from bot.domain.request import Request, State
from bot.store.database import Database
from bot.store.memory import Memory
from tests.bench.figures import Figure, median, timed_async
from tests.dialogue import ANA, CAMDEN, MONDAY, PLANX, ROOM, Dialogue, dialogue, uses

TIMES = 150
PASTS = (0, 10_000, 100_000)
PLUGINS: dict[str, dict[str, object]] = {
    name: {} for name in ("directory", "people", "escalation", "requests", "digest", "help")
}


async def measure() -> list[Figure]:
    """A question answered and a request opened, with more and more requests in the past."""
    figures = []
    for past in PASTS:
        with tempfile.TemporaryDirectory() as folder:
            async with dialogue(Path(folder), PLUGINS, assertions=[uses(CAMDEN, PLANX)]) as talk:
                await _remember(talk, past)
                bare = median(await timed_async(lambda: _bare(talk.database), TIMES))
                asked = median(await timed_async(lambda: talk.say("who uses PlanX?"), TIMES))
                opened = median(await timed_async(lambda: talk.say("help with PlanX: it is down"), TIMES))
                board = median(await timed_async(lambda: talk.say("board"), TIMES))
        figures += [
            Figure(f"bare transaction, {past:,} past requests", bare, "ms"),
            Figure(f"question heard, answered and sent, {past:,} past requests", asked / bare, "× bare"),
            Figure(f"request opened with card and promise, {past:,} past requests", opened / bare, "× bare"),
            Figure(f"board, {past:,} past requests", board / bare, "× bare"),
        ]
    return figures


_numbers = itertools.count()


async def _bare(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO handled (cause, handler, outcome) VALUES ($1, 'bench', 'done')", f"$bench{next(_numbers)}"
        )


async def _remember(talk: Dialogue, count: int) -> None:
    """Requests long resolved."""
    async with talk.database.transaction() as connection:
        memory = Memory(connection)
        first = await memory.requests.next_number()
        for number in range(first, first + count):
            at = MONDAY - timedelta(days=400, minutes=number)
            request = Request(number, f"$past{number}", ROOM, ANA, State.RESOLVED, at, at, tool_id=PLANX.id)
            await memory.requests.add(request)
        await connection.execute("UPDATE counter SET value = $1 WHERE name = 'request'", first + count)
