"""The disk: full, or only to be read; each time one of its own, as only root may make it."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.faults.databases import REFUSES, TELLS, file_of
from tests.faults.fault import NotTried, fault
from tests.faults.scene import PATIENCE, Scene

CHUNK = bytes(1 << 16)


@asynccontextmanager
async def small_disk(folder: Path, megabytes: int = 24) -> AsyncIterator[Path]:
    """Mounted in memory; taken away again when all is done."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or await _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)):
        raise NotTried("only root may mount a disk")
    try:
        yield folder
    finally:
        await _run("umount", "--lazy", str(folder))


async def read_only(folder: Path, on: bool) -> None:
    """Nothing can be written to it any more; or again."""
    assert await _run("mount", "-o", f"remount,{'ro' if on else 'rw'}", str(folder)) == 0


def fill(folder: Path) -> Path:
    """Until not a byte more fits; the file to take away."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        size = len(CHUNK)
        while size:
            try:
                file.write(CHUNK[:size])
            except OSError:
                size //= 2
    return filler


async def _run(*command: str) -> int:
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()


async def moved_to_a_small_disk(scene: Scene) -> Path:
    """The database and what lies beside it are there from now on."""
    disk = await scene.stack.enter_async_context(small_disk(scene.folder / "disk"))
    shutil.copy(file_of(scene), disk / "townclerk.db")
    scene.bot.sections["database"] = {"url": f"sqlite:///{disk / 'townclerk.db'}"}
    scene.bot.write()
    return disk


@fault("the disk is full", "the database on a small disk that is filled in a burst", TELLS)
async def disk_full(scene: Scene) -> None:
    """Room is made again before the next start."""
    disk = await moved_to_a_small_disk(scene)
    scene.bot.sections["matrix"]["crypto_store"] = str(scene.folder / "keys")
    scene.bot.write()
    await scene.begin()
    filler = fill(disk)
    await scene.ask_until_it_ends()
    await scene.gave_up("disk is full", "make room")
    filler.unlink()
    await scene.start()
    await scene.ask(2)


@fault("the disk of the keys is full, too", "database and crypto store on one small disk that is filled", TELLS)
async def keys_disk_full(scene: Scene) -> None:
    """With an encrypted room; room is made again before the next start."""
    disk = await moved_to_a_small_disk(scene)
    await scene.start()
    await scene.enter(1, secret=True)
    await scene.ask_secretly(2)
    filler = fill(disk)
    await scene.ask_until_it_ends()
    await scene.bot.ended()
    assert scene.last_words.startswith("townclerk: "), scene.last_words
    filler.unlink()
    await scene.ask_secretly(2)
    await scene.start()
    await scene.ask(2)


@fault("the disk can only be read", "mounted read-only before the start", REFUSES)
async def disk_read_only(scene: Scene) -> None:
    """As after a failure of the disk."""
    disk = await moved_to_a_small_disk(scene)
    await scene.begin()
    await scene.bot.stop(seconds=PATIENCE)
    await read_only(disk, True)
    await scene.start(ready=False)
    await scene.gave_up("database")
    await read_only(disk, False)
    await scene.ask(3)
    await scene.start()
