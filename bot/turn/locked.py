"""Locked: events that couldn't be decrypted have their key asked for, and their people are told if it doesn't come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.actions import Say
from bot.domain.community import Community
from bot.effects import Keeper
from bot.events import Due
from bot.store.database import Database
from bot.store.locked import LockedEvent
from bot.store.memory import Memory
from bot.turn.chat import Chat, Refused, TryLater
from bot.turn.signals import Signals, woken
from bot.words import phrase

log = structlog.get_logger()

EVERY = 20.0
PATIENCE = timedelta(minutes=2)  # a key may come after its message
OLD = timedelta(days=1)  # nobody waits for an answer any more


@dataclass
class Locked:
    """The loop that sees to what was heard live and couldn't be read; a room's history isn't locked, it's passed by."""

    database: Database
    chat: Chat
    keeper: Keeper
    community: Community
    clock: Callable[[], datetime]
    signals: Signals

    async def run(self) -> None:
        """Look when something locked has come, and every 20 seconds, for ever."""
        await self.signals.caught_up.wait()
        while True:
            await self.look(self.clock())
            await woken(self.signals.locked, EVERY)

    async def look(self, now: datetime) -> None:
        """Ask for the keys, and tell those who have waited; both once."""
        self.signals.locked.clear()
        locked = await self._since(now - OLD)
        try:
            for event in locked:
                if self.chat.may_ask_for_key(event.sender, event.session_id):
                    await self._ask(event)
        except (TryLater, Refused) as error:
            log.warning("asking for keys later", reason=error.reason)
        oldest: dict[str, LockedEvent] = {}
        for event in locked:
            oldest.setdefault(_name(event), event)
        for name, event in oldest.items():
            if event.received_at <= now - PATIENCE:
                await self._tell(name, event, now)

    async def _since(self, since: datetime) -> list[LockedEvent]:
        """What is locked, the oldest first."""
        async with self.database.reading() as connection:
            inbox = Memory(connection).inbox
            found = [event for room_id in await inbox.rooms_with_locked() for event in await inbox.locked(room_id)]
        return sorted((event for event in found if event.received_at >= since), key=lambda event: event.received_at)

    async def _ask(self, event: LockedEvent) -> None:
        async with self.database.reading() as connection:
            raw = await Memory(connection).inbox.encrypted(event.event_id)
        if raw:
            await self.chat.ask_for_key(event.room_id, raw)

    async def _tell(self, name: str, event: LockedEvent, now: datetime) -> None:
        """Once for each room and day."""
        async with self.database.transaction() as connection:
            memory = Memory(connection)
            room = await memory.rooms.get(event.room_id)
            if room is None or room.membership != "join" or not room.may_send:
                return
            if not await memory.inbox.claim(name, "bot.locked"):
                return
            say = Say(event.room_id, (phrase("bot.locked"),), reply_to=event.event_id, key=name)
            language = room.language or self.community.language
            await self.keeper.keep(
                memory, [say], Due("locked", "locked", "", now, False), "bot", "locked", now, language
            )
        log.warning("a message couldn't be read, its key didn't come", room_id=event.room_id, event_id=event.event_id)
        self.signals.say.set()


def _name(event: LockedEvent) -> str:
    return f"locked:{event.room_id}:{event.received_at.date().isoformat()}"
