"""How the bot comes into a room, and how it learns who else is in one."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

import structlog

from bot.matrix.untrusted import as_str
from bot.matrix.wire import Wire, get_if_there
from bot.turn.chat import Refused

log = structlog.get_logger()

LOOKING_UP = 5.0  # seconds: hearing waits for it
SPACES_UNKNOWN = "who is a member there isn't known, and can't ask the bot in"  # of a space that it isn't in


async def enter(wire: Wire, room: str, via: Sequence[str], knock: str) -> str:
    """Enter a room (an id or alias), or knock with these words where that is all we may; its id."""
    # `server_name` is what homeservers before Matrix 1.12 know.
    query = urlencode([(name, server) for name in ("server_name", "via") for server in via])
    path = quote(room, safe="") + (f"?{query}" if query else "")
    try:
        answer = await wire.post(f"/join/{path}", {})
    except Refused as error:
        if not knock or "M_FORBIDDEN" not in error.reason:
            raise
        answer = await _knocked(wire, path, knock, error)
    return str(answer.get("room_id") or room)


async def _knocked(wire: Wire, path: str, reason: str, refusal: Refused) -> dict[str, Any]:
    """Raises the refusal to let us in where there is no knocking either."""
    try:
        answer = await wire.post(f"/knock/{path}", {"reason": reason})
    except Refused:
        raise refusal from None
    log.info("knocked", room_id=str(answer.get("room_id")))
    return answer


async def are_members(wire: Wire, room_id: str, people: Sequence[str]) -> bool:
    """Whether they all are in the room now. We should be among them: to who has left a room, the homeserver shows it
    as it was then.
    """
    for person in people:
        path = f"/rooms/{quote(room_id, safe='')}/state/m.room.member/{quote(person, safe='')}"
        try:
            member = await wire.get(path, seconds=LOOKING_UP)
        except Refused:
            return False
        if member.get("membership") != "join":
            return False
    return True


async def outside(wire: Wire, rooms: Sequence[str], user_id: str) -> list[str]:
    """Those of these rooms (by id or alias) that we aren't in, or that there aren't. Raises TryLater or LoggedOut."""
    return [room for room in rooms if not await _is_in(wire, room, user_id)]


async def _is_in(wire: Wire, room: str, user_id: str) -> bool:
    try:
        if room.startswith("#"):
            room = as_str((await get_if_there(wire, f"/directory/room/{quote(room, safe='')}") or {}).get("room_id"))
        return bool(room) and await are_members(wire, room, (user_id,))
    except Refused:
        return False
