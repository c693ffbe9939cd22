"""What a sync response says of one room, saved: the room as it is now, its events, the hole before them."""

from dataclasses import replace
from datetime import datetime

import structlog

from bot.actions import Priority
from bot.store.gaps import Gap
from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.store.outbox import Post
from bot.store.rooms import Room
from bot.turn.arrivals import above_floor, arrival, is_floor, note
from bot.turn.chat import Incoming, RoomNews
from bot.turn.door import Accepted
from bot.turn.upgrades import confirm

log = structlog.get_logger()

UNHEARD = "what the bot says there reaches no other server until m.room.server_acl allows ours"


async def save(memory: Memory, news: RoomNews, batch: int, *, first: bool, now: datetime) -> None:
    """In the transaction of the whole response; `first`: that was asked for without a token."""
    found = await memory.rooms.get(news.room_id)
    known = found or Room(news.room_id, "leave")
    room = _changed(known, news)
    if room != found or room.membership != "join":  # in a room we were in and are in, nothing changes mostly
        await memory.rooms.keep(room)
    _say_shut_out(known, room)
    if news.predecessor is not None and not news.left:
        await confirm(memory, room, batch, now)
    for incoming in news.events:
        await note(memory, news.room_id, incoming, now)
    fresh = known.membership != "join"
    if fresh:
        await memory.gaps.searched(news.room_id, now)
    again = first and not fresh  # our place in the stream was lost: some of this is known
    received = await memory.inbox.received([e.event_id for e in news.events]) if again else {}
    if again:  # what came in late from another server lies behind events we know, and no token told of it
        await memory.gaps.search(news.room_id, now)
    arrivals = _arrivals(news, known, received, first=first)
    if news.may_send and not known.may_send:
        event_id = f"allowed:{news.room_id}:{now.isoformat()}"
        arrivals.append(Arrival(event_id, news.room_id, "", "new", len(news.events), {"kind": "allowed"}))
    await memory.inbox.add(batch, arrivals, now)
    # A hole goes no further back than the room's floor: history, or our joining.
    floor = any(is_floor(e.event_id, received) for e in news.events) or (fresh and news.entered is not None)
    if news.limited and not floor and not (first and known.membership == "leave"):
        await memory.gaps.open(Gap(news.room_id, batch, 0, news.prev_batch), now)


def _say_shut_out(before: Room, now: Room) -> None:
    """Our homeserver takes what we say there all the same, and the others have it once they may."""
    if now.shut_out and not before.shut_out:
        log.warning("our homeserver is shut out of a room", room_id=now.room_id, consequence=UNHEARD)
    elif before.shut_out and not now.shut_out:
        log.info("our homeserver is let into a room again", room_id=now.room_id)


def _changed(known: Room, news: RoomNews) -> Room:
    """What the news says nothing of stays as it is."""
    told = {
        name: value
        for name in ("members", "may_pin", "may_send", "shared", "shut_out", "predecessor")
        if (value := getattr(news, name)) is not None
    }
    membership = "leave" if news.left else "join"
    return replace(known, membership=membership, named=known.named or news.named, **told)


def _arrivals(news: RoomNews, known: Room, received: dict[str, tuple[datetime, str]], *, first: bool) -> list[Arrival]:
    if known.membership == "join":
        arrivals = [arrival(news.room_id, e, n) for n, e in enumerate(news.events)]
        return above_floor(arrivals[::-1], received) if first else arrivals
    if first and known.membership != "invite":
        return [arrival(news.room_id, e, n, "history") for n, e in enumerate(news.events)]
    return _since_invitation(news, known)


async def follow(memory: Memory, accepted: Accepted, since: str, now: datetime) -> None:
    """Be on the way into a room; `since` tells this invitation from one before."""
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
    post = Post(f"join:{room.room_id}:{since}", room.room_id, "join", {}, priority=Priority.FREE)
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
