"""A stage for one fault: an account, a proxy, a folder, and all of it gone afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.proxy import Proxy
from tests.faults.scene import Scene
from tests.faults.world import World
from tests.running import RunningBot


@asynccontextmanager
async def staged(world: World, folder: Path) -> AsyncIterator[Scene]:
    """A scene with nobody in it yet; all is ended on leaving, whatever became of it."""
    folder.mkdir(parents=True)
    homeserver = world.homeserver
    ana, bea, rhea = world.ana, world.bea, world.rhea
    clerk = await homeserver.account("clerk")
    async with Proxy(homeserver.url) as proxy:
        bot = RunningBot(folder, homeserver, clerk)
        scene = Scene(world, folder, homeserver, proxy, ana, bea, rhea, clerk, bot)
        scene.stewards = await ana.create_room("Stewards", invite=[clerk, rhea])
        await rhea.join(scene.stewards)
        bot.sections["matrix"]["homeserver"] = proxy.url
        bot.sections["community"] |= {"stewards": [ana.user_id], "rooms": {"stewards": scene.stewards}}
        ladder = {"ladder": [{"ask": "stewards", "after": "1s"}]}
        bot.sections["plugins"] = {"directory": {}, "people": {}, "requests": {}, "help": {}, "escalation": ladder}
        bot.write()
        (folder / "townclerk.db").touch(mode=0o600)
        (folder / "townclerk.db").write_bytes(world.register)
        try:
            yield scene
        finally:
            if bot.running:
                await bot.kill()
            if scene.person:
                await scene.person.client.close()
            await scene.stack.aclose()
