"""The homeserver: killed, restarted, frozen, gone, put back from a backup."""

import asyncio
import os
import shutil
import signal

from tests.faults.fault import fault
from tests.faults.scene import Scene


@fault("the homeserver is killed", "SIGKILL of Synapse in a burst, twice; then started again", mark="own server")
async def killed(scene: Scene) -> None:
    """What it had taken it has."""
    await down_in_a_burst(scene, times=2, by=signal.SIGKILL)


@fault("the homeserver is restarted", "Synapse ends cleanly in a burst, and is started again", mark="own server")
async def restarted(scene: Scene) -> None:
    """An upgrade."""
    await down_in_a_burst(scene, times=1)


async def down_in_a_burst(scene: Scene, times: int, by: signal.Signals = signal.SIGTERM) -> None:
    """Down for a while, with questions on both sides of it."""
    await scene.begin(4)
    for _ in range(times):
        await scene.ask(4)
        os.kill(scene.homeserver.process_id, by)
        await scene.homeserver.stop()
        await asyncio.sleep(1.5)
        await scene.homeserver.start()
    await scene.ask(2)


@fault("the homeserver stands still", "SIGSTOP of Synapse for 6 s in a burst", mark="own server")
async def frozen(scene: Scene) -> None:
    """A disk that is too slow."""
    await scene.begin(4)
    await scene.ask(4)
    os.kill(scene.homeserver.process_id, signal.SIGSTOP)
    await asyncio.sleep(6)
    os.kill(scene.homeserver.process_id, signal.SIGCONT)
    await scene.ask(2)


@fault("the homeserver is not there at the start", "the bot starts while Synapse is down, for 5 s", mark="own server")
async def absent(scene: Scene) -> None:
    """After a power cut all start at once."""
    await scene.begin(4)
    await scene.ask(2)
    await scene.kill()
    await scene.homeserver.stop()
    await scene.start(ready=False)
    await asyncio.sleep(5)
    await scene.homeserver.start()
    await scene.ask(2)


@fault("the homeserver is put back from a backup", "Synapse's database of 6 questions ago; the bot goes on",
       "what is asked after the restore is answered once, in order", mark="own server")  # fmt: skip
async def restored(scene: Scene) -> None:
    """Its token is one from the future."""
    await scene.begin(4)
    await scene.settled()
    folder, copy = scene.homeserver.folder, scene.folder / "backup"
    await scene.homeserver.stop()
    shutil.copytree(folder, copy)
    await scene.homeserver.start()
    lost = await scene.ask(6)
    await scene.settled()
    await scene.homeserver.stop()
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)
    await scene.homeserver.start()
    scene.asked = [question for question in scene.asked if question not in lost]
    scene.forgotten = True
    await scene.ask(6)


@fault("logged out", "the bot's session is ended by /logout in a burst",
       "it logs in again, or ends with one line and does so at the next start; each answered once")  # fmt: skip
async def logged_out(scene: Scene) -> None:
    """By an administrator."""
    await scene.begin(4)
    await scene.settled()
    async with scene.reading() as memory:
        account = await memory.rooms.account(scene.clerk.user_id)
    assert account
    await scene.log_out(account.access_token)
    await scene.ask(3)
    await scene.rest_or_end()
    if not scene.bot.running:
        await scene.gave_up("the homeserver ended our session")
        await scene.start()
    await scene.ask(2)
