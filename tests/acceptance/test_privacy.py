"""What people write and what the bot keeps secret is in no log, metric, page or command, whatever goes wrong."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.commands.identity import written_recovery_key
from bot.store.database import open_for_reading
from bot.store.memory import Memory
from config.settings import load
from tests.acceptance.leaking import CANARY, PLUGIN, as_error, as_headers, as_page, with_rubbish
from tests.acceptance.test_encryption import at_a_client
from tests.faults.proxy import Proxy
from tests.homeserver import Account, Homeserver, said_by
from tests.running import RunningBot

SECRET = f"{CANARY}-password-5b1c"


@dataclass
class Watched:
    """A bot behind a proxy, and all that it and its commands wrote."""

    bot: RunningBot
    proxy: Proxy
    clerk: Account
    outputs: dict[str, str]

    @property
    def state(self) -> Path:
        """The folder that the bot makes, for all that it keeps."""
        return self.bot.folder / "state"

    async def command(self, *words: str) -> str:
        """Run it, remember what it wrote."""
        _, out, err = await self.bot.townclerk(*words)
        self.outputs[words[0]] = out + err
        return out

    async def pages(self) -> None:
        """Look at the web port as a neighbour would."""
        port = (await self.bot.logged("web"))["port"]
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            for path in ("/metrics", "/healthz", "/readyz", "/digest.atom", "/digest.json", "/nothing"):
                async with http.get(path) as response:
                    self.outputs[path] = f"{response.headers} {await response.text()}"


@pytest_asyncio.fixture
async def watched(homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    """The bot's account has a password of its own; all that goes over the wire goes through the proxy."""
    name = f"clerk-{tmp_path.name.lower().replace('_', '-')}"
    clerk = Account(await homeserver.register(name, SECRET, False, "Town Clerk"))
    (tmp_path / "breaking.py").write_text(PLUGIN, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path.cwd()}")
    async with Proxy(homeserver.url) as proxy:
        bot = RunningBot(
            tmp_path,
            homeserver,
            clerk,
            matrix={"homeserver": proxy.url, "user": clerk.user_id, "password": SECRET},
            web={"port": 0, "heartbeat": f"{proxy.url}/{CANARY}"},
            plugins={
                "broken": {"module": "breaking"}, "directory": {}, "people": {}, "requests": {}, "help": {},
                "digest": {"feed": True},
            },
            database={"url": f"sqlite:///{tmp_path / 'state' / 'townclerk.db'}"},
        )  # fmt: skip
        before = os.umask(0)
        yield Watched(bot, proxy, clerk, {})
        os.umask(before)
        if bot.running:
            await bot.kill()


async def secrets_of(bot: RunningBot) -> dict[str, str]:
    """What the bot was given or has made since its start."""
    database = await open_for_reading(bot.database)
    async with database.reading() as connection:
        account = await Memory(connection).rooms.account(bot.user_id)
    await database.close()
    assert account is not None
    recovery_key = await written_recovery_key(load(bot.config)[0])
    key = (bot.folder / "state" / "townclerk.db.key").read_text().strip()
    told = {"access token": account.access_token, "refresh token": account.refresh_token, "key file": key}
    return told | {"recovery key": recovery_key}


async def test_nothing_private_is_seen_nor_left_open_to_neighbours_while_everything_goes_wrong(
    watched: Watched, homeserver: Homeserver, tmp_path: Path
) -> None:
    bot, proxy = watched.bot, watched.proxy
    kinds = ("/login", "/sync", "/keys/upload", "/device_signing/upload", "/join/", "/send/")
    faults = [
        proxy.plays(lambda passing, kind=kind: kind in passing.path, trick)  # type: ignore[misc]
        for kind, trick in zip(kinds, (as_page, as_error, as_headers) * 2, strict=True)
    ]
    ana = await homeserver.account("ana", f"{CANARY} Ana")
    plain = await ana.create_room(f"{CANARY} room", invite=[watched.clerk], topic=f"{CANARY} topic")
    bot.sections["plugins"]["digest"]["room"] = plain
    bot.write()
    await bot.start(ready=False, PYTHONASYNCIODEBUG="1")
    await ana.wait_for(plain, said_by(watched.clerk.user_id, "town clerk"), 30)
    rubbish = proxy.plays(lambda passing: "since=" in passing.target and "/sync" in passing.path, with_rubbish, 2)
    asked = await ana.send(plain, f"!clerk help with PlanX: {CANARY} map")
    await ana.edit(plain, asked, f"!clerk help with PlanX: {CANARY} layer")
    await ana.send(plain, f"{CANARY} reply", thread=asked)
    await ana.send(plain, f"!clerk save answer tiles: {CANARY} cache")
    await ana.redact(plain, asked, f"{CANARY} reason")
    await _encrypted(homeserver, watched.clerk, tmp_path)
    await bot.drained()
    for fault in (*faults, rubbish):
        await fault.all_played(10)
    await watched.pages()
    await asyncio.gather(watched.command("doctor"), watched.command("verify"))
    secrets = await secrets_of(bot)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (watched.state, *watched.state.rglob("*"))}
    await bot.stop()
    watched.outputs["log"] = bot.log.read_text(encoding="utf-8")
    _did_happen(watched.outputs["log"])
    assert leaks(watched.outputs, secrets) == []
    assert {f"townclerk.db{ending}" for ending in ("", "-wal", "-shm", ".key", ".lock", ".crypto")} < modes.keys()
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}
    found = [line for line in watched.outputs["doctor"].splitlines() if "can be read by others" in line]
    assert ["the settings file, with a secret in it," in line for line in found] == [True], "that one the test wrote"


async def _encrypted(homeserver: Homeserver, clerk: Account, folder: Path) -> None:
    """Somebody at an encrypting client speaks to the bot."""
    eve = await homeserver.account("eve", f"{CANARY} Eve")
    async with at_a_client(homeserver, eve, folder) as person:
        room = await eve.create_room(f"{CANARY} secret", invite=[clerk], encrypted=True)
        await person.reads("town clerk")
        await person.say(room, f"!clerk who uses {CANARY}?")
        await person.reads("I don't know a tool")


def _did_happen(log: str) -> None:
    """A fault that wasn't met proves nothing."""
    events = {json.loads(line)["event"] for line in log.splitlines()}
    assert {
        "handler failed",
        "a library's log",
        "a fault of townclerk's own",
        "trying again",
    } <= events
    assert re.search(r'"logger": "asyncio"', log)
    assert re.search(r'"logger": "UserWarning"', log)


def leaks(outputs: dict[str, str], secrets: dict[str, str]) -> list[str]:
    """Where something private was seen, and around what."""
    found = []
    for where, text in outputs.items():
        for name, secret in {"canary": CANARY, **secrets}.items():
            if secret and (at := text.casefold().find(secret.casefold())) >= 0:
                found.append(f"{name} in {where}: {text[max(0, at - 200) : at + 100]}")
    return found
