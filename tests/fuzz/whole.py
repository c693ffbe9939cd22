"""The whole path of a sync response, nothing made up but the homeserver: wire text, reader, hear, think, outbox."""

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nio import SyncResponse
from structlog.testing import capture_logs

from bot.features import install, router_for
from bot.matrix.inbound import Ears
from bot.matrix.sync import Reader, for_nio
from bot.matrix.wire import _read
from bot.router import Router
from bot.store.database import Database, open_database
from bot.store.memory import Memory
from bot.store.rooms import Account
from bot.turn.door import Door
from bot.turn.hear import Hear
from bot.turn.say import Say
from bot.turn.signals import Signals
from bot.turn.think import Think
from config.settings import Settings
from tests.dialogue import ANA, BEA, CLERK, MONDAY, ORGANISATIONS, ROOM, SAM, TOOLS, FakeChat, Said
from tests.templates import lay_out

OTHER = "!other:example.org"
SECRET = "Zanzibar"  # said in the other room only: it must never be seen in the first
MOST_BYTES = 65_536
MOST_SAID = 30  # because of one response, with its five events
MOST_STEPS = 50
EARS = Ears(CLERK, ("Town Clerk",), "!clerk")
ALLOWED = r"/?(?:b|i|ul|ol|li|p|br|blockquote|code|pre|h4)>|a href=\"(?:https?|mailto):[^\"<>]*\">|/a>"
FORBIDDEN = re.compile(rf"<(?!{ALLOWED})")


@dataclass
class Whole:
    """The bot without a wire: what came is read, kept, thought about and answered."""

    database: Database
    router: Router
    now: datetime = MONDAY
    number: int = 0
    last: Any = None  # the response that was fed, to be shown if it breaks something
    chat: FakeChat = field(default_factory=FakeChat)
    reader: Reader = field(default_factory=lambda: Reader(EARS, lambda room, raw: None))

    async def feed(self, answer: Mapping[str, Any]) -> list[Said]:
        """One sync response, from its JSON on; what was said because of it."""
        self.last = answer
        self.now += timedelta(seconds=1)
        before = len(self.chat.said)
        read = await _read(json.dumps(answer))
        assert read is not None
        assert isinstance(SyncResponse.from_dict(for_nio(read)), SyncResponse)
        hear = Hear(self.database, self.chat, CLERK, Door(FakeChat(), ["*"]), lambda: self.now, Signals(), lambda: 0.0)
        await hear.save(self.reader.news(read), "s0", self.now)
        with capture_logs() as logs:
            await settle(self.database, self.router, self.chat, self.now)
        assert not [line for line in logs if line["event"] in ("handler failed", "event passed over")], logs
        async with self.database.reading() as connection:
            account = await Memory(connection).rooms.account(CLERK)
        assert account is not None
        assert account.since == read["next_batch"]
        return self.chat.said[before:]

    def response(self, events: Sequence[Any], room: str = ROOM, **rooms: Any) -> dict[str, Any]:
        """A sync response with these events of one room."""
        self.number += 1
        joined = {room: {"timeline": {"events": list(events)}}}
        return {"next_batch": f"s{self.number}", "rooms": {"join": joined, **rooms}}

    async def state(self, event_id: str) -> str:
        """What became of an event, "" if it was never kept."""
        async with self.database.reading() as connection:
            known = await Memory(connection).inbox.known(event_id)
        return known[1] if known else ""


async def settle(database: Database, router: Router, chat: FakeChat, now: datetime) -> None:
    """Think and speak until nothing is left to do; a loop that goes round and round fails."""
    think, say = Think(database, router, lambda: now, Signals()), Say(database, chat, lambda: now, Signals())
    for _ in range(MOST_STEPS):
        while await think.events(now):
            pass
        async with database.reading() as connection:
            rooms = [room for room, due in await Memory(connection).outbox.rooms() if due <= now]
        for room in rooms:
            await say.room(room)
        if not rooms:
            return
    raise AssertionError("it never comes to rest")


def check(said: Sequence[Said], secret: str = "") -> None:
    """What must never be sent, whatever came."""
    assert len(said) <= MOST_SAID, f"{len(said)} messages because of one response"
    for one in said:
        assert len(json.dumps(one.content, ensure_ascii=False).encode()) < MOST_BYTES // (2 if one.edits else 1)
        shown = one.body + one.html
        assert "\0" not in shown
        assert "@room" not in shown, one
        assert not FORBIDDEN.findall(one.html), one
        assert set(one.content.get("m.mentions", {})) <= {"user_ids"}
        if "body" in one.content:
            assert set(one.mentions) <= {ANA, BEA, SAM}, one
        assert not secret or secret not in shown, one


@asynccontextmanager
async def whole(folder: Path) -> AsyncIterator[Whole]:
    """With every built-in plugin on, over the small register of the dialogue tests."""
    settings = Settings(
        matrix={"user": CLERK},
        community={"name": "Test councils", "stewards": [SAM], "rooms": {"maintainers": ROOM}},
        councils=[{"id": ORGANISATIONS[0].id, "people": [BEA]}],
        limits={"replies_per_minute": 0},
    )
    await lay_out(folder / "whole.db")
    database = await open_database(f"sqlite:///{folder / 'whole.db'}")
    try:
        router = router_for(settings, install(settings.plugins), CLERK)
        async with database.transaction() as connection:
            memory = Memory(connection)
            await memory.rooms.keep_account(Account(CLERK, "DEVICE", "token", "s0"))
            await memory.register.add_organisations(ORGANISATIONS)
            await memory.register.add_tools(TOOLS, MONDAY - timedelta(days=60))
            await router.start(memory, MONDAY)
        made = Whole(database, router)
        for room in (ROOM, OTHER):
            entering = {"type": "m.room.member", "state_key": CLERK, "sender": CLERK, "event_id": f"$join-{room}"}
            content = {"content": {"membership": "join"}, "origin_server_ts": 1}
            await made.feed(made.response([entering | content], room))
        yield made
    finally:
        await database.close()
