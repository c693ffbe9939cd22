"""Languages are learnt beside the loops: the community's at the start, any other when somebody speaks it."""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import structlog

import bot.language
from bot import lean
from bot.errors import NotLearnt
from bot.language.engine import Engine
from bot.language.learnt import may_keep
from bot.render import Renderer

log = structlog.get_logger()


@dataclass
class Learning:
    """What engine and renderer have learnt since the start, and what is under way; `learnt` is told of each that was
    awaited.
    """

    engine: Engine
    renderer: Renderer
    folders: Collection[Path]
    learnt: Callable[[], None]
    _underway: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def require(self, text: str, languages: Sequence[str]) -> None:
        """Raises NotLearnt, and sees to it, if the text may be in a language that isn't learnt yet."""
        likely = self.engine.likely(text, languages)
        for language in likely:
            if language not in self._underway:
                self._underway[language] = asyncio.create_task(self._learn(language))
        if not all(self._underway[language].done() for language in likely):
            raise NotLearnt

    async def learn(self, language: str) -> None:
        """Until it is learnt, or can't be."""
        if language not in self._underway:
            self._underway[language] = asyncio.create_task(self._learn(language))
        await self._underway[language]

    async def _learn(self, language: str) -> None:
        """In a daemon, so that the end doesn't wait for it."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        await learn_apart(self.engine, language, self.folders)

        def learn() -> None:
            try:
                self.engine.learn(language)
                self.renderer.learn(language)
                lean.give_back()
            finally:  # what can't be learnt is said at the first question
                with contextlib.suppress(RuntimeError):  # it has ended meanwhile
                    loop.call_soon_threadsafe(ended.set)

        Thread(target=learn, daemon=True).start()
        await ended.wait()
        loop.call_soon(self.learnt)  # once the task is done


async def learn_apart(engine: Engine, language: str, folders: Collection[Path]) -> None:
    """A language that was never learnt is learnt in a process of its own, which takes its 40 MB along when it ends.

    What was learnt is on the disk then. Where that can't be, nothing is done: whoever needs it learns it himself.
    """
    files = [str(folder) for folder in folders if (folder / f"{language}.toml").exists()]
    if not files or not may_keep() or await asyncio.to_thread(engine.has_learnt, language):
        return
    nowhere = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", bot.language.__name__, language, *files, stdin=nowhere, stdout=nowhere, stderr=nowhere
        )
    except OSError as error:
        log.warning("no process of its own for learning", reason=error.strerror)
        return
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
