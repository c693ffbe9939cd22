"""Fill: holes in what was heard are paged back, through the same inbox."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.failpoints import reach
from bot.store.database import Database
from bot.store.inbox import Arrival, Gap
from bot.store.memory import Memory
from bot.turn.arrivals import arrival, note
from bot.turn.chat import Chat, Incoming, Refused, TryLater
from bot.turn.signals import Backoff, Signals

log = structlog.get_logger()

# How far back a hole is searched, by our own clock: what another server sent during a partition comes in *behind*
# events we know, so paging stops only at a page of nothing but old acquaintances (RELIABILITY.md, federated gaps).
HORIZON = timedelta(hours=72)


@dataclass
class Fill:
    """The loop that pages back into holes; a room with one waits for it, the others go on."""

    database: Database
    chat: Chat
    clock: Callable[[], datetime]
    signals: Signals

    async def run(self) -> None:
        """Fill whatever there is, at the start and whenever a hole is found."""
        backoff = Backoff("gap")
        while True:
            self.signals.fill.clear()  # before looking: a hole found while we look wakes us again
            async with self.database.reading() as connection:
                gaps = await Memory(connection).inbox.gaps()
            if not gaps:
                await self.signals.fill.wait()
                continue
            for gap in gaps:
                try:
                    await self.page(gap, self.clock())
                    backoff.reset()
                except TryLater as error:
                    await backoff.wait(error)
            self.signals.think.set()

    async def page(self, gap: Gap, now: datetime) -> None:
        """One page of one hole, in one transaction with where to go on."""
        try:
            page = await self.chat.page_back(gap.room_id, gap.token)
        except Refused as error:
            log.error("a gap can't be filled", room_id=gap.room_id, reason=error.reason)
            async with self.database.transaction() as connection:
                await Memory(connection).inbox.close_gap(gap)
            return
        reach("fill.received")
        async with self.database.transaction() as connection:
            memory = Memory(connection)
            received = await memory.inbox.received([e.event_id for e in page.events])
            for incoming in page.events:
                await note(memory, gap.room_id, incoming)
            wanted = page.events if page.entered is None else page.events[: page.entered + 1]
            arrivals = [arrival(gap.room_id, e, gap.lowest - 1 - n) for n, e in enumerate(wanted)]
            if not any(state == "history" for _, state in received.values()):
                await memory.inbox.add(gap.batch, arrivals, now)
            else:
                await memory.inbox.add(gap.batch, _above_floor(arrivals, received), now)
            moved = replace(gap, lowest=gap.lowest - len(wanted), token=page.end or gap.token)
            if page.end is None or page.entered is not None or _familiar(page.events, received, now):
                await memory.inbox.close_gap(gap)
            else:
                await memory.inbox.move_gap(moved)
        reach("fill.committed")


def _familiar(events: Sequence[Incoming], received: dict[str, tuple[datetime, str]], now: datetime) -> bool:
    """Whether paging may end here: the room's floor is reached, or all of it is long known."""
    if any(state == "history" for _, state in received.values()):
        return True
    return bool(events) and all(e.event_id in received and received[e.event_id][0] < now - HORIZON for e in events)


def _above_floor(arrivals: list[Arrival], received: dict[str, tuple[datetime, str]]) -> list[Arrival]:
    """What is newer than the newest event of the room's history; a page is newest first."""
    above = []
    for one in arrivals:
        if received.get(one.event_id, (None, ""))[1] == "history":
            break
        above.append(one)
    return above
