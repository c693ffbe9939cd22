"""From a question sent to its answer seen, against the bare round trip between two people in the same run."""

import tempfile
import time
from pathlib import Path

from tests.account import Account
from tests.bench.figures import Figure, median, percentile
from tests.homeserver import Homeserver
from tests.running import RunningBot

TIMES = 40
BURST = 100


async def measure() -> list[Figure]:
    """One at a time, then a burst."""
    with tempfile.TemporaryDirectory() as folder:
        async with Homeserver(Path(folder) / "synapse") as server:
            ana, bea, clerk = [await server.account(name) for name in ("ana", "bea", "clerk")]
            bot = RunningBot(Path(folder), server, clerk)
            await bot.townclerk("import", "--starter")
            async with bot:
                room = await ana.create_room("Bench", invite=[clerk, bea])
                await bea.join(room)
                await ana.wait_for(room, lambda seen: seen.sender == clerk.user_id and seen.is_message)
                listener = await Listener.of(bea, room)
                bare = [await listener.seen(ana, "good morning", ana.user_id) for _ in range(TIMES)]
                asked = [await listener.seen(ana, "!clerk who uses PlanX?", clerk.user_id) for _ in range(TIMES)]
                rate = await _burst(ana, clerk, room)
    return [
        Figure("bare round trip between two people, p50", median(bare), "ms"),
        Figure("question to answer seen, p50", median(asked) / median(bare), "× bare"),
        Figure("question to answer seen, p99", percentile(asked, 0.99) / median(bare), "× bare"),
        Figure(f"burst of {BURST} questions in one room", rate, "answers/s"),
    ]


class Listener:
    """Somebody with an open long poll, as a client at rest has."""

    def __init__(self, account: Account, room: str, since: str) -> None:
        self.account, self.room, self.since = account, room, since

    @classmethod
    async def of(cls, account: Account, room: str) -> "Listener":
        """Caught up with the room."""
        answer = await account.call("GET", "sync?timeout=0")
        return cls(account, room, answer["next_batch"])

    async def seen(self, speaker: Account, text: str, awaited: str) -> float:
        """Milliseconds from before `speaker` sends until the next message of `awaited` is there."""
        start = time.perf_counter()
        await speaker.send(self.room, text)
        while True:
            answer = await self.account.call("GET", f"sync?timeout=10000&since={self.since}")
            self.since = answer["next_batch"]
            events = answer.get("rooms", {}).get("join", {}).get(self.room, {}).get("timeline", {}).get("events", [])
            if any(e["type"] == "m.room.message" and e["sender"] == awaited for e in events):
                return (time.perf_counter() - start) * 1000


async def _burst(ana: Account, clerk: Account, room: str) -> float:
    start = time.perf_counter()
    for number in range(BURST):
        await ana.send(room, f"!clerk who uses tool-{number}?")
    await ana.wait_for_all(room, lambda s: s.sender == clerk.user_id and "called tool-" in s.body, BURST, 120)
    return BURST / (time.perf_counter() - start)
