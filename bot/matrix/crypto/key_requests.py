"""Keys we lack are asked for, once for each session, and only an answer to our own question is taken."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from nio.crypto import OutgoingKeyRequest
from nio.event_builders import RoomKeyRequestMessage, ToDeviceMessage

from bot.matrix.untrusted import as_str

MEGOLM = "m.megolm.v1.aes-sha2"
MOST_AT_ONCE = 200  # unanswered questions to one person: who sends more is not sending messages


@dataclass(frozen=True)
class Wanted:
    """The session of an event that can't be decrypted. `device` and `sender_key` are "" where the event has none."""

    room_id: str
    session_id: str
    sender: str
    device: str
    sender_key: str

    @property
    def request_id(self) -> str:
        """Made of whom we ask and for what: a restart still knows both."""
        return f"{self.session_id} {self.sender}"


def wanted(room_id: str, raw: Mapping[str, Any]) -> Wanted | None:
    """What to ask for to read this event; None if it doesn't say."""
    content, sender = raw.get("content"), raw.get("sender")
    if not isinstance(content, dict) or content.get("algorithm") != MEGOLM or not isinstance(sender, str):
        return None
    session_id = as_str(content.get("session_id"))
    if not session_id:
        return None
    return Wanted(room_id, session_id, sender, as_str(content.get("device_id")), as_str(content.get("sender_key")))


class KeyRequests:
    """What was asked and not answered yet; nio keeps it in its store once it was sent."""

    def __init__(self, asked: MutableMapping[str, OutgoingKeyRequest], user_id: str, device_id: str) -> None:
        self._asked = asked
        self._user_id = user_id
        self._device_id = device_id

    def ask(self, key: Wanted) -> ToDeviceMessage | None:
        """The question to the sender's device, or to all of theirs; None if it was asked before."""
        to_them = sum(1 for request_id in self._asked if request_id.endswith(f" {key.sender}"))
        if key.request_id in self._asked or key.sender == self._user_id or to_them >= MOST_AT_ONCE:
            return None
        self._asked[key.request_id] = OutgoingKeyRequest(key.request_id, key.session_id, key.room_id, MEGOLM)
        body = {"algorithm": MEGOLM, "room_id": key.room_id, "session_id": key.session_id}
        content = {
            "action": "request",
            "body": body | ({"sender_key": key.sender_key} if key.sender_key else {}),
            "request_id": key.request_id,
            "requesting_device_id": self._device_id,
        }
        return RoomKeyRequestMessage(
            "m.room_key_request", key.sender, key.device or "*", content, key.request_id, key.session_id, key.room_id,
            MEGOLM,
        )  # fmt: skip

    def asked(self, sender: str, room_id: str, session_id: str) -> bool:
        """Whether we asked this person for this session of this room."""
        request = self._asked.get(f"{session_id} {sender}")
        return request is not None and request.room_id == room_id

    def settle(self, sender: str, session_id: str) -> tuple[OutgoingKeyRequest, ToDeviceMessage] | None:
        """The key is here: what to forget, and the cancellation for those who were asked; None if nobody was."""
        request = self._asked.pop(f"{session_id} {sender}", None)
        return (request, request.as_cancellation(sender, self._device_id)) if request else None
