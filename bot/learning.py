"""A language that was never learnt is learnt in a process of its own, which takes its 40 MB along when it ends."""

import asyncio
import sys
from collections.abc import Collection
from pathlib import Path

import structlog

from bot.language.engine import Engine
from bot.language.learnt import may_keep

log = structlog.get_logger()


async def learn_apart(engine: Engine, language: str, folders: Collection[Path]) -> None:
    """What was learnt is on the disk then. Where that can't be, nothing is done: whoever needs it learns it himself."""
    files = [str(folder) for folder in folders if (folder / f"{language}.toml").exists()]
    if not files or not may_keep() or await asyncio.to_thread(engine.has_learnt, language):
        return
    nowhere = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.language", language, *files, stdin=nowhere, stdout=nowhere, stderr=nowhere
        )
    except OSError as error:
        log.warning("no process of its own for learning", reason=error.strerror)
        return
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
