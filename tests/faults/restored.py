"""State that was put back, lost, or is another's: snapshots, sync tokens, devices, key stores."""

import shutil
import sqlite3
from pathlib import Path

from tests.faults.databases import REFUSES, backed_up, file_of, put_back
from tests.faults.fault import fault
from tests.faults.scene import PATIENCE, Scene


async def snapshot_put_back(scene: Scene, *changes: str, calling: bool = False) -> None:
    """The database of some questions ago, with these changes; the bot has not been told."""
    await scene.begin()
    await scene.settled()
    copy = backed_up(scene)
    await scene.ask(12)
    if calling:
        await scene.ask_for_help()
    await scene.settled()
    await scene.kill()
    put_back(scene, copy)
    scene.put_back = True
    _change(file_of(scene), *changes)
    await scene.ask(2)
    await scene.start()


def _change(file: Path, *changes: str) -> None:
    with sqlite3.connect(file) as connection:
        for statement in changes:
            connection.execute(statement)
    connection.close()


@fault("an older snapshot put back", "the database of 12 questions ago, the same device")
async def snapshot(scene: Scene) -> None:
    """What a backup every hour gives."""
    await snapshot_put_back(scene)


@fault("called before an older snapshot was put back", "the database from before a help request and its call")
async def snapshot_calling(scene: Scene) -> None:
    """The request comes anew, and its card is known; so must be the call."""
    await snapshot_put_back(scene, calling=True)


@fault(
    "an older snapshot on a new device", "the database of 13 questions ago; the account's session is another one since"
)
async def new_device(scene: Scene) -> None:
    """The homeserver no longer knows our transaction ids: our own events are read back before anything is sent."""
    await snapshot_put_back(scene, "UPDATE account SET device_id = 'ANOTHER', access_token = 'gone'")


@fault("a sync token from nowhere", "the token in the database is one that the homeserver never gave")
async def bogus_token(scene: Scene) -> None:
    """400 M_UNKNOWN, for ever, if it isn't dropped."""
    await scene.begin()
    await scene.settled()
    await scene.kill()
    _change(file_of(scene), "UPDATE account SET since = 'from-nowhere'")
    await scene.ask(4)
    await scene.start()
    await scene.ask(2)


def crypto_store(scene: Scene) -> Path:
    """The folder beside the database."""
    return Path(f"{file_of(scene)}.crypto")


@fault("the key store is damaged", "each file of the crypto store is overwritten; then it is put back", REFUSES)
async def keys_damaged(scene: Scene) -> None:
    """It is state like the database."""
    await scene.start()
    await scene.enter(1, secret=True)
    await scene.ask_secretly(2)
    await scene.settled()
    await scene.bot.stop(seconds=PATIENCE)
    store, copy = crypto_store(scene), scene.folder / "keys-before"
    shutil.copytree(store, copy)
    for file in store.iterdir():
        if file.suffix == ".db":
            file.write_bytes(b"\xde\xad" * 8000)
    await scene.start(ready=False)
    await scene.gave_up("crypto store")
    shutil.rmtree(store)
    shutil.copytree(copy, store)
    await scene.ask_secretly(2)
    await scene.start()
    await scene.ask(2)


@fault("the key store is gone", "the crypto store's folder is deleted while the bot is down",
       "it goes on as a new device, which its identity signs; each answered once")  # fmt: skip
async def keys_gone(scene: Scene) -> None:
    """Restored without it, or on a disk of its own that is lost; with other keys nobody believes the old device."""
    await scene.start()
    await scene.enter(2, secret=True)
    await scene.ask_secretly(1)
    await scene.settled()
    await scene.bot.stop(seconds=PATIENCE)
    shutil.rmtree(crypto_store(scene))
    await scene.ask(3)
    await scene.start()
    await scene.bot.logged("new device", scene.began)
    await scene.ask_secretly(2)
