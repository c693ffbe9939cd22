"""The messages of a verification, read at the door and written: in a room or from device to device.

Client-server API, "Key verification framework": both ways carry the same content; in a room it refers to the request's
event, between devices it names a transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.matrix.crypto.signing import canonical

METHOD = "m.sas.v1"
PREFIX = "m.key.verification."
ROOM_TYPES = [f"{PREFIX}*"]  # for the sync filter; requests in rooms are an `m.room.message`
REQUEST_IN_ROOM = f"{PREFIX}request"
MOST_BYTES = 65_536  # of an event (spec, "Size limits"); what is between devices has no limit of its own
MAX_ID = 255


class Kind(StrEnum):
    """What a message is, by the end of its type."""

    REQUEST = "request"
    READY = "ready"
    START = "start"
    ACCEPT = "accept"
    KEY = "key"
    MAC = "mac"
    DONE = "done"
    CANCEL = "cancel"


KINDS = {str(kind): kind for kind in Kind}


@dataclass(frozen=True)
class Thread:
    """Which verification, and by which way it goes: `room_id` is empty between devices."""

    user_id: str
    transaction: str
    room_id: str = ""

    def addressed(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The content with what ties it to this verification."""
        if self.room_id:
            return {**content, "m.relates_to": {"rel_type": "m.reference", "event_id": self.transaction}}
        return {**content, "transaction_id": self.transaction}


@dataclass(frozen=True)
class Message:
    """One message of the other side. `sent_at` is what it claims."""

    kind: Kind
    thread: Thread
    content: Mapping[str, Any]
    sent_at: datetime | None = None

    def text(self, key: str) -> str:
        """A string of the content, "" if it is none."""
        value = self.content.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list's strings."""
        value = self.content.get(key)
        return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


@dataclass(frozen=True)
class Cancelled(Exception):
    """Why it ended: a code of the specification's, and words for who reads logs."""

    code: str
    reason: str

    @property
    def content(self) -> dict[str, Any]:
        """Of the `m.key.verification.cancel`."""
        return {"code": self.code, "reason": self.reason}


@dataclass(frozen=True)
class Letter:
    """What is to be sent; `content` is addressed already."""

    kind: Kind
    content: dict[str, Any]


def is_verification(raw: object) -> bool:
    """Whether a to-device message is ours to read: nio, shown it, would begin a conversation of its own."""
    return isinstance(raw, dict) and isinstance(raw.get("type"), str) and raw["type"].startswith(PREFIX)


def from_device(raw: object) -> Message | None:
    """A to-device message, None if it can't be read."""
    if not isinstance(raw, dict) or not is_verification(raw):
        return None
    kind, content = KINDS.get(raw["type"].removeprefix(PREFIX)), _content(raw)
    if kind is None or content is None:
        return None
    return _message(kind, raw, content.get("transaction_id"), "", content, content.get("timestamp"))


def from_room(room_id: str, raw: object, user_id: str) -> Message | None:
    """A room's event that belongs to a verification and isn't our own; a request only if it is to us."""
    if not isinstance(raw, dict) or raw.get("sender") == user_id or "state_key" in raw:
        return None
    if not (_is_request(raw) or is_verification(raw)):  # first of all: every event of every room is asked this
        return None
    content, sent = _content(raw), raw.get("origin_server_ts")
    if content is None:
        return None
    if raw["type"] == "m.room.message":
        is_ours = content.get("to") == user_id
        return _message(Kind.REQUEST, raw, raw.get("event_id"), room_id, content, sent) if is_ours else None
    kind, relation = KINDS.get(raw["type"].removeprefix(PREFIX)), content.get("m.relates_to")
    if kind in (None, Kind.REQUEST) or not isinstance(relation, dict) or relation.get("rel_type") != "m.reference":
        return None
    return _message(kind, raw, relation.get("event_id"), room_id, content, sent)


def _is_request(raw: dict[str, Any]) -> bool:
    content = raw.get("content")
    if raw.get("type") != "m.room.message" or not isinstance(content, dict):
        return False
    return content.get("msgtype") == REQUEST_IN_ROOM


def _content(raw: object) -> dict[str, Any] | None:
    """The content, if it is one that can be hashed and isn't out of all proportion."""
    content = raw.get("content") if isinstance(raw, dict) else None
    if not isinstance(content, dict):
        return None
    try:
        return content if len(canonical(content)) <= MOST_BYTES else None
    except (ValueError, RecursionError):  # half a surrogate pair; what is nested out of all proportion
        return None


def _message(
    kind: Kind, raw: dict[str, Any], transaction: object, room_id: str, content: dict[str, Any], sent: object
) -> Message | None:
    sender = raw.get("sender")
    if not _is_id(sender) or not _is_id(transaction):
        return None
    return Message(kind, Thread(str(sender), str(transaction), room_id), content, _instant(sent))


def _is_id(value: object) -> bool:
    """Whether both engines keep it, and an identifier can be so long."""
    if not isinstance(value, str) or not value or "\0" in value or not value.isprintable():
        return False
    return len(value.encode("utf-8", "replace")) <= MAX_ID


def _instant(milliseconds: object) -> datetime | None:
    if type(milliseconds) is not int or not 0 <= milliseconds < 2**42:  # in the year 2109
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
