"""The session's tokens: one that ends is renewed ahead of time, and the new pair is written down before it is used."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.errors import OperatorError
from bot.failpoints import reach
from bot.matrix.settings import MatrixSettings
from bot.matrix.wire import Wire
from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.rooms import Account
from bot.turn.chat import LoggedOut, Refused, TryLater

log = structlog.get_logger()

LONGEST = 10 * 365 * 86_400_000  # milliseconds; a token that lasts longer never ends
ANEW = timedelta(seconds=5)  # until a renewal that failed is tried again, while the old token lasts


class Tokens:
    """The tokens of one account, renewed for whoever speaks over the wire."""

    def __init__(
        self,
        wire: Wire,
        settings: MatrixSettings,
        database: Database,
        account: Account,
        clock: Callable[[], datetime],
    ) -> None:
        self.account = account
        self._wire = wire
        self._settings = settings
        self._database = database
        self._clock = clock
        self._lock = asyncio.Lock()
        self._use(account)

    def _use(self, account: Account) -> None:
        self.account = account
        self._wire.token = account.access_token
        now, ends = self._clock(), account.expires_at
        self._renew_at = now + (ends - now) * 3 / 4 if ends else None

    async def ahead(self) -> None:
        """Renew the token if it is about to end; if that fails, it is used for as long as it lasts."""
        now = self._clock()
        if self._renew_at is None or now < self._renew_at:
            return
        self._renew_at = now + ANEW
        try:
            await self.renew(self._wire.token)
        except (TryLater, LoggedOut) as error:
            log.warning("the access token can't be renewed yet", reason=error.reason)

    async def renew(self, used: str) -> None:
        """Get a token in place of this one. Raises TryLater, LoggedOut if there is no way left, or OperatorError on
        another device: its encryption keys are made at a start.
        """
        async with self._lock:
            if self._wire.token != used:
                return  # somebody else's request did it
            account = await self._renewed()
            async with self._database.transaction() as connection:
                memory = Memory(connection)
                another = account.device_id != self.account.device_id
                if another:
                    log.warning("new device", before=self.account.device_id, now=account.device_id)
                    await memory.gaps.doubt_all(self._clock())
                await memory.rooms.keep_account(account)
            reach("token.refreshed")
            if another:
                raise OperatorError(f"the homeserver made the bot another device, {account.device_id}: start it again")
            self._use(account)

    async def _renewed(self) -> Account:
        if self.account.refresh_token:
            try:
                return await self._refreshed()
            except (Refused, LoggedOut) as error:
                log.warning("the homeserver refuses our refresh token", reason=error.reason)
        if not self._settings.password.get_secret_value():
            raise LoggedOut("our tokens have ended and can't be renewed")
        log.warning("session ended by the homeserver, logging in again", user_id=self.account.user_id)
        try:
            return await by_password(self._wire, self._settings, self.account, self._clock())
        except Refused as error:
            raise LoggedOut(error.reason) from error

    async def _refreshed(self) -> Account:
        answer = await self._wire.post_openly("/refresh", {"refresh_token": self.account.refresh_token})
        if not isinstance(answer.get("access_token"), str):
            raise TryLater("refresh: an answer without access_token")
        # A refresh without a new refresh token leaves us the old one (spec, POST /refresh).
        return with_tokens(self.account, {"refresh_token": self.account.refresh_token} | answer, self._clock())


async def by_password(wire: Wire, settings: MatrixSettings, known: Account | None, now: datetime) -> Account:
    """Log in: on the device we had before, if there was one. Raises TryLater or Refused."""
    body: dict[str, object] = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": settings.user},
        "password": settings.password.get_secret_value(),
        "initial_device_display_name": settings.device_name,
        "refresh_token": True,
    }
    if known:
        body["device_id"] = known.device_id  # the same device: transaction ids are remembered for it
    answer = await wire.post_openly("/login", body)
    if not all(isinstance(answer.get(key), str) for key in ("user_id", "device_id", "access_token")):
        raise TryLater("login: an answer without user_id, device_id and access_token")
    before = known or Account("", "", "", None)
    return with_tokens(replace(before, user_id=answer["user_id"], device_id=answer["device_id"]), answer, now)


def with_tokens(account: Account, answer: dict[str, Any], now: datetime) -> Account:
    """The account with the tokens that the homeserver gave, and when they end by our clock."""
    refresh, lasts = answer.get("refresh_token"), answer.get("expires_in_ms")
    return replace(
        account,
        access_token=answer["access_token"],
        refresh_token=refresh if isinstance(refresh, str) else "",
        expires_at=now + timedelta(milliseconds=lasts) if type(lasts) is int and 0 <= lasts < LONGEST else None,
    )
