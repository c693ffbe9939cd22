"""A small disk of its own for one database, as only root may make it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.faults.fault import NotTried

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
