"""A community on the real homeserver: people, rooms, and the bot in a process of its own."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.homeserver import Account, Homeserver, Seen, Sieve, said_by
from tests.javascript import JsPerson
from tests.running import RunningBot, our_environment


@dataclass
class Community:
    """Ana asks, Bea (Camden) and Cai (Lambeth) maintain, Sam is a steward."""

    ana: Account
    bea: Account
    cai: Account
    sam: Account
    clerk: Account
    room: str
    maintainers: str
    stewards: str
    bot: RunningBot

    def says(self, *words: str) -> Sieve:
        """A sieve for the bot's messages with these words."""
        return said_by(self.clerk.user_id, *words)

    async def ask(self, text: str, **options: Any) -> str:
        """Ana speaks to the bot in the room."""
        return await self.ana.send(self.room, text, mentions=[self.clerk], **options)

    async def hear(self, *words: str, room: str = "", since: str | None = None, timeout: float = 15) -> Seen:
        """What the bot says with these words, awaited."""
        return await self.sam.wait_for(room or self.room, self.says(*words), timeout, since=since)

    async def card(self, question: str, *words: str, timeout: float = 15) -> Seen:
        """The card of a question, once it (or its newest edit) has all these words."""
        first = await self.sam.wait_for(
            self.room, lambda seen: self.says("Help request")(seen) and seen.reply_to == question, timeout
        )
        return await self.sam.wait_for(
            self.room,
            lambda seen: first.event_id in (seen.event_id, seen.replaces) and all(w in seen.body for w in words),
            timeout,
        )


Start = Callable[..., Any]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows what the bot wrote last."""
    report = yield
    community = getattr(item, "funcargs", {}).get("community")
    if report.failed and community and community.bot.log.exists():
        lines = community.bot.log.read_text(errors="replace").splitlines()[-30:]
        report.sections.append(("The bot's log", "\n".join(lines)))
    return report


@pytest.fixture(scope="session")
def starter_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that the real command filled; each test gets a copy, for an import each takes seconds."""
    folder = tmp_path_factory.mktemp("starter")
    environment = our_environment() | {"TOWNCLERK_DATABASE__URL": "sqlite:///townclerk.db"}
    subprocess.run([sys.executable, "-m", "bot", "import", "--starter"], cwd=folder, env=environment, check=True)
    assert [left.name for left in folder.iterdir()] == ["townclerk.db"], "copied whole, it may have no -wal beside it"
    return folder / "townclerk.db"


@pytest_asyncio.fixture
async def community(homeserver: Homeserver, starter_register: Path, tmp_path: Path) -> AsyncIterator[Community]:
    """The people and rooms; the bot is configured, its register filled, but not started."""
    names = ("ana", "bea", "cai", "sam", "clerk")
    ana, bea, cai, sam, clerk = await asyncio.gather(*(homeserver.account(name) for name in names))
    invited = [clerk, ana, bea, cai]
    titles = ("Planning", "Maintainers", "Stewards")
    rooms = await asyncio.gather(*(sam.create_room(title, invite=invited) for title in titles))
    await asyncio.gather(*(person.join(room) for room in rooms for person in (ana, bea, cai)))
    bot = RunningBot(
        tmp_path,
        homeserver,
        clerk,
        community={
            "name": "Test councils",
            "hours": "always",
            "stewards": [sam.user_id],
            "rooms": {"maintainers": rooms[1], "stewards": rooms[2]},
        },
        councils=[
            {"id": "local-authority:CMD", "people": [bea.user_id]},
            {"id": "local-authority:LBH", "people": [cai.user_id]},
        ],
        plugins={
            "directory": {}, "people": {}, "requests": {}, "help": {},
            "escalation": {"ladder": [{"ask": "maintainer", "after": "2s"}, {"ask": "maintainer", "after": "2s"},
                                      {"ask": "users", "after": "2s"}, {"ask": "stewards", "after": "2s"}]},
        },
    )  # fmt: skip
    shutil.copy(starter_register, tmp_path / "townclerk.db")
    yield Community(ana, bea, cai, sam, clerk, rooms[0], rooms[1], rooms[2], bot)
    if bot.running:
        await bot.kill()


@pytest_asyncio.fixture
async def eve(homeserver: Homeserver, javascript: None, tmp_path: Path) -> AsyncIterator[JsPerson]:
    """Eve, at a client with "only signed devices" on."""
    account = await homeserver.account("eve")
    async with JsPerson(homeserver, account.user_id, tmp_path) as person:
        await person.make_identity()
        yield person
