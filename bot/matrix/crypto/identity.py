"""Who the bot is: its cross-signing identity, made once, kept sealed, shown to the homeserver."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from bot.failpoints import reach
from bot.matrix.crypto import kept as safe
from bot.matrix.crypto import recovery_key
from bot.matrix.crypto.approval import Approval, NeedsOperator
from bot.matrix.crypto.cross_signing import USAGES, CrossSigningKeys, Published, public_part, published
from bot.matrix.crypto.kept import Kept
from bot.matrix.crypto.machine import Crypto
from bot.matrix.crypto.sealing import CantOpen, SealingKey
from bot.matrix.crypto.secret_storage import SecretStorage, StorageKey
from bot.matrix.crypto.signing import is_signed
from bot.matrix.settings import MatrixSettings
from bot.matrix.wire import Wire
from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.rooms import Account
from bot.turn.chat import Refused, TryLater
from bot.turn.signals import Backoff

log = structlog.get_logger()

LOOK_AGAIN = 3600.0  # seconds; somebody may reset the account's identity elsewhere
ASK_AGAIN = 300.0  # seconds; an approval counts for ten minutes (MSC4312)
SECRET = "m.cross_signing."  # and the usage: the name of a private key in the secret storage

NOT_HELD = (
    "the account has a cross-signing identity whose private keys the bot doesn't hold: give its recovery key as "
    "[matrix] recovery_key; the bot replaces nothing by itself"
)
REPLACED = (
    "the account's cross-signing identity was replaced elsewhere, the bot's own is not valid any more: give the "
    "recovery key of the new one as [matrix] recovery_key; the bot replaces nothing by itself"
)


class Identity:
    """Makes, restores and shows the bot's cross-signing keys; never resets what is there (MATRIX.md)."""

    def __init__(
        self,
        wire: Wire,
        crypto: Crypto,
        database: Database,
        account: Account,
        sealing: SealingKey,
        settings: MatrixSettings,
    ) -> None:
        self.user_id = account.user_id
        self.tried = asyncio.Event()  # once, with whatever end
        self._device_id = account.device_id
        self._wire = wire
        self._crypto = crypto
        self._database = database
        self._sealing = sealing
        self._recovery_key = settings.recovery_key.get_secret_value()
        self._approval = Approval(wire, account.user_id, settings.password.get_secret_value())
        self._storage = SecretStorage(wire, account.user_id)
        self._established: Kept | None = None

    @property
    def master_public(self) -> str | None:
        """Unpadded base64; None as long as the homeserver shows no identity of ours."""
        return self._established.keys.master.public if self._established else None

    async def run(self) -> None:
        """Establish it, and look now and then whether it still is."""
        backoff = Backoff("identity")
        while True:
            try:
                await self.establish()
                pause = LOOK_AGAIN
                backoff.reset()
            except TryLater as error:
                self.tried.set()
                await backoff.wait(error)
                continue
            except (NeedsOperator, Refused) as error:
                self._established = None
                reason = error.reason if isinstance(error, Refused) else str(error)
                log.error("identity needs the operator", reason=reason, consequence="clients may not send us keys")
                pause = ASK_AGAIN
            self.tried.set()
            await asyncio.sleep(pause)

    async def establish(self) -> None:
        """Bring the homeserver to show our identity and our device as its own; what is there already is left.

        Raises NeedsOperator, TryLater, Refused or LoggedOut. Dying between any two steps leaves what the next try
        goes on from.
        """
        await self._crypto.publish()
        shown = await published(self._wire, self.user_id, self._device_id)
        if shown.device is None:  # who was logged out and in again is the same device, without its keys
            await self._crypto.publish(anew=True)
            shown = await published(self._wire, self.user_id, self._device_id)
        kept = await self._ours(shown)
        if not shown.whole:
            keys = {f"{usage}_key": one for usage, one in kept.keys.public(self.user_id).items()}
            await self._approval.post("/keys/device_signing/upload", keys)
            log.info("identity uploaded", user_id=self.user_id)
            reach("identity.uploaded")
        await self._sign_ourselves(kept.keys, shown)
        self._established = kept
        secrets = {SECRET + usage: seed for usage, seed in kept.keys.seeds.items()}
        if await self._storage.keep(kept.storage_key, secrets):
            log.info("identity in secret storage", user_id=self.user_id)
            reach("identity.stored")

    async def sign_user(self, user_id: str, master_keys: Mapping[str, Any]) -> None:
        """Say to the homeserver that we verified this person: sign their master key object (as `/keys/query` has it).

        Raises Refused (also as long as there is no identity of ours), TryLater or LoggedOut.
        """
        if self._established is None:
            raise Refused("the bot has no cross-signing identity (yet)")
        public = public_part(master_keys)
        if public is None or master_keys.get("user_id") != user_id:
            raise Refused("this is no master key of that person")
        signed = self._established.keys.user_signing.signed(self.user_id, master_keys)
        await self._upload_signatures({user_id: {public: signed}})

    async def _ours(self, shown: Published) -> Kept:
        """The identity that is ours: the one kept, the one behind the recovery key, or, where none is, a new one."""
        sealed = await self._sealed()
        kept, why = self._opened(sealed) if sealed else (None, NOT_HELD if shown.keys else "")
        if kept:
            if shown.agrees(kept.keys):
                return kept
            why = REPLACED
        restored = await self._restored(shown) if self._recovery_key else None
        if restored:
            await self._keep(restored)
            log.info("identity restored by the recovery key", user_id=self.user_id)
            reach("identity.restored")
            return restored
        if why:
            raise NeedsOperator(why)
        key = recovery_key.read(self._recovery_key) if self._recovery_key else None
        new = Kept(CrossSigningKeys.new(), StorageKey.new(key))
        await self._keep(new)
        reach("identity.saved")
        return new

    async def _sealed(self) -> str | None:
        async with self._database.reading() as connection:
            return await Memory(connection).secrets.get(self.user_id, safe.NAME)

    def _opened(self, sealed: str) -> tuple[Kept | None, str]:
        """The identity, or why it can't be had."""
        try:
            return safe.opened(sealed, self.user_id, self._sealing), ""
        except CantOpen:
            return None, (
                f"the bot's identity was sealed with another key than {self._sealing.source}: bring that key back, "
                "or give [matrix] recovery_key"
            )

    async def _restored(self, shown: Published) -> Kept | None:
        """What the recovery key opens; None where nothing is stored and nothing shown, so that there is none to lose.

        Raises NeedsOperator where it isn't the key, or the identity not the one that is shown.
        """
        name = SECRET + USAGES[0]
        if not shown.keys and not await self._storage.has(name):
            return None
        key = await self._storage.find(recovery_key.read(self._recovery_key), name)
        if key is None:
            raise NeedsOperator(
                "[matrix] recovery_key doesn't open the secret storage of the account's present identity: give the one "
                "that does; nothing was changed"
            )
        try:
            seeds = {usage: await self._storage.open(key, SECRET + usage) for usage in USAGES}
            keys = CrossSigningKeys.from_seeds(seeds)
        except ValueError as error:
            raise NeedsOperator(f"the identity can't be restored from the secret storage: {error}") from error
        if not shown.agrees(keys):
            raise NeedsOperator(
                "the secret storage holds an older identity than the account has now: store the new one there with "
                "the client that made it, and give its recovery key as [matrix] recovery_key"
            )
        return Kept(keys, key)

    async def _keep(self, kept: Kept) -> None:
        sealed = safe.sealed(kept, self.user_id, self._sealing)
        async with self._database.transaction() as connection:
            await Memory(connection).secrets.keep(self.user_id, safe.NAME, sealed)

    async def _sign_ourselves(self, keys: CrossSigningKeys, shown: Published) -> None:
        """The self-signing key signs our device; the device signs the master key, for clients that know the device."""
        device = shown.device
        if device is None:
            raise NeedsOperator(f"the homeserver shows no keys of the bot's device {self._device_id}")
        if not is_signed(device, self.user_id, self._crypto.ed25519, self._device_id):
            raise NeedsOperator(
                f"the homeserver shows other keys for the bot's device {self._device_id} than the crypto store has: "
                "bring the right store back, or move it away, and the bot goes on as a new device"
            )
        master = shown.keys.get("master") or keys.public(self.user_id)["master"]
        signed: dict[str, Any] = {}
        if not is_signed(device, self.user_id, keys.self_signing.public):
            signed[self._device_id] = keys.self_signing.signed(self.user_id, device)
        if not is_signed(master, self.user_id, self._crypto.ed25519, self._device_id):
            signed[keys.master.public] = self._crypto.signed(master)
        if signed:
            await self._upload_signatures({self.user_id: signed})
            log.info("device signed", user_id=self.user_id, device_id=self._device_id)
            reach("identity.signed")

    async def _upload_signatures(self, signed: Mapping[str, Mapping[str, Any]]) -> None:
        """It always answers 200: what wasn't taken is among the `failures`."""
        failures = (await self._wire.post("/keys/signatures/upload", signed)).get("failures")
        if failures:
            raise Refused(f"the homeserver refused a signature: {failures}")
