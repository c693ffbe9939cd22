"""Keys we lack are asked for, once for each session, and only an answer to our own question is taken."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nio.crypto import OutgoingKeyRequest
from nio.event_builders import RoomKeyRequestMessage, ToDeviceMessage

from bot.matrix.untrusted import as_str

MEGOLM = "m.megolm.v1.aes-sha2"
MOST_AT_ONCE = 200  # unanswered questions to one person: who sends more is not sending messages
PATIENCE = timedelta(days=7)  # for an answer: a client that was off over a weekend still gives one


@dataclass(frozen=True)
class Wanted:
    """The session of an event that can't be decrypted. `device` and `sender_key` are "" where the event has none."""

    room_id: str
    session_id: str
    sender: str
    device: str
    sender_key: str


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
    """What was asked and not answered yet; nio keeps it in its store once it was sent, the oldest first.

    Whom we asked, for what and when is in a question's id: a restart still knows it.
    """

    def __init__(self, asked: MutableMapping[str, OutgoingKeyRequest], user_id: str, device_id: str) -> None:
        self._asked = asked
        self._user_id = user_id
        self._device_id = device_id
        self._to: defaultdict[str, dict[str, OutgoingKeyRequest]] = defaultdict(dict)  # people, sessions
        for request in asked.values():
            self._to[_person(request)][request.session_id] = request

    def may_ask(self, sender: str, session_id: str) -> bool:
        """Whether this person is still to be asked for this session, and isn't asked for too many."""
        to_them = self._to.get(sender, {})
        return sender != self._user_id and session_id not in to_them and len(to_them) < MOST_AT_ONCE

    def ask(self, key: Wanted, now: datetime) -> ToDeviceMessage | None:
        """The question to the sender's device, or to all of theirs; None if it was asked before."""
        if not self.may_ask(key.sender, key.session_id):
            return None
        request_id = f"{key.session_id} {key.sender} {int(now.timestamp())}"
        request = OutgoingKeyRequest(request_id, key.session_id, key.room_id, MEGOLM)
        self._asked[request_id] = self._to[key.sender][key.session_id] = request
        body = {"algorithm": MEGOLM, "room_id": key.room_id, "session_id": key.session_id}
        content = {
            "action": "request",
            "body": body | ({"sender_key": key.sender_key} if key.sender_key else {}),
            "request_id": request_id,
            "requesting_device_id": self._device_id,
        }
        return RoomKeyRequestMessage(
            "m.room_key_request", key.sender, key.device or "*", content, request_id, key.session_id, key.room_id,
            MEGOLM,
        )  # fmt: skip

    def asked(self, sender: str, room_id: str, session_id: str) -> bool:
        """Whether we asked this person for this session of this room."""
        request = self._to.get(sender, {}).get(session_id)
        return request is not None and request.room_id == room_id

    def settle(self, sender: str, session_id: str) -> tuple[OutgoingKeyRequest, ToDeviceMessage] | None:
        """The key is here: what to forget, and the cancellation for those who were asked; None if nobody was."""
        request = self._to.get(sender, {}).get(session_id)
        if request is None:
            return None
        self._forget(request)
        return request, request.as_cancellation(sender, self._device_id)

    def give_up(self, now: datetime) -> Iterator[OutgoingKeyRequest]:
        """What nobody answered for too long, to be forgotten; it may be asked for anew."""
        while self._asked:
            request = next(iter(self._asked.values()))
            if now.timestamp() - _asked_at(request) < PATIENCE.total_seconds():
                return
            self._forget(request)
            yield request

    def _forget(self, request: OutgoingKeyRequest) -> None:
        """One that was answered before it was sent, nio notes again when it is: then only there."""
        self._asked.pop(request.request_id, None)
        theirs = self._to[_person(request)]
        theirs.pop(request.session_id, None)
        if not theirs:
            del self._to[_person(request)]


def _person(request: OutgoingKeyRequest) -> str:
    return _parts(request)[0]


def _asked_at(request: OutgoingKeyRequest) -> int:
    seconds = _parts(request)[1]
    return int(seconds) if seconds.isdecimal() else 0


def _parts(request: OutgoingKeyRequest) -> tuple[str, str]:
    """Of its id, whom we asked and in which second; the session's id, theirs to choose, may hold anything."""
    person, _, seconds = str(request.request_id)[len(request.session_id) + 1 :].rpartition(" ")
    return person, seconds
