"""The bots that are measured, each in a process of its own: ours, with all or with an echo, and the bare loop."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.account import Account
from tests.homeserver import Homeserver
from tests.running import RunningBot

TICKS = os.sysconf("SC_CLK_TCK")
ECHO: dict[str, Any] = {"plugins": {"echo": {"module": "tests.bench.echo"}}}


@dataclass(frozen=True)
class Measured:
    """A bot under load: whose account it has, its process."""

    user_id: str
    pid: int

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far, its threads included."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, field: str = "VmRSS") -> float:
        """MB it holds now; with `VmHWM` the most it ever held."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


@asynccontextmanager
async def bare(server: Homeserver, account: Account) -> AsyncIterator[Measured]:
    """The bare loop, caught up."""
    token = account.credentials.access_token
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bare", server.url, account.user_id, token, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield Measured(account.user_id, process.pid)
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def ours(server: Homeserver, account: Account, folder: Path, **sections: Any) -> AsyncIterator[Measured]:
    """Our bot with the starter register."""
    folder.mkdir(exist_ok=True)
    bot = RunningBot(folder, server, account, **sections)
    await bot.townclerk("import", "--starter")
    async with bot:
        yield Measured(account.user_id, bot.pid)
