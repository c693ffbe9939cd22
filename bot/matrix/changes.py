"""Changes of a room that plugins are told: somebody is no longer in it, or it goes on elsewhere."""

from typing import Any

from bot.matrix.ids import is_room, is_user, servers_of
from bot.matrix.untrusted import as_dict


def departure(raw: dict[str, Any]) -> str:
    """Who was in the room and is no longer, by this event: left, kicked or banned; "" if nobody.

    What it was before is our own homeserver's word. A declined invitation is no departure.
    """
    who = raw.get("state_key")
    if raw.get("type") != "m.room.member" or not isinstance(who, str) or not is_user(who):
        return ""
    before = _membership(as_dict(raw.get("unsigned")).get("prev_content"))
    return who if before == "join" and _membership(raw.get("content")) in ("leave", "ban") else ""


def successor(raw: dict[str, Any], room_id: str, sender: str) -> dict[str, Any] | None:
    """The room in which this one goes on, and servers that surely know it; None if it goes on here."""
    if raw.get("type") != "m.room.tombstone" or raw.get("state_key") != "":
        return None
    room = as_dict(raw.get("content")).get("replacement_room")
    if not is_room(room) or room == room_id:
        return None
    return {"kind": "replaced", "successor": room, "via": servers_of(sender, room_id)}


def _membership(content: object) -> object:
    return as_dict(content).get("membership")
