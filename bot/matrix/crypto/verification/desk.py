"""Where verifications are asked for: who may have one, what an operator says to it, how all of them go on."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog

from bot.matrix.crypto.identity import Identity
from bot.matrix.crypto.verification.courier import Courier
from bot.matrix.crypto.verification.dialogue import PATIENCE
from bot.matrix.crypto.verification.exchange import Exchange
from bot.matrix.crypto.verification.messages import METHOD, Cancelled, Kind, Message, Thread, from_device, from_room
from bot.matrix.settings import Policy
from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.verifications import Verification
from bot.turn.signals import woken

log = structlog.get_logger()

MOST = 20  # at once, and as many refusals on their way
MOST_EACH = 6  # that one person may begin while one lasts
POLL = 1.0  # seconds in which an operator's word is noticed
NOT_HERE = Cancelled("m.user", "this bot verifies nobody: its operator has turned it off")
OWN_ACCOUNT = Cancelled("m.user", "sessions of this bot are verified with its recovery key")
NO_METHOD = Cancelled("m.unknown_method", f"only {METHOD} is spoken here")
ANOTHER = Cancelled("m.user", "two verifications at once: both are cancelled, please begin one again")
TOO_MANY = Cancelled("m.user", "too many verifications at once: please try again later")
RESTARTED = Cancelled("m.user", "the bot was restarted: please begin again")


@dataclass
class Desk:
    """All verifications. `admits` judges who may ask from outside our rooms."""

    database: Database
    courier: Courier
    identity: Identity
    policy: Policy
    admits: Callable[[str], bool]
    clock: Callable[[], datetime]
    _exchanges: dict[Thread, Exchange] = field(default_factory=dict)
    _overheard: list[Message] = field(default_factory=list)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def overhear(self, room_id: str, raw: object) -> None:
        """An event of a room, readable: if it is of a verification, it is kept for the next `hear`."""
        message = from_room(room_id, raw, self.courier.crypto.user_id)
        if message:
            self._overheard.append(message)

    async def hear(self, to_device: Iterable[object], server_time: datetime | None) -> None:
        """What a sync brought; returns when what must survive a crash is saved. Repeated, it changes nothing."""
        messages = [message for raw in to_device if (message := from_device(raw))]
        messages += self._overheard
        self._overheard = []
        for message in messages:
            exchange = self._exchanges.get(message.thread)
            if exchange:
                exchange.receive(message)
            elif _begins(message) and _is_fresh(message, server_time or self.clock()):
                await self._admit(message, self.clock())
        self._heard.set()

    async def run(self) -> None:
        """Carry them on for ever."""
        await self._heard.wait()
        await self.part_from_former(self.clock())
        while True:
            self._heard.clear()
            await self.work(self.clock())
            await woken(self._heard, POLL if self._exchanges else None)

    async def part_from_former(self, now: datetime) -> None:
        """What was under way when the process ended can't go on: its secrets are gone. Nobody shall wait for it."""
        async with self.database.reading() as connection:
            former = await Memory(connection).verifications.running()
        for row in former:
            thread = Thread(row.user_id, row.transaction_id, row.room_id)
            if thread not in self._exchanges:
                self._exchanges[thread] = Exchange(row.id, thread, row.device_id, now, RESTARTED)

    async def work(self, now: datetime) -> None:
        """Do for each what can be done now."""
        decisions = await self._decisions()
        for thread, exchange in list(self._exchanges.items()):
            if exchange.id in decisions:
                exchange.decide(decisions[exchange.id])
            already = exchange.shown
            await exchange.advance(self.courier, self.identity, now)
            if exchange.shown and not already:
                await self._show(exchange)
                await exchange.advance(self.courier, self.identity, now)
            if exchange.over:
                await self._close(exchange)
                self._exchanges.pop(thread, None)

    async def _decisions(self) -> dict[str, bool]:
        if not any(exchange.shown for exchange in self._exchanges.values()):
            return {}
        async with self.database.reading() as connection:
            running = await Memory(connection).verifications.running()
        return {row.id: row.decision == "yes" for row in running if row.decision}

    async def _show(self, exchange: Exchange) -> None:
        """Let the operator compare, if it is the operator's to do."""
        assert exchange.shown
        if self.policy == "automatic":
            exchange.decide(True)
            return
        emoji, decimals = exchange.shown.emoji, " ".join(map(str, exchange.shown.decimals))
        async with self.database.transaction() as connection:
            await Memory(connection).verifications.show(exchange.id, emoji, decimals)
        log.warning(
            "somebody waits to be verified",
            id=exchange.id,
            user_id=exchange.thread.user_id,
            device_id=exchange.device_id,
            emoji=" | ".join(emoji),
            do="compare these with what they see, then run: townclerk verify",
        )

    async def _close(self, exchange: Exchange) -> None:
        ended = exchange.ended
        reason = f"{ended.code}: {ended.reason}" if ended else ""
        async with self.database.transaction() as connection:
            await Memory(connection).verifications.close(exchange.id, ended is None, reason)
        event = "verification cancelled" if ended else "verified"
        log.info(event, id=exchange.id, user_id=exchange.thread.user_id, device_id=exchange.device_id, reason=reason)

    # --- who may begin -------------------------------------------------------------------------------

    async def _admit(self, message: Message, now: datetime) -> None:
        thread, device_id = message.thread, message.text("from_device")
        if not _is_device(device_id) or not self._is_admitted(thread):
            return
        row = Verification(_id(thread), thread.user_id, device_id, thread.room_id, thread.transaction, now)
        async with self.database.transaction() as connection:
            verifications = Memory(connection).verifications
            begun = await verifications.begun(now - PATIENCE)
            if begun.get(thread.user_id, 0) >= MOST_EACH or not await verifications.begin(row):
                return
        log.info("verification asked for", id=row.id, user_id=row.user_id, device_id=device_id, room_id=row.room_id)
        exchange = Exchange(row.id, thread, device_id, now, self._against(message))
        exchange.receive(message)
        await self._make_room(begun, now)
        self._exchanges[thread] = exchange

    async def _make_room(self, begun: Mapping[str, int], now: datetime) -> None:
        """Of too many, the oldest of who began the most goes: a few accounts keep nobody else out. So do refusals that
        can't be delivered: they are dropped.
        """

        def greed(exchange: Exchange) -> tuple[int, timedelta]:
            return begun.get(exchange.thread.user_id, 0), now - exchange.began_at

        running = [exchange for exchange in self._exchanges.values() if not exchange.ended]
        if len(running) >= MOST:
            max(running, key=greed).refuse(TOO_MANY)
        refused = [exchange for exchange in self._exchanges.values() if exchange.ended]
        if len(refused) >= MOST:
            dropped = max(refused, key=greed)
            await self._close(dropped)
            self._exchanges.pop(dropped.thread, None)

    def _is_admitted(self, thread: Thread) -> bool:
        """Who is in a room with us, else whose invitations are accepted. Others get no answer at all."""
        return bool(thread.room_id) or self.admits(thread.user_id)

    def _against(self, message: Message) -> Cancelled | None:
        """Why this one is answered with a cancel. Of two by the same person neither goes on (spec)."""
        user_id = message.thread.user_id
        methods = message.texts("methods") if message.kind is Kind.REQUEST else (message.text("method"),)
        if user_id == self.courier.crypto.user_id:
            return OWN_ACCOUNT
        if self.policy == "off":
            return NOT_HERE
        if METHOD not in methods:
            return NO_METHOD
        others = [one for one in self._exchanges.values() if one.thread.user_id == user_id and not one.ended]
        for other in others:
            other.refuse(ANOTHER)
        return ANOTHER if others else None


def _begins(message: Message) -> bool:
    """A request, or, between devices only, a start without one: deprecated, and still to be answered (spec)."""
    return message.kind is Kind.REQUEST or (message.kind is Kind.START and not message.thread.room_id)


def _is_fresh(message: Message, now: datetime) -> bool:
    """Whether anybody can still wait for an answer; by the sender's own word, so that it decides nothing more."""
    return message.sent_at is None or abs(now - message.sent_at) < PATIENCE


def _is_device(device_id: str) -> bool:
    """Whether a message can be sent to it, and both engines keep it; never all of their devices."""
    return 0 < len(device_id) <= 255 and device_id.isprintable() and device_id != "*"


def _id(thread: Thread) -> str:
    """Short, for an operator to type; the same after a replay."""
    told: list[Any] = [thread.user_id, thread.room_id, thread.transaction]
    return sha256(repr(told).encode()).hexdigest()[:10]
