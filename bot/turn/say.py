"""Say: the outbox goes out, each row once, in order within a room, as fast as the homeserver lets us."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.actions import Priority
from bot.failpoints import reach
from bot.store.database import Database
from bot.store.held_back import FEW, WHAT_TO_DO
from bot.store.memory import Memory
from bot.store.outbox import Ready
from bot.turn.chat import Chat
from bot.turn.doing import Outcome, do, shown, write_down
from bot.turn.pace import Pace
from bot.turn.patience import Patience
from bot.turn.signals import HELD, Signals, woken

log = structlog.get_logger()

IDLE = 30.0
SHORTEST = 0.02
TOGETHER = 0.05  # so long is waited for others that are under way, to write down together what came of them
STALE = timedelta(minutes=10)  # an emoji under a message: later than that, nobody looks for it
READING_BACK = timedelta(seconds=5)  # until it is looked again whether a room was searched


@dataclass
class Say:
    """The loop that speaks. What came of the rows that left is written down in the transaction that takes the next:
    in a burst many rooms share one.
    """

    database: Database
    chat: Chat
    clock: Callable[[], datetime]
    signals: Signals
    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=Patience)
    _underway: dict[asyncio.Task[Outcome], Ready] = field(default_factory=dict)
    _done: list[asyncio.Task[Outcome]] = field(default_factory=list)

    async def run(self) -> None:
        """Send for ever."""
        try:
            await self.signals.caught_up.wait()  # our own echoes mark what had left before we were killed
            while True:
                self.signals.say.clear()
                await woken(self.signals.say, max(SHORTEST, await self.turn()))
        finally:
            for task in self._underway:
                task.cancel()
            await asyncio.gather(*self._underway, return_exceptions=True)

    async def settle(self) -> None:
        """Send until nothing is left that may be sent now."""
        while await self.turn() <= 0 or self._underway:
            if self._underway:
                await asyncio.wait(self._underway, return_when=asyncio.FIRST_COMPLETED)

    async def turn(self) -> float:
        """Write down what came of the rows that left, and let the next ones go; how long until there may be more."""
        if self.signals.failure:
            raise self.signals.failure
        now = self.clock()
        done, self._done = self._done, []
        outcomes = [task.result() for task in done]
        for outcome in outcomes:
            self._judge(outcome, now)
        async with self.database.transaction() as connection:
            memory = Memory(connection)
            await write_down(memory, outcomes, now)
            await _count(memory, outcomes, now)
            if self.pace.strict:
                await memory.outbox.drop_late_reactions(now - STALE)
            underway = [row for task, row in self._underway.items() if task not in done]
            searched = self.patience.left(await memory.gaps.holding(now - HELD), now)
            doubted = await memory.gaps.read_back(now)
            heads = [
                h for h in await memory.outbox.heads(now) if h.lane not in doubted and not _waits(h.lane, searched)
            ]
            places, again = self.pace.choose(heads, underway, now)
            rows = await memory.outbox.take(places, now)
        for task in done:
            del self._underway[task]
            reach("say.marked")
        if any(outcome.arrival for outcome in outcomes):
            self.signals.think.set()
        if doubted:
            self.signals.fill.set()
            again = min(again, now + READING_BACK)
        self._let_go(rows)
        needless = len(places) - len(rows)  # what is behind those has its turn at once
        return 0.0 if needless else min(IDLE, (again - now).total_seconds())

    def _let_go(self, rows: Sequence[Ready]) -> None:
        for row in rows:
            reach("say.trying")
            task = asyncio.create_task(do(self.chat, row))
            self._underway[task] = row
            task.add_done_callback(self._ended)
        if all(row.priority == Priority.FREE for row in self._underway.values()):
            self.signals.said.set()

    def _judge(self, outcome: Outcome, now: datetime) -> None:
        row, error = outcome.row, outcome.later
        if error is None:
            self.pace.went(row)
            return
        seconds = round(self.pace.later(row, error, now), 1)
        if error.account and not error.limited:
            log.error("the homeserver blocks the account", reason=error.reason, again_in=seconds)
        else:
            log.warning("sending later", room_id=shown(row.room_id), reason=error.reason, seconds=seconds)

    def _ended(self, task: asyncio.Task[Outcome]) -> None:
        if task.cancelled():
            return
        if error := task.exception():
            self.signals.failure = error
        else:
            self._done.append(task)
        if len(self._done) < len(self._underway) and not self.signals.failure:
            asyncio.get_running_loop().call_later(TOGETHER, self.signals.say.set)
        else:
            self.signals.say.set()


def _waits(room_id: str, searched: set[str]) -> bool:
    """Whether our words wait until what was said there already is known. What goes to an alias or a person may be for
    any room; what is only fetched waits for nothing.
    """
    return room_id in searched or (bool(searched) and room_id.startswith(("#", "@")))


async def _count(memory: Memory, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Said to the operator once a day."""
    times = sum(o.later is not None and o.later.account and o.later.limited for o in outcomes)
    if not times:
        return
    today = await memory.held_back.count(now, times)
    if today - times <= FEW < today:
        log.warning("the homeserver limits what the account may send", times_today=today, what_to_do=WHAT_TO_DO)
