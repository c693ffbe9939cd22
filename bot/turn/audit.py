"""Audit: what should have been done and wasn't is found within minutes, and said to people."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.actions import Priority, Say
from bot.domain.community import Community
from bot.effects import Keeper
from bot.events import Due
from bot.store.database import Database
from bot.store.held_back import FEW
from bot.store.memory import Memory
from bot.store.timers import OVERDUE, Timer
from bot.turn.signals import SILENCE, Signals
from bot.words import Moment, phrase

log = structlog.get_logger()

EVERY = 60.0
SLOW = timedelta(minutes=1)  # that a person waits for an answer already thought of


@dataclass
class Audit:
    """The loop that looks over the others' shoulders. `beat` tells a watcher outside that all is well: when it stays
    away, the watcher knows what nobody here could say.
    """

    database: Database
    keeper: Keeper
    community: Community
    clock: Callable[[], datetime]
    signals: Signals
    beat: Callable[[], Awaitable[None]]
    _hearing_since: datetime | None = field(default=None, init=False)

    async def run(self) -> None:
        """Look every minute, for ever."""
        while True:
            await asyncio.sleep(EVERY)
            if await self.look(self.clock()):
                await self.beat()

    async def look(self, now: datetime) -> bool:
        """Whether all is done that should be, and the homeserver is heard; what is overdue is said once."""
        heard = self.signals.heard_at is not None and abs(now - self.signals.heard_at) < SILENCE
        if not (heard and self.signals.caught_up.is_set()):
            self._hearing_since = None
            return False
        self._hearing_since = min(self._hearing_since or now, now)
        async with self.database.reading() as connection:
            memory = Memory(connection)
            overdue = await memory.timers.overdue(now)
            reply = await memory.outbox.oldest_reply()
            held_back = await memory.held_back.lately(now)
        if reply and now - reply >= SLOW and held_back > FEW:
            # Once a week: with the week in its key it is said once.
            year, week, _ = now.isocalendar()
            words = phrase("bot.held_back", count=held_back)
            await self._say(Say("", (words,), key=f"held_back:{year}-{week}", priority=Priority.NEWS), now)
        if overdue and now - self._hearing_since >= OVERDUE:  # after a downtime there was the time to catch up
            await self._report(overdue, now)
        return not overdue and not self.signals.clock_doubted

    async def _report(self, overdue: list[Timer], now: datetime) -> None:
        oldest = overdue[0]
        log.error(
            "timers overdue", count=len(overdue), kind=oldest.kind, subject=oldest.subject,
            since=oldest.due_at.isoformat(), attempts=oldest.attempts,
        )  # fmt: skip
        at = Moment(oldest.due_at, self.community.time_zone.key)
        words = phrase("bot.overdue", count=len(overdue), at=at)
        # Named after the oldest: as long as that one isn't done, it is said once.
        await self._say(Say("", (words,), key=f"overdue:{oldest.key}:{oldest.due_at.isoformat()}"), now)

    async def _say(self, say: Say, now: datetime) -> None:
        """In the stewards' room, if there is one."""
        room = self.community.stewards_room
        if not room:
            return
        cause = Due("audit", "audit", "", now, False)
        async with self.database.transaction() as connection:
            said = [replace(say, room_id=room)]
            await self.keeper.keep(Memory(connection), said, cause, "bot", "audit", now, self.community.language)
        self.signals.say.set()
