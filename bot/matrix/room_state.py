"""What the rooms' state says the bot may do there, and who may come in."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.matrix.ids import is_room
from bot.matrix.server_acl import shuts_out
from bot.matrix.untrusted import as_dict

STATE = ("m.room.create", "m.room.power_levels", "m.room.join_rules", "m.room.encryption", "m.room.server_acl")
OPEN_RULES = ("public", "restricted", "knock_restricted")
HIGHEST = 2**53  # what JSON numbers of the specification can be
ABOVE_ALL = 2**60
FIRST_WITH_CREATORS = 12  # the room version since which creators outrank power levels


@dataclass(frozen=True)
class Levels:
    """The power the bot has in a room, and what it takes to pin and to say something."""

    ours: int
    pin: int
    message: int
    encrypted: int


@dataclass(frozen=True)
class RoomState:
    """What is known of one room; without its creation event not even that all the rest has arrived."""

    created: bool = False
    founder: bool = False  # the bot made it
    outranks: bool = False  # and in this version of rooms its makers may do all
    levels: Levels | None = None
    join_rule: str = "invite"
    encrypted: bool = False
    denied: bool = False  # our homeserver, by the room's list of servers
    predecessor: str = ""  # the room it says it is the upgrade of

    @property
    def may_pin(self) -> bool | None:
        """Whether the bot may change the pinned messages; None if that isn't known."""
        return self._may(self._levels.pin) if self.created else None

    @property
    def may_send(self) -> bool | None:
        """Whether the bot may speak; None if that isn't known."""
        levels = self._levels
        return self._may(levels.encrypted if self.encrypted else levels.message) if self.created else None

    @property
    def shared(self) -> bool | None:
        """Whether anybody, or a whole space, may come in and read; None if that isn't known."""
        if self.encrypted:
            return False
        return self.join_rule in OPEN_RULES if self.created else None

    @property
    def shut_out(self) -> bool | None:
        """Whether other servers take nothing of what is said there from ours; None if that isn't known."""
        return self.denied if self.created else None

    def _may(self, level: int) -> bool:
        return (ABOVE_ALL if self.outranks else self._levels.ours) >= level

    @property
    def _levels(self) -> Levels:
        """In a room that has no power levels its maker has 100, and nothing takes any."""
        return self.levels or Levels(100 if self.founder else 0, 0, 0, 0)


@dataclass
class RoomStates:
    """The state of all rooms, as far as it has come. The first sync after a start brings all of it."""

    _rooms: dict[str, RoomState] = field(default_factory=dict)

    def see(self, room_id: str, raws: Iterable[Any], user_id: str) -> RoomState:
        """Take in what came of one room, oldest first; what is known of it now, nothing if nothing came."""
        news = [raw for raw in raws if _is_about(raw)]
        if not news:
            return RoomState()
        for raw in news:
            self._rooms[room_id] = _after(self._rooms.get(room_id, RoomState()), raw, user_id)
        return self._rooms[room_id]

    def forget(self, room_id: str) -> None:
        """The bot is no longer there."""
        self._rooms.pop(room_id, None)


def _is_about(raw: object) -> bool:
    return isinstance(raw, dict) and raw.get("type") in STATE and raw.get("state_key") == ""


def _after(state: RoomState, raw: dict[str, Any], user_id: str) -> RoomState:
    content = as_dict(raw.get("content"))
    match raw["type"]:
        case "m.room.create":
            founder = raw.get("sender") == user_id
            others = content.get("additional_creators")
            creator = founder or (isinstance(others, list) and user_id in others)
            before = as_dict(content.get("predecessor")).get("room_id")
            return replace(
                state,
                created=True,
                founder=founder,
                outranks=creator and _has_creators(content),
                predecessor=before if isinstance(before, str) and is_room(before) else "",
            )
        case "m.room.power_levels":
            return replace(state, levels=_levels(content, user_id))
        case "m.room.join_rules":
            rule = content.get("join_rule")
            return replace(state, join_rule=rule if isinstance(rule, str) else "invite")
        case "m.room.server_acl":
            return replace(state, denied=shuts_out(content, user_id.partition(":")[2]))
        case _:
            return replace(state, encrypted=True)  # and never plain again, whatever a later event says


def _has_creators(content: dict[str, Any]) -> bool:
    version = content.get("room_version")
    if not isinstance(version, str):
        return False
    return version.isascii() and version.isdecimal() and len(version) < 5 and int(version) >= FIRST_WITH_CREATORS


def _levels(content: dict[str, Any], user_id: str) -> Levels:
    """By the specification's defaults: 0 for people and messages, 50 for state."""
    users, events = as_dict(content.get("users")), as_dict(content.get("events"))
    messages = _level(content.get("events_default"), 0)
    return Levels(
        ours=_level(users.get(user_id), _level(content.get("users_default"), 0)),
        pin=_level(events.get("m.room.pinned_events"), _level(content.get("state_default"), 50)),
        message=_level(events.get("m.room.message"), messages),
        encrypted=_level(events.get("m.room.encrypted"), messages),
    )


def _level(value: object, otherwise: int) -> int:
    """A level; rooms older than version 10 may have it as a string."""
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.strip().lstrip("+-").isdecimal():
        try:
            value = int(value)
        except ValueError:  # "+-5"
            return otherwise
    if type(value) is not int:
        return otherwise
    return max(-HIGHEST, min(HIGHEST, value))
