"""Encryption, by nio: it keeps the keys; we hand it what came, ask it to encrypt and decrypt, and carry its letters."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import vodozemac
from nio import Client, ClientConfig, SyncResponse
from nio.exceptions import EncryptionError, LocalProtocolError

from bot.matrix.crypto.key_exchange import KeyExchange
from bot.matrix.crypto.key_requests import wanted
from bot.matrix.crypto.nio_store import PeeweeException
from bot.matrix.crypto.olm import Machine
from bot.matrix.crypto.opening import opened
from bot.matrix.crypto.own_keys import KEY_TYPE
from bot.matrix.crypto.rotation import Rotation
from bot.matrix.crypto.signing import bare
from bot.matrix.crypto.withheld import Withheld
from bot.matrix.untrusted import as_dict
from bot.matrix.wire import Wire
from bot.store.rooms import Account
from bot.turn.chat import Refused, TryLater

log = structlog.get_logger()


class Crypto:
    """The bot's Olm account and its sessions, in a store beside the database. Raises OperatorError if that is broken,
    or can't be written any more.
    """

    def __init__(
        self,
        wire: Wire,
        account: Account,
        folder: Path,
        now: Callable[[], datetime],
        rotation: Rotation = Rotation(),  # noqa: B008 - frozen
        pickle_key: str = "",
    ) -> None:
        self.user_id, self.device_id = account.user_id, account.device_id
        self._now = now
        self._store, self._olm = opened(account, folder, pickle_key, partial(Machine, rotation=rotation, now=now))
        # nio's client without its HTTP: what it asks goes over our wire, with our tokens, patience and failures.
        self._client = Client(account.user_id, account.device_id, config=ClientConfig(encryption_enabled=True))
        self._client.user_id = account.user_id
        self._client.store, self._client.olm = self._store, self._olm
        self._client.encrypted_rooms = self._store.load_encrypted_rooms()
        self._withheld = Withheld()
        self._sharing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._exchange = KeyExchange(wire, self._client, self._olm, self._store, now)
        self._all_may_open = True

    def take_opened(self) -> list[dict[str, Any]]:
        """The messages of verifications that came Olm-encrypted, once."""
        opened = list(self._olm.verifications)
        self._olm.verifications.clear()
        return opened

    @property
    def ed25519(self) -> str:
        """Our device's fingerprint."""
        return str(self._client.olm.account.identity_keys["ed25519"])

    def close(self) -> None:
        """Close the key store; the HTTP session is the wire's."""
        self._exchange.close()
        self._store.database.close()

    @property
    def withheld(self) -> Mapping[str, int]:
        """How many keys were withheld from us since the start, by the specification's code."""
        return self._withheld.counts

    def device_keys(self) -> dict[str, Any]:
        """This device's public keys, signed by it, exactly as they are uploaded."""
        return self._olm.device_keys()

    def opened(self) -> Collection[tuple[str, str]]:
        """The keys that came (room, session): what they lock is worth another try. Each is told once, and the first
        time all that we have: those that came just before we were killed aren't told again.
        """
        keys = frozenset(self._olm.arrived)
        self._olm.arrived.clear()
        if self._all_may_open:
            self._all_may_open = False
            keys |= self._olm.known_sessions()
        return keys

    def receive(self, answer: dict[str, Any]) -> None:
        """Take keys, devices and room state out of a sync response, before its messages are read; all that is kept of
        it is on the disk when this returns.
        """
        joined = {room_id: self._concerning(room_id, room) for room_id, room in answer["rooms"]["join"].items()}
        with self._store.durable():
            changed = {room_id: room for room_id, room in joined.items() if self._is_changed(room_id, room)}
            rest = answer | {"rooms": {"join": changed, "invite": {}, "leave": {}}, "to_device": {"events": []}}
            if changed or any(map(self._share_keys, answer["device_lists"].values())):
                self._take(rest)
            for raw in answer["to_device"]["events"]:
                # Each alone: nio raises on a hostile one, and would take the rooms' state and all other keys with it.
                self._take(rest | {"rooms": {"join": {}, "invite": {}, "leave": {}}, "to_device": {"events": [raw]}})
                self._hear(raw)
        # nio ignores a count of 0 and would never upload again (MATRIX.md, matrix-nio 0.26.0).
        count = answer["device_one_time_keys_count"].get(KEY_TYPE)
        if type(count) is int:
            self._olm.uploaded_key_count = count
        unused = answer["device_unused_fallback_key_types"]
        self._olm.fallback_used = unused is not None and KEY_TYPE not in unused

    def _concerning(self, room_id: str, room: dict[str, Any]) -> dict[str, Any]:
        """As far as it concerns encryption: of a room that isn't encrypted nothing does, and nio is slow in reading who
        is there. Should it be encrypted later, its members are asked for then.
        """
        rules = [raw["content"] for raw in room["state"]["events"] if raw["type"] == "m.room.encryption"]
        if rules:
            self._olm.asked_of_rooms[room_id] = rules[-1]
        return room if rules or self.is_encrypted(room_id) else room | {"state": {"events": []}, "summary": {}}

    def _share_keys(self, users: Collection[Any]) -> bool:
        """Whether anybody of them is in an encrypted room: only their devices count. Synapse names people of plain
        rooms in nearly every answer of a busy time, and nio is slow. Who has just come in is news of the room's.
        """
        secret = [room for room in self._client.rooms.values() if room.encrypted]
        return any(user in room.users for user in users for room in secret)

    def _is_changed(self, room_id: str, room: dict[str, Any]) -> bool:
        return bool(room["state"]["events"]) or room_id not in self._client.rooms

    def _take(self, answer: dict[str, Any]) -> None:
        self._client.next_batch = ""  # a replayed response is taken again: nio would skip it
        try:
            response = SyncResponse.from_dict(answer)
            if isinstance(response, SyncResponse):
                self._client.receive_response(response)
            else:
                log.error("nio can't read a part of a sync response")
        except PeeweeException:
            raise
        except Exception:  # nio and vodozemac raise whatever a hostile server makes them
            log.exception("nio can't take a part of a sync response")

    def _hear(self, raw: dict[str, Any]) -> None:
        if raw.get("type") != "m.room_key.withheld":
            return
        sender, content = raw.get("sender"), raw.get("content")
        if self._withheld.take(raw, self._now().date()) == "m.no_olm" and isinstance(sender, str):
            self._olm.renew_session(sender, as_dict(content).get("sender_key"))

    def recognise(self, room_id: str, raw: Any) -> None:
        """See whether an event of a room is one of this device's that our store doesn't know: then it was put back."""
        if self._olm.is_of_the_future(room_id, raw):
            self._olm.begin_sessions_anew()

    def signed(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The content with our device's signature alone."""
        return self._olm.signed(bare(content))

    async def publish(self, *, anew: bool = False) -> None:
        """Upload our device's keys and one-time keys that are due; `anew` if the homeserver has lost them.

        Raises TryLater.
        """
        try:
            await self._exchange.publish(anew=anew)
        except Refused as error:
            raise TryLater(f"keys: {error.reason}") from error

    async def upkeep(self) -> None:
        """Upload, query and claim the keys that are due, and send what waits for devices.

        Raises TryLater when the homeserver doesn't let us now.
        """
        try:
            await self._exchange.upkeep()
        except Refused as error:
            raise TryLater(f"keys: {error.reason}") from error

    def may_ask(self, sender: str, session_id: str) -> bool:
        """Whether this person is still to be asked for this session, and isn't asked for too many."""
        return self._olm.requests.may_ask(sender, session_id)

    async def ask(self, room_id: str, raw: dict[str, Any]) -> None:
        """Ask the sender for the key of an event that stayed locked, once for each session. Raises TryLater."""
        if (key := wanted(room_id, raw)) and self._olm.ask(key):
            await self.upkeep()

    def decrypt(self, room_id: str, raw: dict[str, Any]) -> dict[str, Any] | None:
        """The clear event's `type` and `content`, and its `RATCHET`; None without the key."""
        try:
            return self._olm.read(room_id, raw)
        except (vodozemac.MegolmDecryptionException, vodozemac.DecodeException):
            return None
        except (KeyError, TypeError, ValueError):  # what a hostile member encrypted for us
            return None
        except RecursionError:  # nested without end, and no key will make it better
            return {}

    def knows(self, room_id: str) -> bool:
        """Whether the room's state has arrived, or it was encrypted before."""
        return room_id in self._client.rooms or room_id in self._client.encrypted_rooms

    def is_encrypted(self, room_id: str) -> bool:
        """Whether messages to this room must be encrypted; once encrypted, always."""
        room = self._client.rooms.get(room_id)
        return bool(room and room.encrypted) or room_id in self._client.encrypted_rooms

    def knows_member(self, room_id: str, user_id: str) -> bool:
        """Whether the sync has brought this person's membership or invitation: keys go only to who is known."""
        room = self._client.rooms.get(room_id)
        return room is not None and user_id in room.users

    async def encrypt(self, room_id: str, event_type: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The encrypted event for everybody in the room now. Raises TryLater or Refused."""
        room = self._client.rooms.get(room_id)
        if room is None:  # every room we are in came with the first sync: we were removed from this one
            raise Refused("not in this encrypted room (any more)")
        try:
            if not room.members_synced:
                await self._exchange.members(room_id)
            await self._exchange.query(room.users.keys())
            if self._olm.should_share_group_session(room_id):
                async with self._sharing[room_id]:
                    await self._share(room_id)
            encrypted: tuple[str, dict[str, Any]] = self._client.encrypt(room_id, event_type, content)
        except EncryptionError as error:
            raise TryLater(f"the room's keys can't be shared: {error}") from error
        except LocalProtocolError as error:
            raise Refused(f"can't encrypt: {error}") from error
        return encrypted

    async def _share(self, room_id: str) -> None:
        """Give the room's key to every device in it; nio takes a share that failed for one that was received."""
        olm, users = self._olm, list(self._client.rooms[room_id].users)
        if not olm.should_share_group_session(room_id):  # another row of this room's was first
            return
        if missing := olm.get_missing_sessions(users):
            await self._exchange.claim(missing)
        for devices, body in olm.share_group_session_parallel(room_id, users, ignore_unverified_devices=True):
            await self._exchange.to_devices("m.room.encrypted", body["messages"])
            if session := olm.outbound_group_sessions.get(room_id):
                session.users_shared_with.update(devices)
        if session := olm.outbound_group_sessions.get(room_id):
            session.shared = True
