"""While the homeserver takes our answers it isn't asked for more; but not for longer than half a second."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.store.memory import Memory
from bot.store.outbox import Ready
from bot.store.rooms import Account, Room
from bot.turn.chat import Incoming, News, RoomNews
from bot.turn.door import Door
from bot.turn.hear import Hear
from bot.turn.say import Say
from bot.turn.signals import Signals
from bot.turn.think import Think
from tests.dialogue import ANA, CLERK, Dialogue, FakeChat, dialogue


@dataclass
class Wire(FakeChat):
    """Notes in which order it was asked; each message is `taken` when the test says so."""

    news: Sequence[News] = ()
    asked: list[str] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    synced: asyncio.Event = field(default_factory=asyncio.Event)  # once more than there is news

    async def sync(self, since: str | None, timeout_ms: int) -> News:
        """The next news, then nothing for ever."""
        self.asked.append("sync")
        number = self.asked.count("sync") - 1
        if number == len(self.news):
            self.synced.set()
            await asyncio.Event().wait()
        return self.news[number]

    async def send(self, row: Ready) -> str | None:
        """As slow as the test wants it."""
        self.asked.append("send")
        await self.taken.wait()
        self.asked.append("taken")
        return await super().send(row)


def asking(*rooms: str) -> News:
    """A question in each of these rooms."""
    content = {"kind": "heard", "text": "who uses PlanX?", "addressed": True, "thread": None, "reply_to": None}
    return News("s1", [RoomNews(room, [Incoming(f"${room}", ANA, "new", content)]) for room in rooms])


async def run(talk: Dialogue, wire: Wire, until: asyncio.Event) -> None:
    """The loops, until something happened."""
    async with talk.database.transaction() as connection:
        rooms = Memory(connection).rooms
        await rooms.keep_account(Account(CLERK, "DEVICE", "token", "s0"))
        for room in ("!a:x.org", "!b:x.org"):
            await rooms.keep(Room(room, "join"))
    signals = Signals()
    hear = Hear(talk.database, wire, CLERK, Door(wire, ["*"]), lambda: talk.now, signals, lambda: 0.0)
    think = Think(talk.database, talk.router, lambda: talk.now, signals)
    say = Say(talk.database, wire, lambda: talk.now, signals)
    loops = [asyncio.create_task(loop.run()) for loop in (hear, think, say)]
    try:
        async with asyncio.timeout(20):
            await until.wait()
    finally:
        for loop in loops:
            loop.cancel()
        for loop in loops:
            with suppress(asyncio.CancelledError):
                await loop


async def test_the_next_sync_comes_after_the_answers_have_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.turn.hear.ANSWERING", 1000.0)
    wire = Wire(news=[asking("!a:x.org", "!b:x.org")])
    wire.taken.set()
    async with dialogue(tmp_path, {"directory": {}}) as talk:
        await run(talk, wire, wire.synced)
    assert wire.asked.count("taken") == 2
    assert [wire.asked[0], wire.asked[-1]] == ["sync", "sync"]
    assert wire.asked.count("sync") == 2


async def test_an_answer_that_hangs_keeps_nobody_from_being_heard(tmp_path: Path) -> None:
    wire = Wire(news=[asking("!a:x.org")])
    async with dialogue(tmp_path, {"directory": {}}) as talk:
        await run(talk, wire, wire.synced)
    assert wire.asked == ["sync", "send", "sync"]


async def test_what_needs_no_answer_is_no_reason_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.turn.hear.ANSWERING", 1000.0)
    own = News("s1", [RoomNews("!a:x.org", [Incoming("$own", CLERK, "own")])])
    wire = Wire(news=[own, own])
    async with dialogue(tmp_path, {"directory": {}}) as talk:
        await run(talk, wire, wire.synced)
    assert wire.asked == ["sync"] * 3
