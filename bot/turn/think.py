"""Think: events in order, then what fell due; each with its state, timers and words in one transaction."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.errors import NotLearnt
from bot.events import Edited, Heard, Moved
from bot.failpoints import reach
from bot.router import Router
from bot.store.database import Database
from bot.store.inbox import Waiting
from bot.store.memory import Memory
from bot.turn.behind import Early, behind
from bot.turn.patience import Patience
from bot.turn.signals import HELD, Signals, woken
from bot.turn.upgrades import replaced

log = structlog.get_logger()

AT_ONCE = 50  # a burst shares a transaction; a lone message has its own at once
LONGEST_SLEEP = 30.0
SHORTEST_SLEEP = 0.5  # while a timer is due but held back


@dataclass
class Think:
    """The loop that decides."""

    database: Database
    router: Router
    clock: Callable[[], datetime]
    signals: Signals
    patience: Patience = field(default_factory=Patience)

    async def run(self) -> None:
        """Think for ever. Timers wait until what was said while we were away has been heard: an answer
        that came in the meantime stops the call that fell due.
        """
        while True:
            self.signals.think.clear()
            events = await self.events(self.clock())
            timers = 0
            may_fire = self.signals.caught_up.is_set() and self.signals.connected and not self.signals.clock_doubted
            if not events and may_fire:
                timers = await self.timers(self.clock())
            if events or timers:
                self.signals.said.clear()
                self.signals.say.set()
                continue
            self.signals.thought.set()
            await self._sleep()

    async def events(self, now: datetime) -> int:
        """Think about the next events; how many there were."""
        async with self.database.reading() as connection:
            if not await Memory(connection).inbox.waiting(1, now - HELD):
                return 0
        async with self.database.transaction() as connection:
            reach("think.begun")
            memory = Memory(connection)
            waiting = await memory.inbox.waiting(AT_ONCE, now - HELD)
            held: set[str] = set()  # rooms in which something is to be seen before what was said later
            thought = 0
            for event in waiting:
                if event.room_id in held:
                    continue
                try:
                    await self._event(memory, event, now)
                except NotLearnt:
                    held.add(event.room_id)
                    continue
                thought += 1
                reach("think.thought")
                await asyncio.sleep(0)  # SQLite's statements don't wait: the other loops get their turn here
                if event.content["kind"] == "reacted" and await memory.outbox.is_fetching(event.room_id):
                    held.add(event.room_id)
        reach("think.committed")
        if not thought:  # all that is left waits for a language, and no timer may overtake it
            await woken(self.signals.think, LONGEST_SLEEP)
        return len(waiting)

    async def _event(self, memory: Memory, waiting: Waiting, now: datetime) -> None:
        if waiting.content["kind"] == "replaced":
            await replaced(memory, waiting, now)
            await memory.inbox.done(waiting.event_id)
            return
        event = await behind(memory, waiting)
        if isinstance(event, Early):
            await memory.inbox.hold(waiting.event_id, waiting.content, now)
            return
        if isinstance(event, Moved):
            await memory.rooms.carry(event.room_id, event.successor)
        if event is not None:
            await self.router.handle(memory, event, now)
        # An edit is nothing that can be edited: whoever changes their words again names the message itself.
        await memory.inbox.done(waiting.event_id, "ignored" if isinstance(event, Edited | None) else "done")
        if isinstance(event, Heard):
            await memory.inbox.release(event.event_id, event.room_id)

    async def timers(self, now: datetime) -> int:
        """Do what fell due, in order, each in its own transaction; how many there were."""
        async with self.database.reading() as connection:
            memory = Memory(connection)
            held = self.patience.left(await memory.gaps.holding(now - HELD), now)
            due = [] if held else await memory.timers.due(now, AT_ONCE)
        for timer in due:
            reach("timer.selected")
            async with self.database.transaction() as connection:
                memory = Memory(connection)
                # Asked again inside: an event thought about meanwhile may have moved or dropped it.
                if await memory.timers.due_at(timer.key) == timer.due_at:
                    await self.router.fire(memory, timer, now)
                reach("timer.fired")
            reach("timer.committed")
        return len(due)

    async def _sleep(self) -> None:
        async with self.database.reading() as connection:
            next_at = await Memory(connection).timers.next_at()
        seconds = LONGEST_SLEEP
        if next_at is not None and self.signals.caught_up.is_set():
            seconds = min(seconds, max(SHORTEST_SLEEP, (next_at - self.clock()).total_seconds()))
        await woken(self.signals.think, seconds)
