"""A real Synapse for this machine only: one folder, one loopback port, gone when its starter is gone."""

import asyncio
import hashlib
import hmac
import importlib.util
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import aiohttp

from bot.demo.synapse_settings import LOOPBACK, SETTINGS, lifted_limits, prepare
from bot.errors import OperatorError

MISSING = "The demo needs a homeserver of its own: install it with `pip install townclerk[demo]`."

# Synapse runs under this. It reads a pipe that closes with the process that holds the other end, so that
# even after a SIGKILL of the starter no homeserver is left behind.
KEEPER = """
import os, runpy, signal, threading
def watch():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
runpy.run_module("synapse.app.homeserver", run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class Credentials:
    """An account and the device it is logged in with."""

    homeserver: str
    user_id: str
    password: str
    access_token: str
    device_id: str


class Synapse:
    """`async with Synapse(folder) as server:` is a homeserver that answers.

    The same folder again is the same homeserver, accounts and rooms included. `limited` leaves it the
    rate limits that strangers' servers have; otherwise they are lifted. `settings` are added to Synapse's
    own as they are.
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        *,
        server_name: str = "localhost",
        limited: bool = False,
        password_login: bool = True,
        room_list_search: bool = False,
        settings: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.server_name = server_name
        self._options = {
            "password_config": {"enabled": password_login},
            "enable_room_list_search": room_list_search,
            **({} if limited else lifted_limits()),
            **settings,
        }
        self._secrets: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def process_id(self) -> int:
        """By which the tests kill it and hold it still."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> Path:
        """What Synapse itself wrote."""
        return self.folder / "homeserver.log"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, patience: float = 60) -> None:
        """Start it and wait until it answers; the port, once chosen, stays the same."""
        if importlib.util.find_spec("synapse") is None:
            raise OperatorError(MISSING)
        self.port = self.port or _free_port()
        self._secrets = prepare(self.folder, self.port, self.server_name, self._options)
        self._process = _spawn(self.folder, self.log)
        try:
            async with asyncio.timeout(patience):
                await self._answers(self._process)
        except TimeoutError:
            await self.stop()
            raise OperatorError(f"Synapse gave no answer in {patience:.0f} s; see {self.log}.") from None
        except BaseException:
            await self.stop()
            raise

    async def stop(self, patience: float = 10) -> None:
        """Ask it to end, and after `patience` seconds end it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, patience)
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()

    async def register(
        self, localpart: str, password: str, admin: bool = False, display_name: str | None = None
    ) -> Credentials:
        """Make the account, or log in if it is there already (a folder used again)."""
        path = "/_synapse/admin/v1/register"
        async with aiohttp.ClientSession(self.url) as http:
            nonce = (await _json(await http.get(path)))["nonce"]
            words = "\0".join((nonce, localpart, password, "admin" if admin else "notadmin"))
            mac = hmac.new(self._secrets["registration"].encode(), words.encode(), hashlib.sha1)
            request = {"nonce": nonce, "username": localpart, "password": password, "admin": admin}
            request |= {"mac": mac.hexdigest()} | ({"displayname": display_name} if display_name else {})
            answer = await _json(await http.post(path, json=request))
            if answer.get("errcode") == "M_USER_IN_USE":
                answer = await _log_in(http, localpart, password)
        if "access_token" not in answer:
            reason = answer.get("error", answer)
            raise OperatorError(f"Synapse did not make the account {localpart}: {reason}")
        return Credentials(self.url, answer["user_id"], password, answer["access_token"], answer["device_id"])

    async def _answers(self, process: subprocess.Popen[bytes]) -> None:
        async with aiohttp.ClientSession(self.url) as http:
            while process.poll() is None:
                with suppress(aiohttp.ClientError):
                    async with http.get("/_matrix/client/versions") as response:
                        if response.ok:
                            return
                await asyncio.sleep(0.05)
        raise OperatorError(f"Synapse did not start: {_last_line(self.log)} (the rest is in {self.log})")


def _spawn(folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C at the terminal reaches the starter and not it."""
    command = [sys.executable, "-c", KEEPER, "--config-path", SETTINGS]
    pipe = subprocess.PIPE
    with log.open("ab") as out:
        return subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=out, stderr=out, start_new_session=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it wrote nothing"


async def _log_in(http: aiohttp.ClientSession, localpart: str, password: str) -> dict[str, Any]:
    identifier = {"type": "m.id.user", "user": localpart}
    request = {"type": "m.login.password", "identifier": identifier, "password": password}
    return await _json(await http.post("/_matrix/client/v3/login", json=request))


async def _json(response: aiohttp.ClientResponse) -> dict[str, Any]:
    async with response:
        answer: dict[str, Any] = await response.json(content_type=None)
        return answer
