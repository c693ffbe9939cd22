"""What came, as the memory keeps it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.turn.chat import Incoming


async def note(memory: Memory, room_id: str, incoming: Incoming, now: datetime) -> None:
    """What an event means for the memory itself, whatever is thought of it later."""
    if incoming.transaction:
        await memory.outbox.echoed(incoming.transaction, incoming.event_id, now)
    if incoming.redacts:
        await memory.inbox.forget_words(incoming.redacts, room_id)


def arrival(room_id: str, incoming: Incoming, place: int, state: str = "") -> Arrival:
    state = state or incoming.state
    content = incoming.content if state in ("new", "locked") else None
    session_id = incoming.session_id if state == "locked" else ""
    return Arrival(
        incoming.event_id, room_id, incoming.sender, state, place, content, session_id, ratchet=incoming.ratchet
    )


def above_floor(newest_first: Iterable[Arrival], received: Mapping[str, tuple[datetime, str]]) -> list[Arrival]:
    """What is newer than the newest event of the room's history."""
    above = []
    for one in newest_first:
        if is_floor(one.event_id, received):
            break
        above.append(one)
    return above


def is_floor(event_id: str, received: Mapping[str, tuple[datetime, str]]) -> bool:
    """Whether this is the room's history: what was said before the bot came."""
    return event_id in received and received[event_id][1] == "history"
