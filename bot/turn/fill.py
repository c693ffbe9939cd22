"""Fill: holes in what was heard are paged back, and every room is looked through again, through the same inbox."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.failpoints import reach
from bot.store.database import Database
from bot.store.gaps import Gap
from bot.store.memory import Memory
from bot.turn.arrivals import above_floor, arrival, is_floor, note
from bot.turn.chat import Chat, Incoming, Page, Refused, TryLater
from bot.turn.signals import Backoff, Signals

log = structlog.get_logger()

# How far back a hole is searched, by our own clock: what another server sent during a partition comes in *behind*
# events we know, so paging stops only at a page of nothing but old acquaintances (RELIABILITY.md, federated gaps).
HORIZON = timedelta(hours=72)
AGAIN = timedelta(minutes=10)  # our homeserver may still be fetching what others sent when a hole is first searched
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MOST_PAGES = 1000  # of one search
SIDE_BY_SIDE = 4


@dataclass
class Fill:
    """The loop that pages back. A hole is searched at once, with its room waiting, and once more `again` later; every
    room once a day. Such later searches hold nothing back: what they find has its turn when it is found.
    """

    database: Database
    chat: Chat
    clock: Callable[[], datetime]
    signals: Signals
    again: timedelta = AGAIN
    _searching: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _not_before: dict[str, datetime] = field(default_factory=dict)
    _backoffs: dict[str, Backoff] = field(default_factory=dict)
    _pages: Counter[Gap] = field(default_factory=Counter)

    async def run(self) -> None:
        """Search whatever there is to search, for ever."""
        routine = self.clock() + MINUTE
        try:
            while True:
                self.signals.fill.clear()  # before looking: a hole found while we look wakes us again
                now = self.clock()
                if now >= routine:
                    routine = now + await self.look_around(now)
                next_at = min(routine, await self._start_rooms(now))
                await self._wait((next_at - self.clock()).total_seconds())
        finally:
            for task in self._searching.values():
                task.cancel()
            await asyncio.gather(*self._searching.values(), return_exceptions=True)

    async def look_around(self, now: datetime) -> timedelta:
        """Begin the daily search of the room that needs it most; how long until the next room's, so that they are
        spread over the day.
        """
        async with self.database.transaction() as connection:
            memory = Memory(connection)
            if room_id := await memory.gaps.stalest(now - DAY):
                await memory.gaps.search(room_id, now)
            return min(MINUTE, DAY / max(1, len(await memory.rooms.joined())))

    async def _start_rooms(self, now: datetime) -> datetime:
        """Give rooms with something due a task each; when to look again."""
        async with self.database.reading() as connection:
            gaps = Memory(connection).gaps
            due = await gaps.due(now)
            next_at = await gaps.next_at()
        times = [next_at] if next_at and next_at > now else []
        for gap in due:
            if gap.room_id in self._searching:
                continue
            at = self._not_before.get(gap.room_id, now)
            if at > now:
                times.append(at)
            elif len(self._searching) < SIDE_BY_SIDE:
                task = asyncio.create_task(self._room(gap))
                self._searching[gap.room_id] = task
                task.add_done_callback(partial(self._ended, gap.room_id))
        return min(times, default=now + DAY)

    def _ended(self, room_id: str, task: asyncio.Task[None]) -> None:
        del self._searching[room_id]
        if not task.cancelled() and (error := task.exception()):
            self.signals.failure = error
        for signal in (self.signals.fill, self.signals.think, self.signals.say):
            signal.set()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(0.02, seconds)):
                await self.signals.fill.wait()
        except TimeoutError:
            return
        finally:
            if self.signals.failure:
                raise self.signals.failure

    async def _room(self, gap: Gap) -> None:
        """Search until the gap is closed, or the homeserver doesn't let us: then this room waits, others don't."""
        backoff = self._backoffs.setdefault(gap.room_id, Backoff("gap"))
        further: Gap | None = gap
        try:
            while further:
                further = await self.page(further, self.clock())
                backoff.reset()
        except TryLater as error:
            seconds = backoff.seconds(error)
            log.warning("searching later", room_id=gap.room_id, reason=error.reason, seconds=round(seconds, 1))
            self._not_before[gap.room_id] = self.clock() + timedelta(seconds=seconds)

    async def page(self, gap: Gap, now: datetime) -> Gap | None:
        """One page of one search, in one transaction with where to go on; None when it is finished."""
        try:
            page = await self.chat.page_back(gap.room_id, gap.token)
        except Refused as error:  # we were removed, or the room is forgotten: there is nothing to be seen any more
            log.warning("a room's past can't be searched", room_id=gap.room_id, reason=error.reason)
            page = Page([], None)
        reach("fill.received")
        async with self.database.transaction() as connection:
            memory = Memory(connection)
            received = await memory.inbox.received([e.event_id for e in page.events])
            for incoming in page.events:
                if incoming.event_id not in received:
                    await note(memory, gap.room_id, incoming, now)
            wanted = page.events if page.entered is None else page.events[: page.entered + 1]
            arrivals = [arrival(gap.room_id, e, gap.lowest - 1 - n) for n, e in enumerate(wanted)]
            await memory.inbox.add(gap.batch, above_floor(arrivals, received), now)
            further = self._further(gap, page, len(wanted), received, now)
            if further:
                await memory.gaps.move(further)
            else:
                await self._close(memory, gap, now)
        reach("fill.committed")
        return further

    def _further(
        self, gap: Gap, page: Page, count: int, received: dict[str, tuple[datetime, str]], now: datetime
    ) -> Gap | None:
        pages = self._pages.pop(gap, 0) + 1
        # An empty page ends nothing as long as there is another behind it (CVE-2026-45076), but in no circle.
        if page.end in (None, gap.token) or page.entered is not None or _familiar(page.events, received, now):
            return None
        if pages >= MOST_PAGES:
            log.error("a room's past is too long to search", room_id=gap.room_id, pages=pages)
            return None
        further = replace(gap, lowest=gap.lowest - count, token=page.end or "")
        self._pages[further] = pages
        return further

    async def _close(self, memory: Memory, gap: Gap, now: datetime) -> None:
        await memory.gaps.close(gap, now)
        room = await memory.rooms.get(gap.room_id)
        if gap.holds and room and room.membership == "join":
            await memory.gaps.search(gap.room_id, now, self.again)


def _familiar(events: Sequence[Incoming], received: dict[str, tuple[datetime, str]], now: datetime) -> bool:
    """Whether paging may end here: the room's floor is reached, or all of it is long known."""
    if any(is_floor(e.event_id, received) for e in events):
        return True
    return bool(events) and all(e.event_id in received and received[e.event_id][0] < now - HORIZON for e in events)
