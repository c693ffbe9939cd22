"""Hear: what the homeserver says is saved together with the sync token."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.failpoints import reach
from bot.store.database import Database
from bot.store.locked import LockedEvent
from bot.store.memory import Memory
from bot.store.rooms import Account
from bot.turn import room
from bot.turn.chat import Chat, CursorLost, Incoming, News, Refused, TryLater
from bot.turn.door import Accepted, Door
from bot.turn.signals import Backoff, Signals
from bot.turn.steadiness import Steadiness

log = structlog.get_logger()

POLL_MS = 30_000
ANSWERING = 0.5  # seconds that the answers to what was heard have before more is asked for
SEARCHING = "every room is searched for what we missed"


@dataclass
class Hear:
    """The loop that listens."""

    database: Database
    chat: Chat
    user_id: str
    door: Door
    clock: Callable[[], datetime]
    signals: Signals
    counted: Callable[[], float]

    def __post_init__(self) -> None:
        self._steadiness = Steadiness(self.clock(), self.counted())
        self._doubted = True  # whether it is the homeserver we knew: it may have been restored while we didn't hear it

    async def run(self) -> None:
        """Sync for ever."""
        backoff = Backoff("sync")
        timeout = 0  # the first answer comes at once: it says that we hear
        lost = False  # our place in the stream
        while True:
            async with self.database.reading() as connection:
                account = await Memory(connection).rooms.account(self.user_id)
            assert account is not None, "login comes before hearing"
            since = None if lost else account.since
            try:
                news = await self.chat.sync(since, timeout)
                await self._judge_homeserver(account)
            except TryLater as error:
                self.signals.connected = False
                self._doubted = True
                await backoff.wait(error)
                continue
            except CursorLost:
                log.error("the homeserver doesn't know our place", consequence=SEARCHING)
                lost = True
                continue
            lost = False
            backoff.reset()
            reach("hear.received")
            await self.save(news, since, self.clock())
            if not self.signals.caught_up.is_set():
                self.signals.caught_up.set()
                log.info("ready", user_id=self.user_id)
            self._judge_clock(news)
            self.signals.connected = True
            self.signals.heard_at = self.clock()
            self.signals.thought.clear()
            self.signals.think.set()
            self.signals.say.set()
            if news.rooms:
                await self._answering()
            timeout = POLL_MS

    async def _answering(self) -> None:
        """The homeserver has one pair of hands: while it takes our answers, a sync would only keep it from them, and
        what comes meanwhile comes together in the next one.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWERING):
                await self.signals.thought.wait()
                await self.signals.said.wait()

    async def _judge_homeserver(self, account: Account) -> None:
        """A homeserver that was restored from a backup answers a token of its future as if it were a good one, and
        never gives what was said between the backup and that token (element-hq/synapse#17215). It doesn't know the
        newest event we know, either.
        """
        if not self._doubted or not account.newest_event:
            return
        try:
            await self.chat.fetch(account.newest_room, account.newest_event)
        except Refused as error:
            if error.reason.startswith("404"):
                log.error("the homeserver was set back", consequence=SEARCHING)
                async with self.database.transaction() as connection:
                    await Memory(connection).gaps.search_all(self.clock())
                self.signals.fill.set()
        self._doubted = False

    def _judge_clock(self, news: News) -> None:
        doubted = self._steadiness.doubts(self.clock(), self.counted(), news.at)
        if doubted and not self.signals.clock_doubted:
            log.error("clock jumped", consequence="timers wait until it agrees with the homeserver's, or a restart")
        self.signals.clock_doubted = doubted

    async def save(self, news: News, since: str | None, now: datetime) -> None:
        """One sync response and its token, in one transaction."""
        unlocked = await self._unlocked(news.unlockable)
        accepted = await self._accepted(news, now) if news.invitations else []
        if since == news.next_batch and not (news.rooms or accepted or news.knocking or unlocked):
            return
        async with self.database.transaction() as connection:
            reach("hear.begun")
            memory = Memory(connection)
            batch = await memory.inbox.new_batch() if news.rooms else 0
            for one in news.rooms:
                await room.save(memory, one, batch, first=since is None, now=now)
            for invited in accepted:
                await room.follow(memory, invited, since or "first", now)
            for room_id in news.knocking:
                await memory.rooms.knock(room_id)
            for event_id, incoming in unlocked:
                await memory.inbox.unlock(event_id, incoming.content, incoming.state, incoming.ratchet)
                await memory.outbox.unlocked(event_id)
            await memory.rooms.move_since(self.user_id, news.next_batch)
            for one in [one for one in news.rooms if one.events and not one.left][-1:]:
                await memory.rooms.move_newest(self.user_id, one.room_id, one.events[-1].event_id)
            reach("hear.saved")
        reach("hear.committed")
        self._tell(news, first=since is None)

    def _tell(self, news: News, *, first: bool) -> None:
        if any(incoming.state == "locked" for one in news.rooms for incoming in one.events):
            self.signals.locked.set()
        if first or any(one.limited for one in news.rooms):
            self.signals.fill.set()

    async def _accepted(self, news: News, now: datetime) -> list[Accepted]:
        async with self.database.reading() as connection:
            knocked = await Memory(connection).rooms.knocked()
        return await self.door.judge(news.invitations, knocked, now)

    async def _unlocked(self, keys: Collection[tuple[str, str]]) -> list[tuple[str, Incoming]]:
        """What the keys that came have opened; looked at one by one, since what was encrypted may be large."""
        tried = [(one.event_id, await self._again(one)) for one in await self._openable(keys)]
        return [(event_id, incoming) for event_id, incoming in tried if incoming and incoming.state != "locked"]

    async def _openable(self, keys: Collection[tuple[str, str]]) -> list[LockedEvent]:
        if not keys:
            return []
        rooms = {room_id for room_id, _ in keys}
        async with self.database.reading() as connection:
            inbox = Memory(connection).inbox
            locked = [one for room_id in await inbox.rooms_with_locked() if room_id in rooms
                      for one in await inbox.locked(room_id)]  # fmt: skip
        return [one for one in locked if not one.session_id or (one.room_id, one.session_id) in keys]

    async def _again(self, one: LockedEvent) -> Incoming | None:
        async with self.database.reading() as connection:
            raw = await Memory(connection).inbox.encrypted(one.event_id)
        return await self.chat.decrypt(one.room_id, raw) if raw else None
