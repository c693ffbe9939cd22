"""The bot's identity on a real homeserver: made once, signed, stored, restored, and never reset."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.matrix.crypto import identity as identity_module
from bot.matrix.crypto import recovery_key
from bot.matrix.crypto.approval import Approval, NeedsOperator
from bot.matrix.crypto.cross_signing import CrossSigningKeys, Published, published
from bot.matrix.crypto.identity import Identity
from bot.matrix.crypto.kept import NAME, Kept, opened
from bot.matrix.crypto.machine import Crypto
from bot.matrix.crypto.sealing import SealingKey
from bot.matrix.crypto.signing import is_signed
from bot.matrix.settings import MatrixSettings
from bot.matrix.wire import Wire
from bot.store.database import Database, open_database
from bot.store.memory import Memory
from bot.store.rooms import Account as Session
from bot.turn.chat import Refused, TryLater
from tests.homeserver import PASSWORD, Account, Homeserver

SEALING = SealingKey(b"a key for the tests alone, 32 bytes", "a test")


class Recorded(Wire):
    """A wire that remembers what changed something at the homeserver."""

    def __init__(self, homeserver: str) -> None:
        super().__init__(homeserver)
        self.changes: list[str] = []
        self.busy = 0  # for so many requests

    async def _request(
        self, method: str, path: str, seconds: float, headers: Mapping[str, str], **body: Any
    ) -> dict[str, Any]:
        self.busy -= 1
        if self.busy >= 0:
            raise TryLater("429 M_LIMIT_EXCEEDED", 0.0, limited=True)
        if method == "PUT" or "upload" in path:
            self.changes.append(path.removeprefix("/_matrix/client/v3").partition("account_data/")[2] or path[18:])
        return await super()._request(method, path, seconds, headers, **body)


@dataclass
class Clerk:
    """The bot as far as its identity is concerned."""

    wire: Recorded
    crypto: Crypto
    database: Database
    identity: Identity

    async def shown(self) -> Published:
        """What the homeserver shows of it."""
        return await published(self.wire, self.identity.user_id, self.identity._device_id)

    async def kept(self) -> Kept | None:
        """What the database holds."""
        async with self.database.reading() as connection:
            sealed = await Memory(connection).secrets.get(self.identity.user_id, NAME)
        return opened(sealed, self.identity.user_id, SEALING) if sealed else None

    async def recovery_key(self) -> str:
        """As a person writes it down."""
        kept = await self.kept()
        assert kept
        return recovery_key.written(kept.storage_key.key)


Open = Callable[..., Any]


@pytest.fixture
def clerk(homeserver: Homeserver, tmp_path: Path) -> Open:
    """Opens the bot on a device of its account, with the database and crypto store of a folder."""

    @asynccontextmanager
    async def open_clerk(
        account: Account, folder: str = "bot", sealing: SealingKey = SEALING, **settings: Any
    ) -> AsyncIterator[Clerk]:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        credentials = account.credentials
        session = Session(account.user_id, credentials.device_id, credentials.access_token, None)
        wire = Recorded(homeserver.url)
        wire.token = session.access_token
        database = await open_database(f"sqlite:///{place / 'townclerk.db'}")
        crypto = Crypto(wire, session, place / f"crypto-{session.device_id}", SEALING.pickle_key)
        identity = Identity(wire, crypto, database, session, sealing, MatrixSettings(**settings))
        try:
            yield Clerk(wire, crypto, database, identity)
        finally:
            crypto.close()
            await database.close()
            await wire.close()

    return open_clerk


def is_whole(clerk: Clerk, shown: Published) -> bool:
    """Whether the master vouches for the others, they for the device, and the device for the master."""
    user, keys = clerk.identity.user_id, shown.keys
    master = str(clerk.identity.master_public)
    (self_signing,) = keys["self_signing"]["keys"].values()
    return (
        list(keys["master"]["keys"].values()) == [master]
        and is_signed(keys["self_signing"], user, master)
        and is_signed(keys["user_signing"], user, master)
        and shown.device is not None
        and is_signed(shown.device, user, self_signing)
        and is_signed(keys["master"], user, clerk.crypto.ed25519, clerk.identity._device_id)
    )


async def test_the_first_start_makes_it_and_the_second_changes_nothing(homeserver: Homeserver, clerk: Open) -> None:
    account = await homeserver.account("clerk")
    async with clerk(account) as first:
        assert first.identity.master_public is None
        await first.identity.establish()
        assert is_whole(first, await first.shown())
        changes = [
            change.partition("key.")[0] + "key.…" if ".key." in change else change for change in first.wire.changes
        ]
        assert changes == [
            "/keys/device_signing/upload",
            "/keys/signatures/upload",
            "m.secret_storage.key.…",
            "m.cross_signing.master",
            "m.cross_signing.self_signing",
            "m.cross_signing.user_signing",
            "m.secret_storage.default_key",
        ]
        public = first.identity.master_public
    async with clerk(account) as second:
        await second.identity.establish()
        assert (second.wire.changes, second.identity.master_public) == ([], public)


@pytest.mark.parametrize("step", ["identity.saved", "identity.uploaded", "identity.signed", "identity.stored"])
async def test_who_dies_at_a_step_goes_on_from_there(
    homeserver: Homeserver, clerk: Open, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def die(reached: str) -> None:
        if reached == step:
            raise KeyboardInterrupt

    account = await homeserver.account("clerk")
    async with clerk(account) as dying:
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(identity_module, "reach", die)
            await dying.identity.establish()
        kept = await dying.kept()
        assert kept
        done = dying.wire.changes
    async with clerk(account) as again:
        await again.identity.establish()
        assert is_whole(again, await again.shown())
        assert again.identity.master_public == kept.keys.master.public
        assert len(done + again.wire.changes) == 7, "nothing is uploaded twice"


async def test_a_new_device_with_the_same_database_signs_itself(homeserver: Homeserver, clerk: Open) -> None:
    account = await homeserver.account("clerk")
    async with clerk(account) as first:
        await first.identity.establish()
        public = first.identity.master_public
    async with clerk(await homeserver.log_in(account.user_id)) as second:
        await second.identity.establish()
        assert is_whole(second, await second.shown())
        assert second.wire.changes == ["/keys/signatures/upload"]
        assert second.identity.master_public == public


async def test_a_new_device_with_an_empty_database_is_restored_by_the_recovery_key(
    homeserver: Homeserver, clerk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await homeserver.account("clerk")
    async with clerk(account) as first:
        await first.identity.establish()
        public, written = first.identity.master_public, await first.recovery_key()
    new = await homeserver.log_in(account.user_id)
    async with clerk(new, "empty") as without:
        with pytest.raises(NeedsOperator, match="give its recovery key"):
            await without.identity.establish()
        assert (without.wire.changes, without.identity.master_public, await without.kept()) == ([], None, None)

    def die(_step: str) -> None:
        raise KeyboardInterrupt

    async with clerk(new, "empty", recovery_key=written) as dying:
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(identity_module, "reach", die)
            await dying.identity.establish()
    async with clerk(new, "empty") as second:  # what was restored is kept: the recovery key was needed once
        await second.identity.establish()
        assert is_whole(second, await second.shown())
        assert second.wire.changes == ["/keys/signatures/upload"]
        assert second.identity.master_public == public
        assert await second.recovery_key() == written


async def test_a_wrong_recovery_key_is_told_and_changes_nothing(homeserver: Homeserver, clerk: Open) -> None:
    account = await homeserver.account("clerk")
    async with clerk(account) as first:
        await first.identity.establish()
    wrong = recovery_key.written(os.urandom(32))
    async with clerk(await homeserver.log_in(account.user_id), "empty", recovery_key=wrong) as second:
        with pytest.raises(NeedsOperator, match="doesn't open"):
            await second.identity.establish()
        assert (second.wire.changes, await second.kept()) == ([], None)


async def test_a_key_that_opens_nothing_is_told_and_the_recovery_key_is_the_way_out(
    homeserver: Homeserver, clerk: Open
) -> None:
    account = await homeserver.account("clerk")
    async with clerk(account) as first:
        await first.identity.establish()
        public, written = first.identity.master_public, await first.recovery_key()
    other = SealingKey(b"another key, of 32 bytes or more", "the other file")
    async with clerk(account, sealing=other) as second:
        with pytest.raises(NeedsOperator, match="sealed with another key than the other file"):
            await second.identity.establish()
        assert (second.wire.changes, await second.recovery_key()) == ([], written)
    async with clerk(account, sealing=other, recovery_key=written) as third:
        await third.identity.establish()
        assert (third.wire.changes, third.identity.master_public) == ([], public)
    async with clerk(account, sealing=other) as fourth:
        await fourth.identity.establish()
        assert (fourth.wire.changes, fourth.identity.master_public) == ([], public)


async def test_a_homeserver_that_says_later_is_asked_later(homeserver: Homeserver, clerk: Open) -> None:
    async with clerk(await homeserver.account("clerk")) as one:
        one.wire.busy = 3
        running = asyncio.create_task(one.identity.run())
        await asyncio.wait_for(one.identity.tried.wait(), 10)
        assert one.identity.master_public is None, "the first try has ended: the bot goes on meanwhile"
        async with asyncio.timeout(20):
            while one.identity.master_public is None:  # noqa: ASYNC110 - it rings no bell of its own for tests
                await asyncio.sleep(0.05)
        running.cancel()
        assert is_whole(one, await one.shown())


async def test_an_identity_reset_elsewhere_is_not_written_over(homeserver: Homeserver, clerk: Open) -> None:
    account = await homeserver.account("clerk")
    async with clerk(account) as first:
        await first.identity.establish()
        before = await first.recovery_key()
        await reset(first)
        shown = (await first.shown()).keys
        first.wire.changes.clear()
        with pytest.raises(NeedsOperator, match="replaced elsewhere"):
            await first.identity.establish()
        assert (first.wire.changes, await first.recovery_key()) == ([], before)
        assert (await first.shown()).keys == shown
    async with clerk(account, recovery_key=before) as second:
        with pytest.raises(NeedsOperator, match="older identity"):
            await second.identity.establish()
        assert (second.wire.changes, await second.recovery_key()) == ([], before)


async def test_a_person_verified_is_signed_for_all_to_see(homeserver: Homeserver, clerk: Open) -> None:
    ana, account = await homeserver.account("ana"), await homeserver.account("clerk")
    async with clerk(ana, "ana") as hers, clerk(account) as bot:
        await hers.identity.establish()
        her_master = (await hers.shown()).keys["master"]
        with pytest.raises(Refused, match="no cross-signing identity"):
            await bot.identity.sign_user(ana.user_id, her_master)
        await bot.identity.establish()
        await bot.identity.sign_user(ana.user_id, her_master)
        answer = await account.call("POST", "keys/query", {"device_keys": {ana.user_id: []}})
        user_signing = (await bot.kept()).keys.user_signing.public
        assert is_signed(answer["master_keys"][ana.user_id], account.user_id, user_signing)
        for wrong in (her_master | {"user_id": "@mallory:localhost"}, her_master | {"keys": {}}):
            with pytest.raises(Refused, match="no master key of that person"):
                await bot.identity.sign_user(ana.user_id, wrong)
        stale = CrossSigningKeys.new().public(ana.user_id)["master"]
        with pytest.raises(Refused, match="refused a signature"):
            await bot.identity.sign_user(ana.user_id, stale)


async def test_a_device_logged_out_and_in_again_shows_the_keys_it_had(homeserver: Homeserver, clerk: Open) -> None:
    account = await homeserver.account("clerk")
    async with clerk(account) as first:
        await first.identity.establish()
        before = await first.shown()
    await account.call("POST", "logout", {})
    again = await logged_in_again(account)
    async with clerk(again) as second:
        assert (await second.shown()).device is None
        await second.identity.establish()
        after = await second.shown()
        assert is_whole(second, after)
        assert (after.keys.keys(), after.device and after.device["keys"]) == (before.keys.keys(), before.device["keys"])


async def logged_in_again(account: Account) -> Account:
    """Logged in on the device of before, as the bot does."""
    request = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": account.user_id},
        "password": PASSWORD,
        "device_id": account.credentials.device_id,
    }
    answer = await account.call("POST", "login", request)
    return Account(replace(account.credentials, access_token=answer["access_token"]))


async def reset(clerk: Clerk) -> None:
    """Another client of the account replaces its identity, with the password."""
    user = clerk.identity.user_id
    keys = {f"{usage}_key": one for usage, one in CrossSigningKeys.new().public(user).items()}
    await Approval(clerk.wire, user, PASSWORD).post("/keys/device_signing/upload", keys)
