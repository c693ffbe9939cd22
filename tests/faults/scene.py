"""One fault's stage: rooms, people who ask, and a bot behind a proxy, that may be killed and is started again."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot import clock
from bot.failpoints import KILLED, VARIABLE
from bot.store.database import Database, open_for_reading
from bot.store.memory import Memory
from tests.account import call
from tests.faults.proxy import Proxy
from tests.faults.secret_room import Person
from tests.faults.world import World
from tests.homeserver import Account, Homeserver, said_by
from tests.running import RunningBot

PATIENCE = 180.0  # seconds, on a machine that does several such things at once
SOON = timedelta(seconds=30)
UNKNOWN = "called tool-"


@dataclass(frozen=True)
class Question:
    """Something that must be answered once; `helping` is answered by a card."""

    event_id: str
    room_id: str
    helping: bool = False
    secret: bool = False


@dataclass
class Scene:
    """`ana` asks, `rhea` reads, `clerk` is the bot. `unanswerable` are causes that must not have an answer."""

    world: World
    folder: Path
    homeserver: Homeserver
    proxy: Proxy
    ana: Account
    bea: Account
    rhea: Account
    clerk: Account
    bot: RunningBot
    rooms: list[str] = field(default_factory=list)
    stewards: str = ""
    secret: str = ""
    person: Person | None = None
    asked: list[Question] = field(default_factory=list)
    unanswerable: set[str] = field(default_factory=set)
    kills: int = 0
    began: int = 0  # where in its log the bot's newest start begins
    forgotten: bool = False  # the homeserver has lost something of what the bot keeps as sent
    put_back: bool = False  # the bot's memory of some of what it said was lost
    dead_rows: int = 0  # what the homeserver may refuse for good in this story
    by_priority: bool = False  # the homeserver limits the account: answers go before cards
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)  # what is to be there until the bot has ended
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    # --- the bot ---------------------------------------------------------------------------------------

    async def start(self, failpoint: str = "", *, ready: bool = True) -> None:
        """Start it; with a failpoint it may die before it is ready."""
        self.began = self.bot.log.stat().st_size if self.bot.log.exists() else 0
        await self.bot.start(ready=False, **({VARIABLE: failpoint} if failpoint else {}))
        if ready and not failpoint:
            await self.bot.logged("ready", self.began, PATIENCE)

    async def ready_or_dead(self) -> None:
        """Wait for the one or the other."""
        async with asyncio.timeout(PATIENCE):
            while self.bot.running and b'"ready"' not in self.bot.log.read_bytes()[self.began :]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """SIGKILL."""
        await self.bot.kill()
        self.kills += 1

    async def died(self, seconds: float = PATIENCE) -> None:
        """Wait until it has died at its failpoint."""
        code = await self.bot.ended(seconds)
        assert code == KILLED, f"ended with {code}, not killed: {self.last_words}"
        self.kills += 1

    async def gave_up(self, *words: str, seconds: float = PATIENCE) -> None:
        """Wait until it has ended with one line that has these words."""
        code = await self.bot.ended(seconds)
        line = self.last_words
        assert code == 1, f"ended with {code}: {line}"
        assert line.startswith("townclerk: ")
        for word in words:
            assert word in line, f"{word!r} is not in {line!r}"

    async def log_out(self, token: str) -> None:
        """End the session of this token, as its owner may anywhere."""
        await call(self.homeserver.url, token, "POST", "/_matrix/client/v3/logout", {})

    @property
    def last_words(self) -> str:
        """The last line of its log."""
        return self.bot.log.read_text(encoding="utf-8").splitlines()[-1]

    # --- the rooms -------------------------------------------------------------------------------------

    async def enter(self, count: int = 2, *, secret: bool = False) -> None:
        """Make rooms; the bot, which is running, comes and greets."""
        invited = [self.clerk, self.bea, self.rhea]
        made = [await self.ana.create_room(f"Planning {n}", invite=invited) for n in range(count)]
        for room in made:
            await self.bea.join(room)
            await self.rhea.join(room)
            await self.ana.wait_for(room, said_by(self.clerk.user_id, "town clerk"), PATIENCE)
        self.rooms += made
        if secret:
            eve = await self.homeserver.account("eve")
            self.person = await Person.log_in(self.homeserver, eve.user_id, self.folder)
            self.secret = await eve.create_room("Secret", invite=[self.clerk], encrypted=True)
            await self.person.reads(self.secret, "town clerk", PATIENCE)

    async def begin(self, asked: int = 2) -> None:
        """Running, with two rooms, and something asked."""
        await self.start()
        await self.enter()
        await self.ask(asked)

    async def ask(self, count: int = 1, room: str = "") -> list[Question]:
        """So many questions, one after the other, room by room in turn."""
        new = []
        for _ in range(count):
            number = next(self._numbers)
            where = room or self.rooms[number % len(self.rooms)]
            event_id = await self.ana.send(where, f"who uses tool-{number}?", mentions=[self.clerk])
            new.append(Question(event_id, where))
        self.asked += new
        return new

    async def ask_until_it_ends(self, most: int = 150) -> None:
        """One question after the other, for as long as somebody is there to hear them."""
        for _ in range(most):
            if not self.bot.running:
                return
            await self.ask()
            await asyncio.sleep(0.05)

    async def ask_secretly(self, count: int = 1) -> None:
        """In the encrypted room."""
        assert self.person, "there is no encrypted room"
        for _ in range(count):
            event_id = await self.person.say(self.secret, f"!clerk who uses tool-{next(self._numbers)}?")
            self.asked.append(Question(event_id, self.secret, secret=True))

    async def ask_for_help(self, room: str = "") -> Question:
        """A help request: a card, and a timer that calls the stewards."""
        where = room or self.rooms[0]
        event_id = await self.ana.send(where, "help with PlanX: it is down", mentions=[self.clerk])
        self.asked.append(Question(event_id, where, helping=True))
        return self.asked[-1]

    # --- rest ------------------------------------------------------------------------------------------

    async def settled(self, seconds: float = PATIENCE) -> None:
        """Wait for the drained state: all that was asked is thought about, nothing is left to send, no timer is due.
        What never gets there is lost: the oracle says so.
        """
        try:
            async with asyncio.timeout(seconds):
                await self.rest_or_end()
                assert self.bot.running, f"the bot ended: {self.last_words}"
                await self.proxy.quiet()
        except TimeoutError:
            return

    async def rest_or_end(self) -> None:
        """Wait until nothing is left to do, or nobody to do it."""
        waited = {question.event_id for question in self.asked}
        while self.bot.running and await self._left(waited):  # noqa: ASYNC110 - another process rings no bell
            await asyncio.sleep(0.2)

    async def _left(self, waited: set[str]) -> bool:
        async with self.reading() as memory:
            known = await memory.inbox.received(sorted(waited))
            waited -= {event_id for event_id, (_, state) in known.items() if state not in ("new", "locked")}
            if waited or (await memory.outbox.counts())["waiting"] or await memory.inbox.waiting(1):
                return True
            next_at = await memory.timers.next_at()
            return bool(await memory.gaps.due(clock.now())) or (next_at is not None and next_at < clock.now() + SOON)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Memory]:
        """The bot's memory, as it is now."""
        database: Database = await open_for_reading(self.bot.sections["database"]["url"])
        try:
            async with database.reading() as connection:
                yield Memory(connection)
        finally:
            await database.close()
