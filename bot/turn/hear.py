"""Hear: what the homeserver says is saved together with the sync token."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.failpoints import reach
from bot.store.database import Database
from bot.store.gaps import Gap
from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.store.outbox import Post
from bot.store.rooms import Account, Room
from bot.turn.arrivals import above_floor, arrival, is_floor, note
from bot.turn.chat import Chat, CursorLost, Incoming, Invitation, News, Refused, RoomNews, TryLater
from bot.turn.signals import Backoff, Signals
from bot.turn.steadiness import Steadiness

log = structlog.get_logger()

POLL_MS = 30_000
LOCKED_AT_ONCE = 200
SEARCHING = "every room is searched for what we missed"


@dataclass
class Hear:
    """The loop that listens. `allows` judges an invitation: None to accept it, else the reason for refusing."""

    database: Database
    chat: Chat
    user_id: str
    allows: Callable[[str], str | None]
    clock: Callable[[], datetime]
    signals: Signals
    counted: Callable[[], float]

    def __post_init__(self) -> None:
        self._steadiness = Steadiness(self.clock(), self.counted())
        self._doubted = True  # whether it is the homeserver we knew: it may have been restored while we didn't hear it

    async def run(self) -> None:
        """Sync for ever."""
        backoff = Backoff("sync")
        timeout = 0  # the first answer comes at once: it says that we hear
        lost = False  # our place in the stream
        while True:
            async with self.database.reading() as connection:
                account = await Memory(connection).rooms.account(self.user_id)
            assert account is not None, "login comes before hearing"
            since = None if lost else account.since
            try:
                news = await self.chat.sync(since, timeout)
                await self._judge_homeserver(account)
            except TryLater as error:
                self.signals.connected = False
                self._doubted = True
                await backoff.wait(error)
                continue
            except CursorLost:
                log.error("the homeserver doesn't know our place", consequence=SEARCHING)
                lost = True
                continue
            lost = False
            backoff.reset()
            reach("hear.received")
            await self.save(news, since, self.clock())
            if not self.signals.caught_up.is_set():
                self.signals.caught_up.set()
                log.info("ready", user_id=self.user_id)
            self._judge_clock(news)
            self.signals.connected = True
            self.signals.heard_at = self.clock()
            self.signals.think.set()
            self.signals.say.set()
            timeout = POLL_MS

    async def _judge_homeserver(self, account: Account) -> None:
        """A homeserver that was restored from a backup answers a token of its future as if it were a good one, and
        never gives what was said between the backup and that token (element-hq/synapse#17215). It doesn't know the
        newest event we know, either.
        """
        if not self._doubted or not account.newest_event:
            return
        try:
            await self.chat.fetch(account.newest_room, account.newest_event)
        except Refused as error:
            if error.reason.startswith("404"):
                log.error("the homeserver was set back", consequence=SEARCHING)
                async with self.database.transaction() as connection:
                    await Memory(connection).gaps.search_all(self.clock())
                self.signals.fill.set()
        self._doubted = False

    def _judge_clock(self, news: News) -> None:
        doubted = self._steadiness.doubts(self.clock(), self.counted(), news.at)
        if doubted and not self.signals.clock_doubted:
            log.error("clock jumped", consequence="timers wait until it agrees with the homeserver's, or a restart")
        self.signals.clock_doubted = doubted

    async def save(self, news: News, since: str | None, now: datetime) -> None:
        """One sync response and its token, in one transaction."""
        unlocked = await self._unlocked() if news.keys_arrived else []
        if since == news.next_batch and not (news.rooms or news.invitations or unlocked):
            return
        async with self.database.transaction() as connection:
            reach("hear.begun")
            memory = Memory(connection)
            batch = await memory.inbox.new_batch() if news.rooms else 0
            for room in news.rooms:
                await self._room(memory, room, batch, first=since is None, now=now)
            for invitation in news.invitations:
                await self._invitation(memory, invitation, since or "first", now)
            for event_id, incoming in unlocked:
                await memory.inbox.unlock(event_id, incoming.content, incoming.state)
            await memory.rooms.move_since(self.user_id, news.next_batch)
            for room in [room for room in news.rooms if room.events and not room.left][-1:]:
                await memory.rooms.move_newest(self.user_id, room.room_id, room.events[-1].event_id)
            reach("hear.saved")
        reach("hear.committed")
        if since is None or any(room.limited for room in news.rooms):
            self.signals.fill.set()

    async def _unlocked(self) -> list[tuple[str, Incoming]]:
        async with self.database.reading() as connection:
            locked = await Memory(connection).inbox.locked(LOCKED_AT_ONCE)
        tried = [(event.event_id, await self.chat.decrypt(event.room_id, event.content)) for event in locked]
        return [(event_id, incoming) for event_id, incoming in tried if incoming.state != "locked"]

    async def _room(self, memory: Memory, news: RoomNews, batch: int, first: bool, now: datetime) -> None:
        known = await memory.rooms.get(news.room_id) or Room(news.room_id, "leave")
        fresh = known.membership != "join"
        received: dict[str, tuple[datetime, str]] = {}
        await memory.rooms.keep(
            replace(
                known,
                membership="leave" if news.left else "join",
                members=known.members if news.members is None else news.members,
                named=known.named or news.named,
                may_pin=known.may_pin if news.may_pin is None else news.may_pin,
                may_send=known.may_send if news.may_send is None else news.may_send,
                shared=known.shared if news.shared is None else news.shared,
            )
        )
        for incoming in news.events:
            await note(memory, news.room_id, incoming, now)
        if fresh:
            await memory.gaps.searched(news.room_id, now)
        if first and not fresh:
            received = await memory.inbox.received([e.event_id for e in news.events])
            newest_first = [arrival(news.room_id, e, n) for n, e in reversed(list(enumerate(news.events)))]
            arrivals = above_floor(newest_first, received)
        elif first and known.membership != "invite":
            arrivals = [arrival(news.room_id, e, n, "history") for n, e in enumerate(news.events)]
        elif fresh:
            arrivals = _since_invitation(news, known)
        else:
            arrivals = [arrival(news.room_id, e, n) for n, e in enumerate(news.events)]
        if news.may_send and not known.may_send:
            event_id = f"allowed:{news.room_id}:{now.isoformat()}"
            arrivals.append(Arrival(event_id, news.room_id, "", "new", len(news.events), {"kind": "allowed"}))
        await memory.inbox.add(batch, arrivals, now)
        # A hole goes no further back than the room's floor: history, or our joining.
        floor = any(is_floor(e.event_id, received) for e in news.events) or (fresh and news.entered is not None)
        if news.limited and not floor and not (first and known.membership == "leave"):
            await memory.gaps.open(Gap(news.room_id, batch, 0, news.prev_batch), now)

    async def _invitation(self, memory: Memory, invitation: Invitation, since: str, now: datetime) -> None:
        reason = self.allows(invitation.inviter)
        known = await memory.rooms.get(invitation.room_id)
        room = Room(
            invitation.room_id,
            "invite",
            direct=invitation.direct,
            inviter=invitation.inviter,
            language=known.language if known else "",  # set there before, or carried along from an upgraded room
        )
        if reason is None:
            await memory.rooms.keep(room)
            log.info("invitation accepted", room_id=room.room_id, inviter=room.inviter)
        else:
            log.warning("invitation refused", room_id=room.room_id, inviter=room.inviter, reason=reason)
        kind = "join" if reason is None else "leave"
        await memory.outbox.add(Post(f"{kind}:{room.room_id}:{since}", room.room_id, kind, {}), now)


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
