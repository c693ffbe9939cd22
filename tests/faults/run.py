"""Runs faults side by side, each on a stage of its own, and gives each its verdict."""

import asyncio
import re
import time
import traceback
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.fault import Fault, NotTried
from tests.faults.oracle import Verdict, judge
from tests.faults.scene import Scene
from tests.faults.stage import staged
from tests.faults.world import World
from tests.homeserver import Homeserver

SIDE_BY_SIDE = 4  # on two processors: most of the time they wait
SHORT = {"refreshable_access_token_lifetime": "6s"}
LONGEST = 600.0  # seconds


@dataclass(frozen=True)
class Result:
    """What became of a fault."""

    fault: Fault
    verdict: Verdict
    kills: int
    seconds: float
    not_tried: str = ""

    @property
    def well(self) -> bool:
        """Survived."""
        return not self.verdict.faults


async def run_all(faults: Sequence[Fault], world: World) -> AsyncIterator[Result]:
    """The results as they come."""
    gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def gated(fault: Fault) -> Result:
        async with gate:
            return await run_one(fault, world)

    for finished in asyncio.as_completed([asyncio.create_task(gated(fault)) for fault in faults]):
        yield await finished


@asynccontextmanager
async def _stage(fault: Fault, shared: World, folder: Path) -> AsyncIterator[Scene]:
    """In the shared world, or in one with a homeserver of its own."""
    async with AsyncExitStack() as stack:
        world = shared
        if fault.mark:
            settings = SHORT if fault.mark == "short tokens" else {}
            own = await stack.enter_async_context(Homeserver(folder / "synapse", settings=settings))
            world = await stack.enter_async_context(World(folder, own, shared.register))
        yield await stack.enter_async_context(staged(world, folder / "bot"))


async def run_one(fault: Fault, world: World) -> Result:
    """The story, then the drained state, then the oracle."""
    began = time.monotonic()
    verdict, kills, not_tried = Verdict(), 0, ""
    folder = world.folder / re.sub(r"[^a-z0-9]+", "-", fault.name.lower())
    try:
        async with asyncio.timeout(LONGEST), _stage(fault, world, folder) as scene:
            try:
                await fault.story(scene)
                await scene.settled()
                verdict = await judge(scene)
            finally:
                kills = scene.kills
    except NotTried as missing:
        not_tried = str(missing)
    except Exception as error:  # noqa: BLE001 - whatever it was, the others are to be tried as well
        verdict.faults.append(f"{type(error).__name__}: {error}".strip().splitlines()[0])
        (folder / "failure.txt").write_text(traceback.format_exc(), encoding="utf-8")
    return Result(fault, verdict, kills, time.monotonic() - began, not_tried)
