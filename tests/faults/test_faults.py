"""The shortest part of `make faults`: killed at the steps on which most hangs, and three faults of the wire."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from tests.faults.every import FAULTS
from tests.faults.fault import Fault
from tests.faults.kills import killed_in
from tests.faults.run import Result, run_all
from tests.faults.scene import Scene
from tests.faults.world import World
from tests.homeserver import Homeserver

pytestmark = pytest.mark.timeout(600)  # the first test waits for all of them


async def killed_in_turn(scene: Scene, steps: tuple[str, ...]) -> None:
    """At one step after the other, with one bot: each start is the next one's past."""
    await scene.start()
    await scene.enter()
    for step in steps:
        await killed_in(scene, step.partition(".")[0], step, asked=2)
    await scene.start()
    await scene.ask(2)


STEPS = (("hear.saved", "think.thought", "say.marked"), ("hear.committed", "timer.fired", "say.sent"))
CHAINS = {f"killed at {', '.join(steps)}": steps for steps in STEPS}
KILLED = tuple(Fault(name, "SIGKILL", partial(killed_in_turn, steps=steps)) for name, steps in CHAINS.items())
WIRE = tuple(FAULTS[name] for name in ("the answer to a message is lost", "malformed events", "the same sync twice"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def results(homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Result]]:
    """Side by side, since each waits most of the time."""
    async with World(tmp_path_factory.mktemp("faults"), homeserver) as world:
        yield {result.fault.name: result async for result in run_all((*KILLED, *WIRE), world)}


@pytest.mark.parametrize("name", [fault.name for fault in (*KILLED, *WIRE)])
async def test_each_question_is_answered_once_and_in_order(name: str, results: dict[str, Result]) -> None:
    found = results[name]
    assert found.verdict.faults == []
    assert found.verdict.once == found.verdict.questions > 0
    assert found.kills == len(CHAINS.get(name, ()))
