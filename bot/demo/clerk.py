"""The bot as the demo runs it: a process of its own, started as an operator would, its log in a file."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bot.errors import OperatorError

LAST_LINES = 5

# The bot runs under this. It reads a pipe that closes with the demo's own process, so that even after a
# SIGKILL of the demo no bot is left behind.
KEEPER = """
import os, runpy, signal, sys, threading
def watch():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""


class Clerk:
    """`townclerk run` with this settings file."""

    def __init__(self, settings: Path, log: Path) -> None:
        self.settings = settings
        self.log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, patience: float = 60) -> None:
        """Start it and wait until it says that it hears; OperatorError with its last words if it doesn't."""
        with self.log.open("wb") as out:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", KEEPER, "run", "--config", str(self.settings),
                cwd=self.settings.parent, env=clean_environment(), start_new_session=True,
                stdin=asyncio.subprocess.PIPE, stdout=out, stderr=out,
            )  # fmt: skip
        try:
            async with asyncio.timeout(patience):
                while not self._is_ready():
                    if self._process.returncode is not None:
                        raise OperatorError(self._how_it_ended())
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise OperatorError(f"the bot was not ready in {patience:.0f} s. {self._last_words()}") from None

    async def ended(self) -> None:
        """Wait for it to end by itself, which it never should: OperatorError with its last words."""
        if self._process is not None:
            await self._process.wait()
            raise OperatorError(self._how_it_ended())

    async def stop(self, patience: float = 10) -> None:
        """Ask it to end, and after `patience` seconds end it."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), patience)
        if process.returncode is None:
            process.kill()
            await process.wait()
        if process.stdin is not None:
            process.stdin.close()

    def _is_ready(self) -> bool:
        return any(line.get("event") == "ready" for line in _json_lines(self.log))

    def _how_it_ended(self) -> str:
        code = self._process.returncode if self._process else None
        return f"the bot ended with code {code}. {self._last_words()}"

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-LAST_LINES:]
        words = " / ".join(lines) if lines else "it wrote nothing"
        return f"Its last words: {words} (the whole log is {self.log})"


def clean_environment() -> dict[str, str]:
    """Without what would lead the demo's bot to another database, or through a proxy."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TOWNCLERK_") and not name.casefold().endswith("_proxy")
    }


def _json_lines(path: Path) -> Iterator[dict[str, object]]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        with suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict):
                yield found
