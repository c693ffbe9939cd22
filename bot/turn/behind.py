"""The frozen event behind an inbox row: what plugins are given."""

from dataclasses import dataclass

from bot.events import Allowed, Departed, Edited, Entered, Event, Fetched, Heard, Moved, Reacted, Redacted, Unsent
from bot.store.inbox import Waiting
from bot.store.memory import Memory


@dataclass(frozen=True)
class Early:
    """An edit that came before what it changes was thought about."""


async def behind(memory: Memory, waiting: Waiting) -> Event | Early | None:
    """The event; None for what turns out to mean nothing."""
    match waiting.content["kind"]:
        case "heard":
            return await _heard(memory, waiting)
        case "edited":
            return await _edited(memory, waiting)
        case kind:
            return _PLAIN[kind](waiting) if kind in _PLAIN else None


async def _heard(memory: Memory, waiting: Waiting) -> Heard:
    content = waiting.content
    room = await memory.rooms.get(waiting.room_id)
    return Heard(
        waiting.event_id,
        waiting.room_id,
        waiting.sender,
        text=content["text"],
        received_at=waiting.received_at,
        addressed=content["addressed"],
        direct=room.is_direct if room else False,
        thread=content["thread"],
        reply_to=content["reply_to"],
        listening=room.listening if room else False,
        mentions=tuple(content.get("mentions", ())),  # what an older townclerk heard has none
    )


async def _edited(memory: Memory, waiting: Waiting) -> Edited | Early | None:
    content = waiting.content
    target = await memory.inbox.known(content["target"])
    if target is None or (target[0] == waiting.sender and target[1] in ("new", "locked")):
        return Early()
    sender, state = target
    if sender != waiting.sender or state == "ignored":
        return None  # the homeserver lets anybody "edit" anything; only the author's edit of a message is one
    return Edited(
        waiting.event_id,
        waiting.room_id,
        waiting.sender,
        content["target"],
        content["text"],
        waiting.received_at,
        content["thread"],
    )


def _reacted(w: Waiting) -> Event:
    return Reacted(w.event_id, w.room_id, w.sender, w.content["target"], w.content["key"], w.received_at)


def _redacted(w: Waiting) -> Event:
    return Redacted(w.event_id, w.room_id, w.sender, w.content["target"], w.received_at)


def _entered(w: Waiting) -> Event:
    return Entered(w.event_id, w.room_id, w.content["inviter"], w.content["direct"], w.received_at)


def _departed(w: Waiting) -> Event:
    return Departed(w.event_id, w.room_id, w.content["who"], w.received_at)


def _allowed(w: Waiting) -> Event:
    return Allowed(w.event_id, w.room_id, w.sender, w.received_at)


def _moved(w: Waiting) -> Event:
    return Moved(w.event_id, w.room_id, w.sender, w.content["successor"], w.received_at)


def _fetched(w: Waiting) -> Event:
    said = {name: w.content[name] for name in ("plugin", "subject", "target", "text", "thread", "locked")}
    return Fetched(w.event_id, w.room_id, w.sender, kind=w.content["what"], received_at=w.received_at, **said)


def _unsent(w: Waiting) -> Event:
    told = {name: w.content[name] for name in ("plugin", "what", "key", "subject", "reason")}
    return Unsent(w.event_id, w.room_id, w.sender, received_at=w.received_at, **told)


_PLAIN = {
    "reacted": _reacted,
    "redacted": _redacted,
    "entered": _entered,
    "departed": _departed,
    "allowed": _allowed,
    "moved": _moved,
    "fetched": _fetched,
    "unsent": _unsent,
}
