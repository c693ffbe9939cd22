"""A room's upgrade: followed once both ends agree, the old room by its tombstone, the new one by its `predecessor`.

Anybody with power in a room may name any other its successor, and whoever makes a room any other its predecessor.
"""

from datetime import datetime

import structlog

from bot.actions import Priority
from bot.store.inbox import Arrival, Waiting
from bot.store.memory import Memory
from bot.store.outbox import Post
from bot.store.rooms import Room

log = structlog.get_logger()

MOST_A_DAY = 5  # upgrades of one room and of what came of it: whoever has power there could lead us on for ever
FIRST = -1  # the place of the news in its batch: before what is said in the new room


async def replaced(memory: Memory, tombstone: Waiting, now: datetime) -> None:
    """The old room names its successor: we go and see whether that one agrees."""
    successor = str(tombstone.content["successor"])
    await memory.rooms.replace(tombstone.room_id, successor)
    known = await memory.rooms.get(successor)
    if known and known.membership == "join":
        return await confirm(memory, known, await memory.inbox.new_batch(), now)
    origin = await memory.rooms.origin(tombstone.room_id)
    for number in range(MOST_A_DAY):
        # Whoever may upgrade a room may name servers that never answer: our words elsewhere don't wait for them.
        entry = Post(
            f"follow:{origin}:{now:%Y-%m-%d}:{number}",
            successor,
            "join",
            {"via": tombstone.content["via"]},
            priority=Priority.FREE,
        )
        if await memory.outbox.add(entry, now):
            return None
    log.warning("too many upgrades of one room in a day", room_id=tombstone.room_id, consequence="not followed")
    return None


async def confirm(memory: Memory, room: Room, batch: int, now: datetime) -> None:
    """We are in a room: the one it follows has moved, once; the others that named it are told off, and if we came
    only for them, we go again.
    """
    named_by = await memory.rooms.replaced_by(room.room_id)
    if room.predecessor in named_by:
        content = {"kind": "moved", "successor": room.room_id}
        moved = Arrival(f"moved:{room.predecessor}:{room.room_id}", room.predecessor, "", "new", FIRST, content)
        await memory.inbox.add(batch, [moved], now)
    for old in named_by:
        if old != room.predecessor:
            log.warning("not the successor it is said to be", room_id=room.room_id, said_in=old)
            await memory.rooms.replace(old, "")
    if named_by and room.predecessor not in named_by and await memory.rooms.came_only_to_follow(room.room_id):
        away = Post(f"go:{room.room_id}:{batch}", room.room_id, "leave", {}, priority=Priority.LEAVING)
        await memory.outbox.add(away, now)
