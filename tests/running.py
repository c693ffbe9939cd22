"""A bot of the tests' own: the real command in a process of its own, with a settings file in a temporary folder."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from bot import clock
from bot.store.database import open_for_reading
from bot.store.memory import Memory
from tests.homeserver import PASSWORD, Account, Homeserver


def toml(value: object) -> str:
    """A value as TOML: JSON's strings, numbers, booleans and arrays are TOML's, too."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def our_environment() -> dict[str, str]:
    """Ours without what was set for a real bot."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TOWNCLERK_")}


class RunningBot:
    """`townclerk run`, started, stopped, killed and started again."""

    def __init__(self, folder: Path, homeserver: Homeserver, account: Account, **sections: Any) -> None:
        self.folder = folder
        self.homeserver = homeserver
        self.account = account
        self.user_id = account.user_id
        self.log = folder / "bot.log"
        self.config = folder / "townclerk.toml"
        usual: dict[str, Any] = {
            "matrix": {"homeserver": homeserver.url, "user": account.user_id, "password": PASSWORD},
            "database": {"url": f"sqlite:///{folder / 'townclerk.db'}"},
            "community": {"name": "Test councils", "hours": "always"},
            "web": {"port": 0},
            "limits": {"replies_per_minute": 0},
        }
        self.sections = usual | sections
        self.database: str = self.sections["database"]["url"]
        self._process: asyncio.subprocess.Process | None = None
        self.write()

    def write(self) -> None:
        """Write the settings file."""
        lines = []
        for name, section in self.sections.items():
            entries = section if isinstance(section, list) else [section]
            for entry in entries:
                lines.append(f"[[{name}]]" if isinstance(section, list) else f"[{name}]")
                lines += [f"{json.dumps(key)} = {toml(value)}" for key, value in entry.items()]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    async def townclerk(self, *arguments: str) -> tuple[int, str, str]:
        """Another command with the same settings: exit code, stdout, stderr."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, "--config", str(self.config),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=our_environment(),
        )  # fmt: skip
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    async def start(self, *, ready: bool = True, **environment: str) -> None:
        """Start it; returns when it hears, or at once."""
        with self.log.open("ab") as log:
            start = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", "--config", str(self.config),
                stdout=log, stderr=log, env=our_environment() | environment,
            )  # fmt: skip
        if ready:
            await self.logged("ready", start)

    async def logged(self, event: str, start: int = 0, seconds: float = 60) -> dict[str, Any]:
        """The first log line with this event after byte `start`, awaited."""
        async with asyncio.timeout(seconds):
            while True:
                for line in self.log.read_bytes()[start:].decode(errors="replace").splitlines():
                    if line.startswith("{") and line.endswith("}") and f'"{event}"' in line:
                        entry: dict[str, Any] = json.loads(line)
                        if entry.get("event") == event:
                            return entry
                assert self._process is not None
                assert self._process.returncode is None, f"the bot ended: {self.log.read_text()[-2000:]}"
                await asyncio.sleep(0.05)

    async def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 5) -> int:
        """Ask it to end (or kill it) and wait; its exit code."""
        process = self._process
        assert process is not None
        if process.returncode is None:
            process.send_signal(number)
        async with asyncio.timeout(seconds):
            return await process.wait()

    def freeze(self) -> None:
        """It stands still where it is."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """It goes on, knowing nothing of the time between."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.returncode is None

    async def drained(self, seconds: float = 30) -> None:
        """Wait until nothing is left to think about or to send: only then may a test count."""
        async with asyncio.timeout(seconds):
            while await self._left():  # noqa: ASYNC110 - another process rings no bell
                await asyncio.sleep(0.1)

    async def _left(self) -> int:
        database = await open_for_reading(self.database)
        try:
            async with database.reading() as connection:
                memory = Memory(connection)
                counts = await memory.outbox.counts()
                return counts["waiting"] + len(await memory.inbox.waiting(1)) + len(await memory.gaps.due(clock.now()))
        finally:
            await database.close()

    async def kill(self) -> None:
        """SIGKILL: no goodbye."""
        await self.stop(signal.SIGKILL)

    async def ended(self, seconds: float = 20) -> int:
        """Wait for it to end by itself; its exit code."""
        assert self._process is not None
        async with asyncio.timeout(seconds):
            return await self._process.wait()

    async def __aenter__(self) -> "RunningBot":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.running:
            await self.kill()
