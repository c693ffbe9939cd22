"""A token that ends is renewed once for all who speak, and written down before it is used."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.errors import OperatorError
from bot.matrix.session import log_in
from bot.matrix.settings import MatrixSettings
from bot.matrix.tokens import Tokens
from bot.matrix.wire import Wire
from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.rooms import Account, Room
from bot.turn.chat import LoggedOut
from tests.store.samples import MINUTE, NOW, opened
from tests.templates import lay_out

CLERK = "@clerk:example.org"
ACCOUNT = Account(CLERK, "DEVICE", "a1", None, "r1")
SETTINGS = MatrixSettings(user=CLERK)
WITH_PASSWORD = MatrixSettings(user=CLERK, password=SecretStr("secret"))


@dataclass
class Issuer:
    """A homeserver that knows one access token and one refresh token at a time."""

    access: str = "a1"
    refresh: str = "r1"
    soft: bool = True
    device: str = "DEVICE"
    given: str = ""  # whatever device is asked for
    asked: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """As Synapse answers."""
        path = request.path.rpartition("/")[2]
        self.asked.append(path)
        if path in ("refresh", "login"):
            body = await request.json()
            if path == "refresh" and body["refresh_token"] != self.refresh:
                return web.json_response({"errcode": "M_FORBIDDEN"}, status=403)
            self.device = self.given or body.get("device_id", self.device)
            return web.json_response(self._next())
        if request.headers.get("Authorization") != f"Bearer {self.access}":
            answer = {"errcode": "M_UNKNOWN_TOKEN", "soft_logout": self.soft}
            return web.json_response(answer, status=401)
        return web.json_response({"user_id": CLERK, "device_id": self.device})

    def _next(self) -> dict[str, Any]:
        number = int(self.access[1:]) + 1
        self.access, self.refresh = f"a{number}", f"r{number}"
        tokens = {"access_token": self.access, "refresh_token": self.refresh, "expires_in_ms": 60_000}
        return tokens | {"user_id": CLERK, "device_id": self.device}


@dataclass
class Scene:
    """The homeserver, and a bot that speaks to it."""

    issuer: Issuer
    wire: Wire
    database: Database
    now: datetime = NOW

    def clock(self) -> datetime:
        """Whatever time it is."""
        return self.now

    async def kept(self) -> Account:
        """The account in the database."""
        async with self.database.reading() as connection:
            account = await Memory(connection).rooms.account(CLERK)
        assert account is not None
        return account

    def speak(self, account: Account = ACCOUNT, settings: MatrixSettings = SETTINGS) -> None:
        """From now on, with these tokens."""
        self.wire.renewal = Tokens(self.wire, settings, self.database, account, self.clock)


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """A homeserver on this machine."""
    issuer = Issuer()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", issuer.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    wire = Wire(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await lay_out(folder / "tokens.db")
    try:
        async with opened(f"sqlite:///{folder / 'tokens.db'}") as database:
            async with database.transaction() as connection:
                await Memory(connection).rooms.keep_account(ACCOUNT)
            yield Scene(issuer, wire, database)
    finally:
        await wire.close()
        await runner.cleanup()


async def test_an_ended_token_is_renewed_once_for_all_who_speak(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.speak()
        it.issuer.access = "a5"
        await asyncio.gather(*(it.wire.get("/account/whoami") for _ in range(5)))
        assert it.issuer.asked.count("refresh") == 1
        kept = await it.kept()
        assert (kept.access_token, kept.refresh_token, kept.expires_at) == ("a6", "r6", NOW + MINUTE)


async def test_it_is_renewed_ahead_of_its_end(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.speak(replace(ACCOUNT, expires_at=NOW + MINUTE))
        await it.wire.get("/account/whoami")
        it.now += MINUTE * 0.8
        await it.wire.get("/account/whoami")
        assert it.issuer.asked == ["whoami", "refresh", "whoami"]


async def test_while_a_token_lasts_a_renewal_that_fails_does_no_harm(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.speak(replace(ACCOUNT, refresh_token="stale", expires_at=NOW + MINUTE))
        it.now += MINUTE * 0.8
        for _ in range(2):
            await it.wire.get("/account/whoami")
        assert it.issuer.asked == ["refresh", "whoami", "whoami"]


async def test_without_a_good_refresh_token_the_password_keeps_the_device(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        it.speak(replace(ACCOUNT, refresh_token="stale"), WITH_PASSWORD)
        it.issuer.access = "a5"
        await it.wire.get("/account/whoami")
        assert it.issuer.asked == ["whoami", "refresh", "login", "whoami"]
        assert ((await it.kept()).device_id, (await it.kept()).access_token) == ("DEVICE", "a6")


async def test_where_the_password_gives_another_device_it_ends_and_everything_is_read_back_at_the_next_start(
    tmp_path: Path,
) -> None:
    """As homeservers do that know only devices of their own making; its encryption keys are those of a new start."""
    async with scene(tmp_path) as it:
        it.speak(replace(ACCOUNT, refresh_token="stale"), WITH_PASSWORD)
        it.issuer.access, it.issuer.given = "a5", "ANOTHER"
        async with it.database.transaction() as connection:
            await Memory(connection).rooms.keep(Room("!r:x.org", "join"))
        with pytest.raises(OperatorError, match="another device, ANOTHER: start it again"):
            await it.wire.get("/account/whoami")
        assert (await it.kept()).device_id == "ANOTHER"
        async with it.database.reading() as connection:
            assert await Memory(connection).gaps.holding(NOW - MINUTE) == {"!r:x.org"}


@pytest.mark.parametrize(("soft", "asked"), [(True, ["whoami", "refresh"]), (False, ["whoami"])])
async def test_without_any_way_left_it_ends(tmp_path: Path, soft: bool, asked: list[str]) -> None:
    async with scene(tmp_path) as it:
        it.speak(replace(ACCOUNT, refresh_token="stale"))
        it.issuer.access, it.issuer.soft = "a5", soft
        with pytest.raises(LoggedOut):
            await it.wire.get("/account/whoami")
        assert it.issuer.asked == asked


async def test_a_request_that_left_with_the_token_before_is_repeated_with_the_new_one(tmp_path: Path) -> None:
    """The first use of the new pair ends the old one, and hard, whoever is still using it."""
    async with scene(tmp_path) as it:
        it.speak()

        task = asyncio.create_task(it.wire.get("/account/whoami"))
        await asyncio.sleep(0)  # it has taken the old one along
        it.wire.token = it.issuer.access = "a2"
        it.issuer.soft = False
        assert (await task)["user_id"] == CLERK


async def test_logging_in_uses_what_came_of_the_pair_in_the_settings(tmp_path: Path) -> None:
    settings = MatrixSettings(user=CLERK, access_token=SecretStr("a0"), refresh_token=SecretStr("r0"))
    async with scene(tmp_path) as it:
        account = await log_in(it.wire, settings, it.database, it.clock, lambda account: True)
        assert (account.access_token, it.wire.token) == ("a1", "a1")
        it.issuer.access = it.issuer.refresh = "x9"
        with pytest.raises(OperatorError, match="log in as the bot and give the new ones"):
            await log_in(it.wire, settings, it.database, it.clock, lambda account: True)


async def test_on_another_device_everything_is_read_back(tmp_path: Path) -> None:
    settings = MatrixSettings(user=CLERK, access_token=SecretStr("a1"))
    async with scene(tmp_path) as it:
        it.issuer.device = "ANOTHER"
        async with it.database.transaction() as connection:
            await connection.execute("INSERT INTO room (room_id, membership) VALUES ('!r:x.org', 'join')")
        assert (await log_in(it.wire, settings, it.database, it.clock, lambda account: True)).device_id == "ANOTHER"
        async with it.database.reading() as connection:
            assert await Memory(connection).gaps.holding(NOW - MINUTE) == {"!r:x.org"}
