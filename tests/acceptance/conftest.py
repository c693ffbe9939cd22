"""A community on the real homeserver: people, rooms, and the bot in a process of its own."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.homeserver import Account, Homeserver, Seen, Sieve, said_by
from tests.running import RunningBot


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


@pytest_asyncio.fixture
async def community(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[Community]:
    """The people and rooms; the bot is configured, its register filled, but not started."""
    ana, bea, cai, sam, clerk = [await homeserver.account(n) for n in ("ana", "bea", "cai", "sam", "clerk")]
    rooms = [
        await sam.create_room(name, invite=[clerk, ana, bea, cai]) for name in ("Planning", "Maintainers", "Stewards")
    ]
    for person in (ana, bea, cai):
        for room in rooms:
            await person.join(room)
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
    assert (await bot.townclerk("import", "--starter"))[0] == 0
    yield Community(ana, bea, cai, sam, clerk, rooms[0], rooms[1], rooms[2], bot)
    if bot.running:
        await bot.kill()
