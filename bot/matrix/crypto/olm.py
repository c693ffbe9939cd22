"""nio's Olm machine, with what it lacks: who owns a session, answers to key requests, rotation, a store put back."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Set
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog
import vodozemac
from nio.crypto import InboundGroupSession, OutboundSession, SessionStore
from nio.events import ForwardedRoomKeyEvent, RoomKeyEvent

from bot.matrix.crypto.key_requests import MEGOLM, KeyRequests, Wanted
from bot.matrix.crypto.nio_store import KeyStore
from bot.matrix.crypto.own_keys import OwnKeys
from bot.matrix.crypto.rotation import Rotation
from bot.matrix.crypto.verification.messages import is_verification
from bot.matrix.inbound import RATCHET
from bot.matrix.untrusted import as_dict

log = structlog.get_logger()

UNWEDGE_EVERY = timedelta(hours=1)  # for each device (specification, recovering from undecryptable messages)


class Machine(OwnKeys):
    """The account, its sessions and what waits to be sent to devices."""

    _message_index_store_size = 20_000
    _maxToDeviceMessagesPerRequest = 100  # nio's 20 make a room of thousands wait for the homeserver longer than for us

    def __init__(self, store: KeyStore, rotation: Rotation, now: Callable[[], datetime]) -> None:
        self.rotation = rotation
        self.asked_of_rooms: dict[str, Mapping[str, Any]] = {}  # the content of their m.room.encryption
        self.verifications: list[dict[str, Any]] = []  # messages of theirs that came Olm-encrypted
        self.arrived: set[tuple[str, str]] = set()  # rooms and sessions: keys that came
        self.unsure: set[tuple[str, str]] = set()  # those whose owner we don't know yet
        self._now = now
        self._anew_at: datetime | None = None
        self._unwedged: dict[tuple[str, str], datetime] = {}
        self._by_id: defaultdict[tuple[str, str], list[InboundGroupSession]] = defaultdict(list)
        super().__init__(store.user_id, store.device_id, store)
        self.requests = KeyRequests(self.outgoing_key_requests, self.user_id, self.device_id)
        for session in self.inbound_group_store:
            self._by_id[session.room_id, session.id].append(session)

    # --- keys that come -----------------------------------------------------------------------------------

    def decrypt(self, sender: str, sender_key: str, message: Any) -> Any:
        """An Olm message. One made with a one-time key we no longer have (a restored store) is a wedged session."""
        try:
            heard = super().decrypt(sender, sender_key, message)
        except vodozemac.SessionCreationException:
            self._mark_device_for_unwedging(sender, sender_key)
            return None
        if isinstance(message, vodozemac.PreKeyMessage):
            self.save_account()  # nio does so while the one-time key that was used is still in it
        return heard

    def _mark_device_for_unwedging(self, sender: str, sender_key: str) -> None:
        """Claim a new session with this device, if we know it, once an hour; nio then sends an `m.dummy` with it."""
        device = self.device_store.device_from_sender_key(sender, sender_key)
        if device is None:
            return
        last = self._unwedged.get((sender, device.id))
        if device in self.wedged_devices or (last is not None and self._now() - last < UNWEDGE_EVERY):
            return
        self._unwedged[sender, device.id] = self._now()
        self.wedged_devices.append(device)
        log.warning("an Olm session is broken, making a new one", user_id=sender, device_id=device.id)

    def _handle_olm_event(self, sender: str, sender_key: str, payload: dict[Any, Any]) -> Any:
        """Nio drops what it doesn't know; sender and receiver of it have been checked."""
        if is_verification(payload):
            self.verifications.append(payload)
            return None
        return super()._handle_olm_event(sender, sender_key, payload)

    def renew_session(self, sender: str, sender_key: object) -> None:
        """The device says it has no Olm session with us (`m.no_olm`)."""
        if isinstance(sender_key, str):
            self._mark_device_for_unwedging(sender, sender_key)

    def _handle_room_key_event(self, sender: str, sender_key: str, payload: dict[Any, Any]) -> Any:
        event = super()._handle_room_key_event(sender, sender_key, payload)
        if isinstance(event, RoomKeyEvent) and (event.room_id, event.session_id) in self._by_id:
            self._settle(sender, event.session_id)
        return event

    def _handle_forwarded_room_key_event(self, sender: str, sender_key: str, payload: dict[Any, Any]) -> Any:
        """Taken only if we asked this person for this session, and the device that made the session itself sends it
        (CVE-2022-39250 and CVE-2022-39251 are about what happens otherwise). nio takes our own devices' alone.
        """
        event = ForwardedRoomKeyEvent.from_dict(payload, sender, sender_key)
        if not isinstance(event, ForwardedRoomKeyEvent):
            return event
        content, device = payload["content"], self.device_store.device_from_sender_key(sender, sender_key)
        if (
            device is None
            or event.algorithm != MEGOLM
            or content["sender_key"] != sender_key
            or content["sender_claimed_ed25519_key"] != device.ed25519
            or not self.requests.asked(sender, event.room_id, event.session_id)
        ):
            log.warning("a forwarded key is refused", user_id=sender, room_id=event.room_id)
            return None
        session = self._import_group_session(
            content["session_key"], device.ed25519, sender_key, event.room_id, [sender_key]
        )
        if session is None or session.id != event.session_id:
            return None
        self._keep(session)
        self._settle(sender, session.id)
        return event

    def create_session(self, one_time_key: str, curve_key: str) -> OutboundSession:
        """A session to a device; nio writes the account, too, which this doesn't change."""
        session = OutboundSession(self.account, curve_key, one_time_key)
        self.session_store.add(curve_key, session)
        self.save_session(curve_key, session)
        return session

    def create_group_session(
        self, sender_key: str, sender_fp_key: str, room_id: str, session_id: str, session_key: str
    ) -> None:
        """A session to decrypt with; nio lets a later beginning of one replace an earlier."""
        session = InboundGroupSession(session_key, sender_fp_key, sender_key, room_id)
        if session.id == session_id:
            self._keep(session)

    def _keep(self, session: InboundGroupSession) -> None:
        known = self.inbound_group_store.get(session.room_id, session.sender_key, session.id)
        if known and known.first_known_index <= session.first_known_index:
            return
        self.inbound_group_store.add(session)
        self.save_inbound_group_session(session)
        same = self._by_id[session.room_id, session.id]
        same[:] = [other for other in same if other.sender_key != session.sender_key] + [session]
        if session.sender_key != self.account.identity_keys["curve25519"]:
            self.arrived.add((session.room_id, session.id))

    def ask(self, key: Wanted) -> bool:
        """Whether there is now a question to the sender to be sent: there is none if we asked before."""
        if question := self.requests.ask(key, self._now()):
            self.outgoing_to_device_messages.append(question)
        return question is not None

    def give_up_questions(self) -> None:
        """Those that nobody answered are forgotten, so that new ones can be asked."""
        if old := list(self.requests.give_up(self._now())):
            with self.store.durable():
                for request in old:
                    self.store.remove_outgoing_key_request(request)

    def _settle(self, sender: str, session_id: str) -> None:
        if settled := self.requests.settle(sender, session_id):
            request, cancellation = settled
            self.store.remove_outgoing_key_request(request)
            self.outgoing_to_device_messages.append(cancellation)

    # --- messages -----------------------------------------------------------------------------------------

    def read(self, room_id: str, raw: Mapping[str, Any]) -> dict[str, Any] | None:
        """The clear event, None without the key. What its sender's own session didn't encrypt is never theirs,
        whatever the homeserver says: nio looks only at verified devices.
        """
        content, sender = raw["content"], raw["sender"]
        session = self._session_of(room_id, sender, content["session_id"])
        if session is None:
            return None
        clear, index = session.decrypt(content["ciphertext"])
        place = (session.sender_key, session.id, index)  # this memory goes with the process, the inbox's stays
        seen = (raw["event_id"], raw.get("origin_server_ts"))
        if self.message_index_store.setdefault(place, seen) != seen:
            log.warning("a message is played again", room_id=room_id, event_id=raw["event_id"])
            return {}
        payload = json.loads(clear)
        if not isinstance(payload, dict) or payload.get("room_id") != room_id:
            return None
        inner = payload.get("content")
        if isinstance(inner, dict) and "m.relates_to" in content:
            inner.setdefault("m.relates_to", content["m.relates_to"])
        return {**payload, RATCHET: sha256(repr(place).encode()).hexdigest()[:32]}

    def known_sessions(self) -> Set[tuple[str, str]]:
        """All we can decrypt with: room, session."""
        return self._by_id.keys()

    def _session_of(self, room_id: str, sender: str, session_id: str) -> InboundGroupSession | None:
        sessions = self._by_id.get((room_id, session_id), [])
        for session in sessions:
            if self._owns(sender, session.sender_key):
                return session
        if sessions:  # devices that have gone stay known; this one may be new
            self.users_for_key_query.add(sender)
            self.unsure.add((room_id, session_id))
        return None

    def _owns(self, user_id: str, curve25519: str) -> bool:
        if user_id == self.user_id and curve25519 == self.account.identity_keys["curve25519"]:
            return True
        return any(device.curve25519 == curve25519 for device in self.device_store[user_id].values())

    # --- a store that was put back ------------------------------------------------------------------------

    def is_of_the_future(self, room_id: str, raw: object) -> bool:
        """Whether this device sent it with a key that its store doesn't know: each is on the disk before it is used."""
        event = as_dict(raw)
        content = as_dict(event.get("content"))
        ours = event.get("sender") == self.user_id and content.get("device_id") == self.device_id
        return ours and content.get("algorithm") == MEGOLM and (room_id, content.get("session_id")) not in self._by_id

    def begin_sessions_anew(self) -> None:
        """What we encrypt to devices with sessions of the past they can't read any more, and it would use a key twice.
        A hostile homeserver has us do so once an hour at most.
        """
        if self._anew_at is not None and self._now() - self._anew_at < UNWEDGE_EVERY:
            return
        self._anew_at = self._now()
        log.error("the crypto store was put back to an older one", consequence="new sessions with every device")
        self.outbound_group_sessions.clear()
        self.session_store = SessionStore()
        with self.store.durable():
            self.store.forget_olm_sessions()

    def create_outbound_group_session(self, room_id: str) -> None:
        """A new key for what we say in this room."""
        super().create_outbound_group_session(room_id)
        rotation = self.rotation.within(self.asked_of_rooms.get(room_id, {}))
        session = self.outbound_group_sessions[room_id]
        session.max_messages, session.max_age = rotation.messages, rotation.age

    def share_group_session_parallel(
        self, room_id: str, users: list[str], ignore_unverified_devices: bool = False
    ) -> Iterator[tuple[set[tuple[str, str]], dict[str, Any]]]:
        """As nio's; every part is on the disk as a whole before it leaves."""
        parts = super().share_group_session_parallel(room_id, users, ignore_unverified_devices)
        while True:
            with self.store.durable():
                part = next(parts, None)
            if part is None:
                return
            yield part
