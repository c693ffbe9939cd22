"""SIGKILL at every named step of the loops, and at any moment."""

import asyncio
import random
import sqlite3
from functools import partial

from bot.failpoints import STEPS
from tests.faults.fault import add, fault
from tests.faults.old_database import make_old
from tests.faults.scene import PATIENCE, Scene
from tests.faults.tricks import FOR_EVER, few_events, polls

MOST_ROUNDS = 10
LOOPS = ("hear", "fill", "think", "timer", "say")  # they reach their steps over and over
THIRD = ("hear", "think", "say")  # killed at the third time: others have been through by then


async def killed_at(scene: Scene, step: str) -> None:
    """Under way, if it is a loop's; else at the first start, or when there is something to encrypt."""
    loop = step.partition(".")[0]
    if loop in LOOPS:
        await scene.start()
        await scene.enter()
        await killed_in(scene, loop, step)
        await scene.start()
    else:
        await _killed_at_start(scene, loop, step)
    await scene.ask(2)


async def killed_in(scene: Scene, loop: str, step: str, asked: int = 6) -> None:
    """From a running bot to a dead one, with questions before, between and after."""
    await scene.bot.kill()
    if loop == "fill":
        scene.proxy.plays(polls, few_events(2), FOR_EVER)
    await scene.ask(asked)
    if loop in ("think", "timer", "say"):
        await scene.ask_for_help()
    await scene.start(f"{step}:{3 if loop in THIRD else 1}")
    await _until_dead(scene)


async def _killed_at_start(scene: Scene, loop: str, step: str) -> None:
    if loop == "migration":
        make_old(scene.folder / "townclerk.db")
    if step == "identity.restored":
        await _identity_lost(scene)
    await scene.start(f"{step}:1")
    await scene.ready_or_dead()
    if scene.bot.running:
        await scene.bot.kill()
    else:
        await scene.died()
    await scene.start()
    await scene.enter(secret=loop not in ("migration", "lease"))
    if not scene.kills:
        await scene.bot.kill()
        await scene.ask_secretly(2)
        await scene.start(f"{step}:1")
        await _until_dead(scene)
        await scene.start()


async def _identity_lost(scene: Scene) -> None:
    """What was kept of it is gone from the database; the operator has the recovery key."""
    await scene.start()
    await scene.bot.logged("identity in secret storage", seconds=PATIENCE)
    _, shown, _ = await scene.bot.townclerk("recovery-key")
    await scene.bot.stop(seconds=PATIENCE)
    with sqlite3.connect(scene.folder / "townclerk.db") as connection:
        connection.execute("DELETE FROM secret")
    connection.close()
    scene.bot.sections["matrix"]["recovery_key"] = shown.strip()
    scene.bot.write()


async def _until_dead(scene: Scene) -> None:
    """A few questions at a time, each time to the end: how often a loop goes round is not to hang on its speed."""
    await scene.ready_or_dead()
    for _ in range(MOST_ROUNDS):
        if not scene.bot.running:
            break
        await scene.ask(2)
        if scene.person:
            await scene.ask_secretly()
        await scene.rest_or_end()
    await scene.died()


for _step in STEPS:
    _mark = "short tokens" if _step.startswith("token.") else ""
    add(f"killed at {_step}", f"SIGKILL when {_step} is reached", partial(killed_at, step=_step), mark=_mark)


@fault("killed at any moment", "SIGKILL five times in a burst, 0.2 to 1.5 s after it is ready")
async def at_any_moment(scene: Scene) -> None:
    """A burst that goes on while the bot comes and goes."""
    await scene.start()
    await scene.enter(3, secret=True)
    asking = asyncio.create_task(burst(scene, 60))
    for _ in range(5):
        await asyncio.sleep(random.uniform(0.2, 1.5))
        await scene.kill()
        await scene.start()
    await asking


async def burst(scene: Scene, count: int) -> None:
    """Questions in plain and in secret, and help requests."""
    for number in range(count):
        await scene.ask()
        if number % 10 == 0:
            await scene.ask_for_help()
            if scene.person:
                await scene.ask_secretly()
        await asyncio.sleep(0.1)


@fault("told to stop in a burst", "SIGTERM three times under way", "each answered once; it ends with 0")
async def told_to_stop(scene: Scene) -> None:
    """What an upgrade does."""
    await scene.start()
    await scene.enter()
    for _ in range(3):
        await scene.ask(8)
        assert await scene.bot.stop(seconds=PATIENCE) == 0
        await scene.ask(2)
        await scene.start()


@fault("frozen and woken", "SIGSTOP for 4 s in a burst, then SIGCONT")
async def frozen(scene: Scene) -> None:
    """A laptop that is shut, a virtual machine that is moved."""
    await scene.start()
    await scene.enter()
    await scene.ask(4)
    scene.bot.freeze()
    await scene.ask(6)
    await asyncio.sleep(4)
    scene.bot.wake()
    await scene.ask(2)
