"""Locked: events that couldn't be decrypted have their key asked for, and their people are told if it doesn't come."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.actions import Say
from bot.domain.community import Community
from bot.effects import Keeper
from bot.events import Due
from bot.store.database import Database
from bot.store.inbox import Waiting
from bot.store.memory import Memory
from bot.turn.chat import Chat, Refused, TryLater
from bot.turn.signals import Signals
from bot.words import phrase

log = structlog.get_logger()

EVERY = 20.0
PATIENCE = timedelta(minutes=2)  # a key may come after its message
OLD = timedelta(days=1)  # nobody waits for an answer any more
MOST = 200


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
            try:
                async with asyncio.timeout(EVERY):
                    await self.signals.locked.wait()
            except TimeoutError:
                continue

    async def look(self, now: datetime) -> None:
        """Ask for the keys, and tell those who have waited; both once."""
        self.signals.locked.clear()
        locked = await self._since(now - OLD)
        try:
            for event in locked:
                await self.chat.ask_for_key(event.room_id, event.content)
        except (TryLater, Refused) as error:
            log.warning("asking for keys later", reason=error.reason)
        for event in locked:
            if event.received_at <= now - PATIENCE:
                await self._tell(event, now)

    async def _since(self, since: datetime) -> list[Waiting]:
        """What is locked, the oldest first: so many of each room, lest one of them hides the others'."""
        async with self.database.reading() as connection:
            inbox = Memory(connection).inbox
            found = [
                event for room_id in await inbox.rooms_with_locked() for event in await inbox.locked(room_id, MOST)
            ]
        return sorted((event for event in found if event.received_at >= since), key=lambda event: event.received_at)

    async def _tell(self, event: Waiting, now: datetime) -> None:
        """Once for each room and day."""
        name = f"locked:{event.room_id}:{event.received_at.date().isoformat()}"
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
