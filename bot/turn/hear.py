"""Hear: what the homeserver says is saved together with the sync token."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.failpoints import reach
from bot.store.database import Database
from bot.store.inbox import Arrival, Gap
from bot.store.memory import Memory
from bot.store.outbox import Post
from bot.store.rooms import Room
from bot.turn.arrivals import arrival, note
from bot.turn.chat import Chat, Incoming, News, RoomNews, TryLater
from bot.turn.door import Accepted, Door
from bot.turn.signals import Backoff, Signals
from bot.turn.steadiness import Steadiness
from bot.turn.upgrades import confirm

log = structlog.get_logger()

POLL_MS = 30_000
LOCKED_AT_ONCE = 200


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

    async def run(self) -> None:
        """Sync for ever."""
        backoff = Backoff("sync")
        timeout = 0  # the first answer comes at once: it says that we hear
        while True:
            async with self.database.reading() as connection:
                account = await Memory(connection).rooms.account(self.user_id)
            assert account is not None, "login comes before hearing"
            try:
                news = await self.chat.sync(account.since, timeout)
            except TryLater as error:
                self.signals.connected = False
                await backoff.wait(error)
                continue
            backoff.reset()
            reach("hear.received")
            await self.save(news, account.since, self.clock())
            if not self.signals.caught_up.is_set():
                self.signals.caught_up.set()
                log.info("ready", user_id=self.user_id)
            self._judge_clock(news)
            self.signals.connected = True
            self.signals.heard_at = self.clock()
            self.signals.think.set()
            self.signals.say.set()
            timeout = POLL_MS

    def _judge_clock(self, news: News) -> None:
        doubted = self._steadiness.doubts(self.clock(), self.counted(), news.at)
        if doubted and not self.signals.clock_doubted:
            log.error("clock jumped", consequence="timers wait until it agrees with the homeserver's, or a restart")
        self.signals.clock_doubted = doubted

    async def save(self, news: News, since: str | None, now: datetime) -> None:
        """One sync response and its token, in one transaction."""
        unlocked = await self._unlocked() if news.keys_arrived else []
        accepted = await self._accepted(news, now) if news.invitations else []
        if since == news.next_batch and not (news.rooms or accepted or news.knocking or unlocked):
            return
        async with self.database.transaction() as connection:
            reach("hear.begun")
            memory = Memory(connection)
            batch = await memory.inbox.new_batch() if news.rooms else 0
            for room in news.rooms:
                await self._room(memory, room, batch, first=since is None, now=now)
            for one in accepted:
                await _follow(memory, one, since or "first", now)
            for room_id in news.knocking:
                await memory.rooms.knock(room_id)
            for event_id, incoming in unlocked:
                await memory.inbox.unlock(event_id, incoming.content, incoming.state)
            await memory.rooms.move_since(self.user_id, news.next_batch)
            reach("hear.saved")
        reach("hear.committed")
        if any(room.limited for room in news.rooms):
            self.signals.fill.set()

    async def _accepted(self, news: News, now: datetime) -> list[Accepted]:
        async with self.database.reading() as connection:
            knocked = await Memory(connection).rooms.knocked()
        return await self.door.judge(news.invitations, knocked, now)

    async def _unlocked(self) -> list[tuple[str, Incoming]]:
        async with self.database.reading() as connection:
            locked = await Memory(connection).inbox.locked(LOCKED_AT_ONCE)
        tried = [(event.event_id, await self.chat.decrypt(event.room_id, event.content)) for event in locked]
        return [(event_id, incoming) for event_id, incoming in tried if incoming.state != "locked"]

    async def _room(self, memory: Memory, news: RoomNews, batch: int, first: bool, now: datetime) -> None:
        known = await memory.rooms.get(news.room_id) or Room(news.room_id, "leave")
        fresh = known.membership != "join"
        room = replace(
            known,
            membership="leave" if news.left else "join",
            members=known.members if news.members is None else news.members,
            named=known.named or news.named,
            may_pin=known.may_pin if news.may_pin is None else news.may_pin,
            may_send=known.may_send if news.may_send is None else news.may_send,
            shared=known.shared if news.shared is None else news.shared,
            predecessor=known.predecessor if news.predecessor is None else news.predecessor,
        )
        await memory.rooms.keep(room)
        if news.predecessor is not None and not news.left:
            await confirm(memory, room, batch, now)
        for incoming in news.events:
            await note(memory, news.room_id, incoming)
        if first:
            arrivals = [arrival(news.room_id, e, n, "history") for n, e in enumerate(news.events)]
        elif fresh:
            arrivals = _since_invitation(news, known)
        else:
            arrivals = [arrival(news.room_id, e, n) for n, e in enumerate(news.events)]
        if news.may_send and not known.may_send:
            event_id = f"allowed:{news.room_id}:{now.isoformat()}"
            arrivals.append(Arrival(event_id, news.room_id, "", "new", len(news.events), {"kind": "allowed"}))
        await memory.inbox.add(batch, arrivals, now)
        if news.limited and not first and not (fresh and news.entered is not None):
            await memory.inbox.open_gap(Gap(news.room_id, batch, 0, news.prev_batch), now)


async def _follow(memory: Memory, accepted: Accepted, since: str, now: datetime) -> None:
    invitation = accepted.invitation
    known = await memory.rooms.get(invitation.room_id)
    room = Room(
        invitation.room_id,
        "invite",
        direct=invitation.direct,
        inviter=invitation.inviter,
        language=known.language if known else "",  # set there before, or carried along from an upgraded room
    )
    await memory.rooms.keep(room)
    post = Post(f"join:{room.room_id}:{since}", room.room_id, "join", {})
    await memory.outbox.add(post, now, not_before=accepted.at)


def _is_for_us(incoming: Incoming, room: Room) -> bool:
    return incoming.sender == room.inviter or bool(incoming.content and incoming.content.get("addressed"))


def _since_invitation(news: RoomNews, room: Room) -> list[Arrival]:
    """A room just entered: what was said before is history, except what was said to us since the invitation, and
    all that the inviter wrote since (Element sends the first message of a direct chat with it). Our join is itself
    an event.
    """
    arrivals = []
    entered = news.entered if news.entered is not None else -1
    invited = news.invited if news.invited is not None else entered
    for place, incoming in enumerate(news.events):
        if place == entered and room.inviter:  # not into a room of our own making
            content = {"kind": "entered", "inviter": room.inviter, "direct": room.direct}
            arrivals.append(Arrival(incoming.event_id, news.room_id, incoming.sender, "new", place, content))
        elif place > entered or (place > invited and _is_for_us(incoming, room)):
            arrivals.append(arrival(news.room_id, incoming, place))
        else:
            arrivals.append(arrival(news.room_id, incoming, place, "history"))
    return arrivals
