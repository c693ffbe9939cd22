"""A sync response, read event by event: what the loops are told, and what is left for nio to know."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.matrix.crypto.verification.messages import ROOM_TYPES as VERIFICATION_TYPES
from bot.matrix.crypto.verification.messages import is_verification
from bot.matrix.depth import is_shallow
from bot.matrix.ids import is_room, is_user
from bot.matrix.inbound import Decrypt, Ears, read
from bot.matrix.room_state import RoomStates
from bot.matrix.untrusted import as_dict, as_list, as_str
from bot.turn.chat import Incoming, Invitation, News, Page, RoomNews

log = structlog.get_logger()

MOST_MEMBERS = 2**31  # more than a database's column takes is no count
TIMELINE_LIMIT = 100  # Synapse gives no more at once (RELIABILITY.md, section 1)
SPOKEN_TYPES = ["m.room.message", "m.room.encrypted", "m.reaction", "m.room.redaction"]
HEARD_TYPES = [*SPOKEN_TYPES, "m.room.member", "m.room.tombstone"]
STATE_TYPES = ["m.room.create", "m.room.encryption", "m.room.member", "m.room.name", "m.room.canonical_alias"]
RULES = ["m.room.power_levels", "m.room.join_rules", "m.room.server_acl"]  # which nio needn't see

ROOM_EVENTS = {"types": HEARD_TYPES, "limit": TIMELINE_LIMIT, "lazy_load_members": True}
FILTER: dict[str, Any] = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "account_data": {"types": []},
        "ephemeral": {"types": []},
        "timeline": {**ROOM_EVENTS, "types": [*HEARD_TYPES, *STATE_TYPES, *RULES, *VERIFICATION_TYPES]},
        "state": {"types": [*STATE_TYPES, *RULES], "lazy_load_members": True},
        "include_leave": False,
    },
}


@dataclass(frozen=True)
class Reader:
    """Reads what came for this bot."""

    ears: Ears
    decrypt: Decrypt
    states: RoomStates = field(default_factory=RoomStates)

    def news(self, answer: dict[str, Any]) -> News:
        """The whole response; a room that can't be read at all is left out, its neighbours aren't."""
        rooms = as_dict(answer.get("rooms"))
        found = [self._room(room_id, room, left=False) for room_id, room in _rooms(rooms.get("join"))]
        found += [self._room(room_id, room, left=True) for room_id, room in _rooms(rooms.get("leave"))]
        invitations = [self._invitation(room_id, room) for room_id, room in _rooms(rooms.get("invite"))]
        return News(
            next_batch=str(answer["next_batch"]),
            rooms=[room for room in found if _is_news(room)],
            invitations=[invitation for invitation in invitations if invitation],
            knocking=[room_id for room_id, _ in _rooms(rooms.get("knock")) if is_room(room_id)],
        )

    def page(self, room_id: str, answer: dict[str, Any]) -> Page:
        """A page of `/messages`, newest first."""
        raws = as_list(answer.get("chunk"))
        events = [(raw, self._read(raw, room_id)) for raw in raws]
        kept = [(raw, event) for raw, event in events if event]
        end = answer.get("end")
        return Page(
            events=[event for _, event in kept],
            end=end if isinstance(end, str) and end else None,
            entered=next(iter(self._places([raw for raw, _ in kept], "join")), None),
        )

    def _read(self, raw: object, room_id: str) -> Incoming | None:
        return read(raw, self.ears, room_id, self.decrypt)

    def _room(self, room_id: str, room: dict[str, Any], left: bool) -> RoomNews:
        timeline = as_dict(room.get("timeline"))
        state = as_list(as_dict(room.get("state")).get("events"))
        events = [(raw, self._read(raw, room_id)) for raw in as_list(timeline.get("events"))]
        kept = [(raw, event) for raw, event in events if event]
        raws = [raw for raw, _ in kept]
        members = as_dict(room.get("summary")).get("m.joined_member_count")
        if left:
            self.states.forget(room_id)
        known = self.states.see(room_id, [] if left else [*state, *raws], self.ears.user_id)
        counted = type(members) is int and 0 <= members < MOST_MEMBERS
        return RoomNews(
            room_id=room_id,
            events=[event for _, event in kept],
            limited=timeline.get("limited") is True,
            prev_batch=as_str(timeline.get("prev_batch")),
            members=members if counted else None,
            named=any(_is_name(raw) for raw in [*state, *raws]),
            entered=self._place(raws, "join"),
            invited=self._place(raws, "invite"),
            left=left,
            may_pin=known.may_pin,
            may_send=known.may_send,
            shared=known.shared,
            shut_out=known.shut_out,
            predecessor=known.predecessor if known.created else None,
        )

    def _place(self, raws: list[Any], membership: str) -> int | None:
        """Where our own newest membership event of this kind stands."""
        places = self._places(raws, membership)
        return places[-1] if places else None

    def _places(self, raws: list[Any], membership: str) -> list[int]:
        return [n for n, raw in enumerate(raws) if self._became(raw) == membership]

    def _became(self, raw: Any) -> str:
        """Our membership after this event, "" if the event didn't change it: a new display name is no join."""
        after = _membership(raw, self.ears.user_id)
        before = as_dict(as_dict(as_dict(raw).get("unsigned")).get("prev_content")).get("membership")
        return "" if after == before else after

    def _invitation(self, room_id: str, room: dict[str, Any]) -> Invitation | None:
        """Of the state that comes with it, only the invitation itself is checked by our homeserver; the rest is the
        inviter's server's word (Synapse puts the one behind the other). Two that say "invite" can't both be true.
        """
        state = as_list(as_dict(room.get("invite_state")).get("events"))
        invites = [raw for raw in state if _membership(raw, self.ears.user_id) == "invite"]
        if not is_room(room_id) or not invites or not all(is_user(raw.get("sender")) for raw in invites):
            return None
        if len({raw["sender"] for raw in invites}) > 1:
            log.warning("an invitation with a forged inviter is refused", room_id=room_id)
            return None
        return Invitation(room_id, invites[-1]["sender"], as_dict(invites[-1].get("content")).get("is_direct") is True)


def _is_news(room: RoomNews) -> bool:
    ruled = room.may_pin is not None or room.may_send is not None or room.shared is not None
    return bool(room.events or room.limited or room.left or room.members is not None or ruled)


def for_nio(answer: dict[str, Any]) -> dict[str, Any]:
    """What nio is shown: keys, devices and room state. Messages we read ourselves, each alone, since one broken
    envelope makes nio lose its whole response (MATRIX.md, Sync); a room's state counts also when it changes.
    """
    rooms: dict[str, Any] = {}
    for room_id, room in _rooms(as_dict(answer.get("rooms")).get("join")):
        timeline = as_list(as_dict(room.get("timeline")).get("events"))
        state = [raw for raw in [*as_list(as_dict(room.get("state")).get("events")), *timeline] if _is_for_nio(raw)]
        rooms[room_id] = {
            "state": {"events": state},
            "timeline": {"events": [], "limited": False, "prev_batch": ""},
            "ephemeral": {"events": []},
            "account_data": {"events": []},
            "summary": as_dict(room.get("summary")),
            "unread_notifications": {},
        }
    to_device = as_list(as_dict(answer.get("to_device")).get("events"))
    return {
        "next_batch": answer["next_batch"],
        "rooms": {"join": rooms, "invite": {}, "leave": {}},
        "to_device": {"events": [raw for raw in to_device if _is_to_device(raw) and not is_verification(raw)]},
        "device_lists": {key: as_list(as_dict(answer.get("device_lists")).get(key)) for key in ("changed", "left")},
        "device_one_time_keys_count": as_dict(answer.get("device_one_time_keys_count")),
        "device_unused_fallback_key_types": answer.get("device_unused_fallback_key_types"),
        "presence": {"events": []},
        "account_data": {"events": []},
    }  # fmt: skip


def spoken(answer: dict[str, Any]) -> list[tuple[str, Any]]:
    """All events of the joined rooms' timelines, as they are."""
    rooms = _rooms(as_dict(answer.get("rooms")).get("join"))
    return [(room_id, raw) for room_id, room in rooms for raw in as_list(as_dict(room.get("timeline")).get("events"))]


def whispered(answer: dict[str, Any]) -> list[Any]:
    """All to-device messages, as they are."""
    return as_list(as_dict(answer.get("to_device")).get("events"))


def _is_state(raw: Any) -> bool:
    return (
        isinstance(raw, dict)
        and raw.get("type") in STATE_TYPES
        and all(isinstance(raw.get(key), str) for key in ("state_key", "event_id", "sender"))
        and isinstance(raw.get("content"), dict)
        and isinstance(raw.get("unsigned", {}), dict)
        and is_shallow(raw)
    )


def _is_for_nio(raw: Any) -> bool:
    return _is_state(raw) and type(raw.get("origin_server_ts", 0)) is int  # nio compares it


def _is_to_device(raw: Any) -> bool:
    """Whether nio can be shown it: a broken Olm message makes it raise and lose the whole response, keys and all."""
    if not isinstance(raw, dict) or not is_shallow(raw):
        return False
    return raw.get("type") != "m.room.encrypted" or _is_olm(as_dict(raw.get("content")))


def _is_olm(content: dict[str, Any]) -> bool:
    ciphertext = content.get("ciphertext")
    return isinstance(ciphertext, dict) and all(
        isinstance(one, dict) and one.get("type") in (0, 1) and isinstance(one.get("body"), str)
        for one in ciphertext.values()
    )


def _is_name(raw: Any) -> bool:
    if not _is_state(raw) or raw["type"] not in ("m.room.name", "m.room.canonical_alias"):
        return False
    return bool(raw["content"].get("name") or raw["content"].get("alias"))


def _membership(raw: Any, user_id: str) -> str:
    if not isinstance(raw, dict) or raw.get("type") != "m.room.member" or raw.get("state_key") != user_id:
        return ""
    return as_str(as_dict(raw.get("content")).get("membership"))


def _rooms(section: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    return [(room_id, room) for room_id, room in as_dict(section).items() if isinstance(room, dict)]
