"""A tick of the clock with a million requests waiting: it costs what is due, not what waits."""

import itertools
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bot.domain.escalation import DEFAULT_LADDER
from bot.domain.promise import PromiseNote
from bot.store.database import micros
from bot.turn.signals import Signals
from bot.turn.think import Think
from tests.bench import past
from tests.bench.figures import Figure, median
from tests.bench.messages import settled
from tests.dialogue import MONDAY, Dialogue
from tests.templates import lay_out

FEW, MANY = 1_000, 1_000_000
TIMES = {0: 200, 1: 20, 50: 5}  # how many are due, and how often that is measured
_DAY = timedelta(days=1) // timedelta(microseconds=1)


async def measure() -> list[Figure]:
    """On SQLite: nothing, one and fifty due, against a thousand waiting in the same run."""
    few, many = await _ticks(FEW), await _ticks(MANY)
    figures = [
        Figure(f"a tick, {due} due of {waiting:,} waiting", cost, "ms")
        for waiting, costs in ((FEW, few), (MANY, many))
        for due, cost in costs.items()
    ]
    return [*figures, *(Figure(f"a tick, {due} due of {MANY:,}", many[due] / few[due], f"× {FEW:,}") for due in TIMES)]


async def _ticks(waiting: int) -> dict[int, float]:
    """Milliseconds of the process, by how many are due."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        await lay_out(Path(folder) / "bench.db")
        known = past.register()
        async with settled(url, known, lambda: past.write(url, _script(known, waiting))) as talk:
            numbers = itertools.count(waiting // 2)
            return {
                due: median([await _tick(talk, due, numbers) for _ in range(times)]) for due, times in TIMES.items()
            }


async def _tick(talk: Dialogue, due: int, numbers: "itertools.count[int]") -> float:
    """So many more fall due now: what is done for them, without the sending."""
    async with talk.database.transaction() as connection:
        await connection.execute("DELETE FROM timer WHERE try_at <= $1", micros(talk.now))
        for number in itertools.islice(numbers, due):
            await connection.execute(
                "UPDATE timer SET due_at = $2, try_at = $2 WHERE key = $1", f"rung:{number}", micros(talk.now)
            )
            await connection.execute("UPDATE request SET promised_at = $2 WHERE number = $1", number, micros(talk.now))
    think = Think(talk.database, talk.router, lambda: talk.now, Signals())
    begun = time.process_time()
    done = await think.timers(talk.now)
    taken = (time.process_time() - begun) * 1000
    assert done == due
    return taken


def _script(known: past.Register, waiting: int) -> str:
    promise = PromiseNote("maintainer", "body:1", MONDAY + timedelta(days=20))
    return Path(__file__).with_name("waiting.sql").read_text(encoding="utf-8").format(
        open=waiting, tools=past.tool_rows(known), rooms=past.room_rows(), tool_count=past.TOOLS, room_count=past.ROOMS,
        askers=past.ASKERS, councils=past.COUNCILS, now=micros(MONDAY), day=_DAY,
        ladder=DEFAULT_LADDER.to_json(), promise=promise.to_json(),
    )  # fmt: skip
