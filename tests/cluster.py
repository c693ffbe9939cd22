"""A private PostgreSQL cluster for the tests: its own folder, its own port, gone when the tests are."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg

LOOPBACK = "127.0.0.1"
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")

# The server ends when the pipe it is started with closes, so that killed tests leave none behind.
KEEPER = '"$@" & server=$!; read _; kill -QUIT $server; wait $server'


class NotInstalled(Exception):
    """The PostgreSQL server's programs are not on this machine."""


def find_programs() -> Path:
    """The folder of the newest `initdb` and `postgres`: on the path, or where Debian keeps them."""
    known = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    for folder in [*debian[::-1], *known]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NotInstalled("the PostgreSQL server is not installed (Debian: apt-get install postgresql)")


class Cluster:
    """`with Cluster() as cluster:` is a running server at `cluster.url`."""

    def __init__(self) -> None:
        self._programs = find_programs()
        self._user = _unprivileged_user()
        self._folder = Path(tempfile.mkdtemp(prefix="townclerk-postgres-", dir="/tmp" if self._user else None))
        self._port = _free_port()
        self._password = secrets.token_urlsafe(16)
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The cluster's own database, for making others."""
        return f"postgresql://townclerk:{self._password}@{LOOPBACK}:{self._port}/postgres"

    def __enter__(self) -> Self:
        try:
            self._create()
            self.begin()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server and remove its folder."""
        server, self._server = self._server, None
        if server and server.stdin:
            server.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                server.wait(10)
            server.kill()
            server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _create(self) -> None:
        word = self._folder / "password"
        word.write_text(self._password, encoding="utf-8")
        if self._user:
            shutil.chown(self._folder, self._user)
            shutil.chown(word, self._user)
        command: list[str | Path] = [
            self._programs / "initdb",
            "--pgdata",
            self._folder / "data",
            "--username",
            "townclerk",
        ]
        command += ["--auth", "scram-sha-256", "--pwfile", word, "--encoding", "UTF8", "--locale", "C"]
        done = subprocess.run(
            [*command, "--no-sync"],
            cwd=self._folder,
            user=self._user,
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, f"initdb failed:\n{done.stdout}{done.stderr}"

    def end(self) -> None:
        """Shut it down at once; what was committed is there when it begins again."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL for the server and all its processes: the last commits may be gone."""
        self._signal(signal.SIGKILL)
        (self._folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def _signal(self, number: signal.Signals) -> None:
        server = int((self._folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        children = subprocess.run(["pgrep", "-P", str(server)], capture_output=True, text=True, check=False)
        os.kill(server, number)
        for child in children.stdout.split() if number == signal.SIGKILL else ():
            with suppress(ProcessLookupError):
                os.kill(int(child), number)
        assert self._server is not None
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(30)

    def begin(self, patience: float = 30) -> None:
        settings = [*SETTINGS, f"port={self._port}", f"listen_addresses={LOOPBACK}"]
        settings.append(f"unix_socket_directories={self._folder}")
        options = [word for setting in settings for word in ("-c", setting)]
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "data"), *options]
        with (self._folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                ["/bin/sh", "-c", KEEPER, "keeper", *command],
                cwd=self._folder,
                user=self._user,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + patience
        while not self._is_ready():
            ended = time.monotonic() > deadline or self._server.poll() is not None
            assert not ended, f"postgres did not start:\n{(self._folder / 'log').read_text()}"
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        try:
            lines = (self._folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"


async def create_database(url: str) -> str:
    """Another database, empty, in the cluster at `url`; the new one's URL."""
    name = f"test_{secrets.token_hex(6)}"
    await execute(url, f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}"


@asynccontextmanager
async def empty_database(url: str) -> AsyncIterator[str]:
    """A database of a test's own in the cluster at `url`, dropped afterwards."""
    made = await create_database(url)
    try:
        yield made
    finally:
        await execute(url, f"DROP DATABASE {made.rpartition('/')[2]} WITH (FORCE)")


async def execute(url: str, statement: str) -> None:
    """Run it on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root: Debian's own user for it, or nobody."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
