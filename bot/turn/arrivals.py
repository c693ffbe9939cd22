"""What came, as the memory keeps it."""

from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.turn.chat import Incoming


async def note(memory: Memory, room_id: str, incoming: Incoming) -> None:
    """What an event means for the memory itself, whatever is thought of it later."""
    if incoming.op_id:
        await memory.outbox.sent(incoming.op_id, incoming.event_id)
    if incoming.redacts:
        await memory.inbox.forget_words(incoming.redacts, room_id)


def arrival(room_id: str, incoming: Incoming, place: int, state: str = "") -> Arrival:
    state = state or incoming.state
    content = incoming.content if state in ("new", "locked") else None
    return Arrival(incoming.event_id, room_id, incoming.sender, state, place, content)
