"""PostgreSQL: restarted, killed, cut off; and two bots, of which one may speak."""

import asyncio
from collections.abc import Callable

from bot.store.postgres import LEASE_SECONDS
from tests.cluster import Cluster, NotInstalled, execute
from tests.faults import fault as faults
from tests.faults.fault import fault
from tests.faults.scene import Scene
from tests.running import RunningBot

TELLS = "each answered once; it ends with one line, and started again loses nothing"
TAKES_OVER = "the other one takes over; each answered once"


async def own_cluster(scene: Scene) -> Cluster:
    """A server that only this bot uses."""
    try:
        cluster = Cluster()
    except NotInstalled as missing:
        raise faults.NotTried(str(missing)) from missing
    await asyncio.to_thread(cluster.__enter__)
    scene.stack.callback(cluster.stop)
    await on_postgres(scene, cluster.url)
    return cluster


async def on_postgres(scene: Scene, url: str) -> None:
    """The bot's database is there from now on."""
    scene.bot.sections["database"] = {"url": url}
    scene.bot.sections["matrix"]["crypto_store"] = str(scene.folder / "keys")
    scene.bot.write()


@fault("PostgreSQL is restarted", "a fast shutdown in a burst, then started again", TELLS)
async def restarted(scene: Scene) -> None:
    """An upgrade of the server."""
    cluster = await own_cluster(scene)
    await ended(scene, cluster, cluster.end)


@fault(
    "PostgreSQL is killed", "SIGKILL of the whole server, with synchronous_commit off: the last commits are lost", TELLS
)
async def killed(scene: Scene) -> None:
    """What was committed last may be gone, what was sent isn't."""
    cluster = await own_cluster(scene)
    await ended(scene, cluster, cluster.kill)


async def ended(scene: Scene, cluster: Cluster, end: Callable[[], None]) -> None:
    """In the middle of it all; the bot ends, and is started again when the server is back."""
    await scene.begin()
    await asyncio.to_thread(end)
    await scene.ask(3)
    await scene.gave_up("the PostgreSQL database failed")
    await asyncio.to_thread(cluster.begin)
    await scene.start()
    await scene.ask(2)


@fault("PostgreSQL is not there at the start", "the server is down", "one line, exit 1; then each answered once")
async def absent(scene: Scene) -> None:
    """Whoever supervises the bot starts it again."""
    cluster = await own_cluster(scene)
    await asyncio.to_thread(cluster.end)
    await scene.start(ready=False)
    await scene.gave_up("can't be reached")
    await asyncio.to_thread(cluster.begin)
    await scene.begin()


@fault("PostgreSQL cuts all connections", "pg_terminate_backend for each of the bot's, in a burst", TELLS)
async def terminated(scene: Scene) -> None:
    """An administrator, a pooler that restarts."""
    url = await scene.world.postgres()
    await on_postgres(scene, url)
    await scene.begin()
    await execute(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                  "AND pid <> pg_backend_pid()")  # fmt: skip
    await scene.ask(3)
    await scene.rest_or_end()
    if not scene.bot.running:  # what it had in use was cut; what it hadn't is made anew
        await scene.gave_up("the PostgreSQL database failed")
        await scene.start()
    await scene.ask(2)


async def standing_by(scene: Scene) -> RunningBot:
    """A second bot of the same account on the same database, that waits."""
    second = RunningBot(scene.folder / "second", scene.homeserver, scene.clerk, **scene.bot.sections)
    second.sections["matrix"] = scene.bot.sections["matrix"] | {"crypto_store": str(scene.folder / "second" / "keys")}
    second.write()
    await second.start(ready=False)
    scene.stack.push_async_callback(second.kill)
    await second.logged("standing by", seconds=60)
    return second


@fault("the leader is killed", "two bots on one database; SIGKILL of the one that holds the lease", TAKES_OVER)
async def leader_killed(scene: Scene) -> None:
    """After the lease has run out."""
    await on_postgres(scene, await scene.world.postgres())
    (scene.folder / "second").mkdir()
    await scene.begin()
    second = await standing_by(scene)
    await scene.ask(3)
    await scene.kill()
    await scene.ask(3)
    await second.logged("ready", seconds=LEASE_SECONDS + 60)
    scene.bot = second
    await scene.ask(2)


@fault("the leader is frozen and wakes", "SIGSTOP of the lease's holder, SIGCONT when the other has taken over",
       "the one that wakes writes nothing more and ends; each answered once")  # fmt: skip
async def leader_frozen(scene: Scene) -> None:
    """A zombie."""
    await on_postgres(scene, await scene.world.postgres())
    (scene.folder / "second").mkdir()
    await scene.begin()
    second = await standing_by(scene)
    await scene.ask(3)
    scene.bot.freeze()
    await scene.ask(3)
    await second.logged("ready", seconds=LEASE_SECONDS + 60)
    await scene.ask(2)
    scene.bot.wake()
    await scene.gave_up()
    scene.bot = second
    await scene.ask(2)
