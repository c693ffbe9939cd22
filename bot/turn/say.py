"""Say: the outbox goes out, in order within a room, rooms side by side, each row once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.failpoints import reach
from bot.store.database import Database
from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.store.outbox import Ready
from bot.turn import sequel
from bot.turn.chat import Chat, Incoming, Refused, TryLater
from bot.turn.signals import Backoff, Signals

log = structlog.get_logger()

SIDE_BY_SIDE = 8
IDLE = 30.0
DONE_TO_OURS = ("edit", "redact", "pin", "unpin")


@dataclass
class Say:
    """The loop that speaks."""

    database: Database
    chat: Chat
    clock: Callable[[], datetime]
    signals: Signals
    _talking: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _not_before: dict[str, datetime] = field(default_factory=dict)
    _backoffs: dict[str, Backoff] = field(default_factory=dict)

    async def run(self) -> None:
        """Send for ever."""
        try:
            await self.signals.caught_up.wait()  # our own echoes mark what had left before we were killed
            while True:
                self.signals.say.clear()
                await self._wait(await self._start_rooms())
        finally:
            for task in self._talking.values():
                task.cancel()
            await asyncio.gather(*self._talking.values(), return_exceptions=True)

    async def _start_rooms(self) -> float:
        """Give every room with something to say a task of its own; how long until the next room's turn."""
        now = self.clock()
        async with self.database.reading() as connection:
            rooms = await Memory(connection).outbox.rooms()
        sleep = IDLE
        for room_id, due in rooms:
            if room_id in self._talking:
                continue
            at = max(due, self._not_before.get(room_id, due))
            if at > now:
                sleep = min(sleep, (at - now).total_seconds())
            elif len(self._talking) < SIDE_BY_SIDE:
                task = asyncio.create_task(self.room(room_id))
                self._talking[room_id] = task
                task.add_done_callback(partial(self._ended, room_id))
        return sleep

    def _ended(self, room_id: str, task: asyncio.Task[None]) -> None:
        del self._talking[room_id]
        self.signals.say.set()
        if not task.cancelled() and (error := task.exception()):
            self.signals.failure = error

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.signals.say.wait(), max(0.02, seconds))
        except TimeoutError:
            return
        finally:
            if self.signals.failure:
                raise self.signals.failure

    async def room(self, room_id: str) -> None:
        """Send this room's rows one after the other, until none is due."""
        backoff = self._backoffs.setdefault(room_id, Backoff("send"))
        while True:
            row = await self._next(room_id)
            if row is None:
                return
            reach("say.trying")
            try:
                await self._do(row)
            except TryLater as error:
                seconds = backoff.seconds(error)
                log.warning("sending later", room_id=_shown(room_id), reason=error.reason, seconds=round(seconds, 1))
                self._not_before[room_id] = self.clock() + timedelta(seconds=seconds)
                return
            except Refused as error:
                await self._refused(row, error.reason)
                continue
            backoff.reset()

    async def _do(self, row: Ready) -> None:
        """Do what the row says; that it is done is written together with what comes of it."""
        event_id, arrival, entered = None, None, ""
        match row.kind:
            case "fetch":
                arrival = sequel.fetched(row, await self._found(row))
            case "join":
                entered = await self.chat.join(row.room_id, row.content.get("via") or (), row.content.get("knock", ""))
            case _:
                event_id = await self.chat.send(row)
        reach("say.sent")
        async with self._with(arrival, str(row.content.get("after", ""))) as memory:
            if entered and row.room_id.startswith("#"):
                await memory.rooms.call(entered, row.room_id)
            await memory.outbox.sent(row.op_id, event_id)
        reach("say.marked")

    async def _found(self, row: Ready) -> Incoming | None:
        try:
            return await self.chat.fetch(row.room_id, row.target)
        except Refused as error:
            log.info("not to be seen", room_id=_shown(row.room_id), event_id=row.target, reason=error.reason)
            return None

    async def _refused(self, row: Ready, reason: str) -> None:
        log.error("not sent", room_id=_shown(row.room_id), kind=row.kind, reason=reason)
        async with self._with(sequel.unsent(row, reason)) as memory:
            await memory.outbox.dead(row.op_id, reason)

    @asynccontextmanager
    async def _with(self, arrival: Arrival | None, after: str = "") -> AsyncIterator[Memory]:
        """A transaction that also brings this news, which is thought about as soon as it is committed: right after the
        event it comes of, if one is named.
        """
        async with self.database.transaction() as connection:
            memory = Memory(connection)
            yield memory
            if arrival:
                await memory.inbox.add_after(after, arrival, self.clock())
        if arrival:
            self.signals.think.set()

    async def _next(self, room_id: str) -> Ready | None:
        """The room's next row, its words fixed from now on."""
        now = self.clock()
        async with self.database.transaction() as connection:
            outbox = Memory(connection).outbox
            while row := await outbox.first(room_id, now):
                if row.not_before > now:
                    return None
                if row.kind in DONE_TO_OURS and row.target_event is None:
                    await outbox.needless(row.op_id)  # it was never sent
                    continue
                await outbox.trying(row.op_id, now)
                return row
        return None


def _shown(room_id: str) -> str:
    """A room's id for the log; whom we write to directly is nobody's business."""
    return "a direct chat" if room_id.startswith("@") else room_id
