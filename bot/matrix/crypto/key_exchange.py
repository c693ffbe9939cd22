"""What the homeserver is asked about keys; over our own wire, since nio forgets failures and knows no new tokens."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Set
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import structlog
import vodozemac
from nio import Client
from nio.responses import (
    ErrorResponse,
    JoinedMembersResponse,
    KeysClaimResponse,
    KeysQueryResponse,
    KeysUploadResponse,
    ToDeviceResponse,
)

from bot.errors import OperatorError
from bot.failpoints import reach
from bot.matrix.crypto.nio_store import KeyStore
from bot.matrix.crypto.olm import Machine
from bot.matrix.crypto.own_keys import KEY_TYPE
from bot.matrix.untrusted import as_dict
from bot.matrix.wire import Wire
from bot.turn.chat import Refused, TryLater

log = structlog.get_logger()

AT_ONCE = 20  # people whose keys are taken in, with one commit, before others have their turn
UNANSWERED = timedelta(minutes=5)  # until we ask again for the devices of people whose server doesn't answer
SOON = 1.0  # seconds that hearing waits for people's devices
MALFORMED = (
    vodozemac.KeyException, vodozemac.DecodeException, vodozemac.SessionCreationException,
    KeyError, TypeError, ValueError, AttributeError, StopIteration,
)  # fmt: skip


class KeyExchange:
    """Uploads, queries, claims and sends. Every method raises TryLater, Refused or LoggedOut."""

    def __init__(self, wire: Wire, client: Client, olm: Machine, store: KeyStore, now: Callable[[], datetime]) -> None:
        self._wire = wire
        self._client = client
        self._olm = olm
        self._store = store
        self._now = now
        self._unanswered: dict[str, datetime] = {}  # people, and when they are asked for again
        self._asking: asyncio.Task[None] | None = None
        self._publishing, self._querying = asyncio.Lock(), asyncio.Lock()

    def close(self) -> None:
        """What is asked for beside hearing is given up."""
        if self._asking:
            self._asking.cancel()

    async def upkeep(self) -> None:
        """All that is due."""
        olm = self._olm
        olm.give_up_questions()
        await self.publish()
        await self._query_beside()
        if olm.wedged_devices or olm.key_request_devices_no_session:
            await self.claim(olm.get_users_for_key_claiming())
            olm.wedged_devices.clear()  # who has no key left now is tried again when an hour has passed
            olm.key_request_devices_no_session.clear()
        for message in list(olm.outgoing_to_device_messages):
            await self.to_devices(message.type, message.as_dict()["messages"])
            self._receive(ToDeviceResponse(message))

    async def publish(self, *, anew: bool = False) -> None:
        """Our device's keys and one-time keys, as far as they are due; `anew` if the homeserver has lost them."""
        async with self._publishing:  # the identity asks for it beside the sync loop
            if anew:
                self._olm.account.shared = False
            if self._olm.should_upload_keys:
                await self._upload()

    async def _upload(self) -> None:
        if not self._olm.account.shared:
            await self._check_device()
        with self._store.durable():
            body = self._olm.share_keys()
        try:
            answer = KeysUploadResponse.from_dict(await self._wire.post("/keys/upload", body))
        except Refused as error:
            if error.reason.startswith("400"):
                self._olm.skip_one_time_keys()
            raise
        if isinstance(answer, ErrorResponse):
            raise TryLater(f"keys: {answer.message}")
        self._receive(answer)
        self._olm.fallback_used = False
        reach("keys.uploaded")

    async def _check_device(self) -> None:
        """Raises OperatorError if this device has other keys at the homeserver: our store was lost."""
        ours = self._olm.device_keys()
        user_id, device_id = ours["user_id"], ours["device_id"]
        answer = await self._wire.post("/keys/query", {"device_keys": {user_id: [device_id]}})
        try:
            theirs = answer["device_keys"][user_id][device_id]["keys"]
        except (KeyError, TypeError):
            return
        if theirs != ours["keys"]:
            raise OperatorError(
                f"the crypto store {self._store.path} isn't the one this device ({device_id}) began with: restore it "
                "from the backup, or log the device out at the homeserver and start again; until then nothing "
                "encrypted could be read"
            )

    async def query(self, wanted: Set[str] | None = None) -> None:
        """The devices of all whose devices may have changed, if there is anybody `wanted` among them."""
        if wanted is None or self._due() & wanted:
            async with self._querying:
                while asked := self._due():
                    await self._query(asked, self._now() + UNANSWERED)

    async def _query_beside(self) -> None:
        """It takes a while for a room of thousands, or where somebody's server is slow: hearing goes on."""
        if self._asking is None and self._due():
            self._asking = asyncio.create_task(self.query())
        asking = self._asking
        if asking and (await asyncio.wait({asking}, timeout=SOON))[0]:
            if self._asking is asking:  # else somebody who waited for it, too, was here before us
                self._asking = None
            asking.result()

    def _due(self) -> set[str]:
        now = self._now()
        return {user_id for user_id in self._olm.users_for_key_query if self._unanswered.get(user_id, now) <= now}

    async def _query(self, asked: Set[str], again: datetime) -> None:
        answer = await self._wire.post("/keys/query", {"device_keys": {user_id: [] for user_id in asked}})
        answered = {user_id: some for user_id, some in as_dict(answer.get("device_keys")).items() if user_id in asked}

        def take(user_id: str, devices: Any) -> None:
            # Each person alone: one with a broken device keeps nobody else from being known.
            self._receive(KeysQueryResponse.from_dict({"device_keys": {user_id: devices}, "failures": {}}))
            if user_id in self._olm.users_for_key_query:
                self._unanswered[user_id] = again

        await self._take_in(answered, take)
        self._unanswered |= dict.fromkeys(asked - answered.keys(), again)
        self._olm.arrived |= self._olm.unsure
        self._olm.unsure.clear()

    async def claim(self, devices: Mapping[str, Collection[str]]) -> None:
        """A one-time key of each of these devices, and a session made with it."""
        keys = {user_id: dict.fromkeys(some, KEY_TYPE) for user_id, some in devices.items()}
        answer = await self._wire.post("/keys/claim", {"one_time_keys": keys})

        def take(user_id: str, some: Any) -> None:
            for device_id, key in as_dict(some).items():
                if device_id in devices.get(user_id, ()):
                    one = {"one_time_keys": {user_id: {device_id: key}}, "failures": {}}
                    self._receive(KeysClaimResponse.from_dict(one))

        await self._take_in(as_dict(answer.get("one_time_keys")), take)

    async def members(self, room_id: str) -> None:
        """Everybody in the room: the sync brings only those who spoke."""
        answer = await self._wire.get(f"/rooms/{quote(room_id)}/joined_members")
        response = JoinedMembersResponse.from_dict(answer, room_id)
        if isinstance(response, ErrorResponse):
            raise TryLater(f"joined_members: {response.message}")
        self._receive(response)

    async def to_devices(self, event_type: str, messages: dict[str, Any]) -> None:
        """Send to devices: user, device, content."""
        await self._wire.put(f"/sendToDevice/{event_type}/{uuid4()}", {"messages": messages})

    async def _take_in(self, answered: Mapping[str, Any], take: Callable[[str, Any], None]) -> None:
        """One person after the other, some to a commit: a room may have thousands, and other rooms don't wait."""
        people = list(answered.items())
        for first in range(0, len(people), AT_ONCE):
            with self._store.durable():
                for user_id, theirs in people[first : first + AT_ONCE]:
                    take(user_id, theirs)
            await asyncio.sleep(0)

    def _receive(self, response: object) -> None:
        """What nio makes of an answer is on the disk when this returns; what somebody broke costs them alone."""
        with self._store.durable():
            try:
                if isinstance(response, ErrorResponse):
                    raise ValueError(response.message)
                self._client.receive_response(response)
            except MALFORMED as error:
                log.warning("somebody's keys can't be read", error=type(error).__name__)
