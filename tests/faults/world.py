"""What all faults of a run share: one Synapse, one PostgreSQL cluster, the people who ask and who read."""

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.cluster import Cluster, create_database
from tests.homeserver import Account, Homeserver
from tests.running import our_environment


class World:
    """`async with World(folder) as world:`; the cluster is started when first asked for."""

    homeserver: Homeserver
    register: bytes
    ana: Account
    bea: Account
    rhea: Account

    def __init__(self, folder: Path, homeserver: Homeserver | None = None, register: bytes = b"") -> None:
        self.register = register
        self.folder = folder
        self._given = homeserver
        self._cluster: Cluster | None = None
        self._starting = asyncio.Lock()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        if self._given:
            self.homeserver = self._given
        else:
            self.homeserver = await self._stack.enter_async_context(Homeserver(self.folder / "synapse"))
        self.register = self.register or await asyncio.to_thread(_register, self.folder / "register")
        self.ana, self.bea, self.rhea = await people(self.homeserver)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._cluster:
            await asyncio.to_thread(self._cluster.stop)
        await self._stack.aclose()

    async def postgres(self) -> str:
        """An empty database of its own in the shared cluster. Raises NotInstalled."""
        async with self._starting:
            if self._cluster is None:
                self._cluster = await asyncio.to_thread(Cluster().__enter__)
        return await create_database(self._cluster.url)


async def people(homeserver: Homeserver) -> tuple[Account, Account, Account]:
    """Ana asks, Bea helps, Rhea only reads: it is by her eyes that we judge."""
    ana, bea, rhea = await asyncio.gather(*(homeserver.account(name) for name in ("ana", "bea", "rhea")))
    return ana, bea, rhea


def _register(folder: Path) -> bytes:
    """A database that the real command filled; each bot gets a copy."""
    folder.mkdir(parents=True)
    environment = our_environment() | {"TOWNCLERK_DATABASE__URL": "sqlite:///townclerk.db"}
    subprocess.run([sys.executable, "-m", "bot", "import", "--starter"], cwd=folder, env=environment,
                   check=True, capture_output=True)  # fmt: skip
    return (folder / "townclerk.db").read_bytes()
