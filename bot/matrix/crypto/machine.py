"""Encryption, by nio: it keeps the keys; we hand it what came and ask it to encrypt and decrypt."""

from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import structlog
from nio import AsyncClient, AsyncClientConfig, MegolmEvent, SyncResponse
from nio.exceptions import EncryptionError, LocalProtocolError, OlmUnverifiedDeviceError, SendRetryError
from nio.responses import ErrorResponse

from bot.errors import OperatorError
from bot.failpoints import reach
from bot.matrix.wire import Wire
from bot.store.rooms import Account
from bot.turn.chat import Refused, TryLater

log = structlog.get_logger()

T = TypeVar("T")


class Crypto:
    """The bot's Olm account and its sessions, in a store beside the database."""

    def __init__(self, wire: Wire, account: Account, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise OperatorError(f"the crypto store {folder} can't be made: {error}") from error
        self._client = AsyncClient(
            wire.homeserver,
            account.user_id,
            account.device_id,
            store_path=str(folder),
            config=AsyncClientConfig(
                encryption_enabled=True, store_sync_tokens=False, max_limit_exceeded=0, max_timeouts=1
            ),
            ssl=wire.ssl or True,  # None is deprecated in aiohttp
        )
        self._client.client_session = wire.session
        self._client.restore_login(account.user_id, account.device_id, account.access_token)
        self._encrypted_rooms = set(self._client.encrypted_rooms)

    def close(self) -> None:
        """Close the key store; the HTTP session is the wire's."""
        store = self._client.store
        if store is not None:
            store.database.close()

    async def receive(self, answer: dict[str, Any]) -> None:
        """Take keys, devices and room state out of a sync response, before its messages are read."""
        response = SyncResponse.from_dict(answer)
        if not isinstance(response, SyncResponse):
            log.error("nio can't read the keys in a sync response", reason=str(response))
            return
        to_device, response.to_device_events = response.to_device_events, []
        await self._receive(response)
        for event in to_device:
            # Each alone: nio raises on a hostile one, and would take the rooms' state and all other keys with it.
            response = SyncResponse.from_dict(answer | {"rooms": {"join": {}, "invite": {}, "leave": {}}})
            response.to_device_events = [event]
            await self._receive(response)
        counts = answer["device_one_time_keys_count"]
        if isinstance(counts.get("signed_curve25519"), int) and self._client.olm:
            # nio ignores a count of 0 and would never upload again (MATRIX.md, matrix-nio 0.26.0).
            self._client.olm.uploaded_key_count = counts["signed_curve25519"]

    async def _receive(self, response: SyncResponse) -> None:
        self._client.next_batch = ""  # a replayed response is taken again: nio would skip it
        try:
            await self._client.receive_response(response)
        except Exception:  # nio and vodozemac raise whatever a hostile server makes them
            log.exception("nio can't take a part of a sync response")

    async def upkeep(self) -> None:
        """Upload, query and claim the keys that are due, and send what waits for devices.

        Raises TryLater when the homeserver doesn't let us now.
        """
        client = self._client
        if client.should_upload_keys:
            _check(await _asked(client.keys_upload()))
            reach("keys.uploaded")
        if client.should_query_keys:
            _check(await _asked(client.keys_query()))
        if client.should_claim_keys:
            _check(await _asked(client.keys_claim(client.get_users_for_key_claiming())))
        for response in await _asked(client.send_to_device_messages()):
            _check(response)

    def decrypt(self, room_id: str, raw: dict[str, Any]) -> dict[str, Any] | None:
        """The clear event's `type` and `content`, or None without the key."""
        try:
            event = MegolmEvent.from_dict(raw)
            if not isinstance(event, MegolmEvent):
                return None
            event.room_id = room_id
            clear = self._client.decrypt_event(event)
        except (EncryptionError, LocalProtocolError, AssertionError, KeyError, TypeError, ValueError, AttributeError):
            return None
        except RecursionError:  # what was encrypted may be nested without end: whoever can write here can send it
            return {}
        source = clear.source
        return source if isinstance(source, dict) else None

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
        client = self._client
        room = client.rooms.get(room_id)
        if room is None:  # every room we are in came with the first sync: we were removed from this one
            raise Refused("not in this encrypted room (any more)")
        try:
            if not room.members_synced:
                _check(await _asked(client.joined_members(room_id)))
            if client.should_query_keys:
                _check(await _asked(client.keys_query()))
            if client.olm.should_share_group_session(room_id):
                _check(await _asked(client.share_group_session(room_id, ignore_unverified_devices=True)))
            encrypted: tuple[str, dict[str, Any]] = client.encrypt(room_id, event_type, content)
        except (OlmUnverifiedDeviceError, SendRetryError, EncryptionError) as error:
            raise TryLater(f"the room's keys can't be shared: {error}") from error
        except LocalProtocolError as error:
            raise Refused(f"can't encrypt: {error}") from error
        return encrypted


async def _asked(request: Awaitable[T]) -> T:
    """What nio's request brings; a homeserver that isn't there is tried later."""
    try:
        return await request
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise TryLater(f"keys: the homeserver doesn't answer ({type(error).__name__})") from error


def _check(response: object) -> None:
    """Nio reports failure as a value; here it becomes an exception."""
    if isinstance(response, ErrorResponse):
        raise TryLater(f"keys: {response.message}", (response.retry_after_ms or 0) / 1000 or None)
