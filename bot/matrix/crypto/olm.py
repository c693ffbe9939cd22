"""nio's Olm machine, with what it lacks: who owns a session, fallback keys, answers to key requests, rotation."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
import vodozemac
from nio.crypto import InboundGroupSession, Olm, OutboundSession
from nio.events import ForwardedRoomKeyEvent, RoomKeyEvent

from bot.matrix.crypto.key_requests import MEGOLM, KeyRequests, Wanted
from bot.matrix.crypto.nio_store import KeyStore
from bot.matrix.crypto.rotation import Rotation
from bot.matrix.crypto.verification.messages import is_verification

log = structlog.get_logger()

UNWEDGE_EVERY = timedelta(hours=1)  # for each device (specification, recovering from undecryptable messages)
KEY_TYPE = "signed_curve25519"


class Machine(Olm):  # type: ignore[misc] # nio has no types
    """The account, its sessions and what waits to be sent to devices."""

    _message_index_store_size = 20_000
    _maxToDeviceMessagesPerRequest = 100  # nio's 20 make a room of thousands wait for the homeserver longer than for us

    def __init__(self, store: KeyStore, rotation: Rotation, now: Callable[[], datetime]) -> None:
        self.rotation = rotation
        self.asked_of_rooms: dict[str, Mapping[str, Any]] = {}  # the content of their m.room.encryption
        self.verifications: list[dict[str, Any]] = []  # messages of theirs that came Olm-encrypted
        self.arrived: set[str] = set()  # rooms for which a key came
        self.unsure: set[str] = set()  # rooms with a session whose owner we don't know yet
        self.fallback_used = False
        self._now = now
        self._unwedged: dict[tuple[str, str], datetime] = {}
        self._by_id: defaultdict[tuple[str, str], list[InboundGroupSession]] = defaultdict(list)
        super().__init__(store.user_id, store.device_id, store)
        self.requests = KeyRequests(self.outgoing_key_requests, self.user_id, self.device_id)
        for session in self.inbound_group_store:
            self._by_id[session.room_id, session.id].append(session)

    # --- what is uploaded ---------------------------------------------------------------------------------

    @property
    def should_upload_keys(self) -> bool:
        """Too few one-time keys at the homeserver, or the fallback key was used."""
        return self.fallback_used or bool(super().should_upload_keys)

    def share_keys(self) -> dict[str, Any]:
        """The body for `/keys/upload`. Saved first: a key whose private half a kill took would never open anything."""
        content: dict[str, Any] = {} if self.account.shared else {"device_keys": self.device_keys()}
        unpublished = len(self.account.one_time_keys["curve25519"])
        missing = self.account.max_one_time_keys - (self.uploaded_key_count or 0) - unpublished
        if missing > 0:
            self.account.generate_one_time_keys(missing)
        # nio wraps vodozemac's account, and knows no fallback keys.
        inner = self.account._account
        if self.fallback_used and not inner.fallback_key:
            inner.generate_fallback_key()
        self.save_account()
        keys = self.account.one_time_keys["curve25519"].items()
        content["one_time_keys"] = {f"{KEY_TYPE}:{key_id}": self.signed({"key": key}) for key_id, key in keys}
        content["fallback_keys"] = {
            f"{KEY_TYPE}:{key_id}": self.signed({"key": key.to_base64(), "fallback": True})
            for key_id, key in inner.fallback_key.items()
        }
        return content

    def device_keys(self) -> dict[str, Any]:
        """This device's public keys, signed by it, exactly as they are uploaded."""
        keys = self.account.identity_keys
        return self.signed(
            {
                "algorithms": list(self._algorithms),
                "device_id": self.device_id,
                "user_id": self.user_id,
                "keys": {f"{kind}:{self.device_id}": keys[kind] for kind in ("curve25519", "ed25519")},
            }
        )

    def signed(self, content: dict[str, Any]) -> dict[str, Any]:
        return content | {"signatures": {self.user_id: {f"ed25519:{self.device_id}": self.sign_json(content)}}}

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
            self.arrived.add(session.room_id)

    def ask(self, key: Wanted) -> bool:
        """Whether there is now a question to the sender to be sent: there is none if we asked before."""
        if question := self.requests.ask(key):
            self.outgoing_to_device_messages.append(question)
        return question is not None

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
        place = (session.sender_key, session.id, index)
        seen = (raw["event_id"], raw.get("origin_server_ts"))
        if self.message_index_store.setdefault(place, seen) != seen:
            log.warning("a message is played again", room_id=room_id, event_id=raw["event_id"])
            return None
        payload = json.loads(clear)
        if not isinstance(payload, dict) or payload.get("room_id") != room_id:
            return None
        inner = payload.get("content")
        if isinstance(inner, dict) and "m.relates_to" in content:
            inner.setdefault("m.relates_to", content["m.relates_to"])
        return payload

    def _session_of(self, room_id: str, sender: str, session_id: str) -> InboundGroupSession | None:
        sessions = self._by_id.get((room_id, session_id), [])
        for session in sessions:
            if self._owns(sender, session.sender_key):
                return session
        if sessions:  # devices that have gone stay known; this one may be new
            self.users_for_key_query.add(sender)
            self.unsure.add(room_id)
        return None

    def _owns(self, user_id: str, curve25519: str) -> bool:
        if user_id == self.user_id and curve25519 == self.account.identity_keys["curve25519"]:
            return True
        return any(device.curve25519 == curve25519 for device in self.device_store[user_id].values())

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
