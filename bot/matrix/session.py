"""Login, once: by password or access token; afterwards the same device for ever."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from bot.errors import OperatorError
from bot.matrix.settings import MatrixSettings
from bot.matrix.tokens import Tokens, by_password
from bot.matrix.wire import Wire
from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.rooms import Account
from bot.turn.chat import LoggedOut, Refused, TryLater
from bot.turn.signals import Backoff

log = structlog.get_logger()


async def log_in(
    wire: Wire,
    settings: MatrixSettings,
    database: Database,
    clock: Callable[[], datetime],
    has_keys: Callable[[Account], bool],
) -> Account:
    """The bot's session, kept from before or new; waits for a homeserver that doesn't answer yet.

    A device that has lost its keys (`has_keys`) is given up for a new one: with other keys, nobody would believe it.
    Raises OperatorError when the homeserver refuses the login, in one clear line.
    """
    backoff = Backoff("login")
    while True:
        try:
            return await _Login(wire, settings, database, clock, has_keys).account()
        except TryLater as error:
            await backoff.wait(error)
        except Refused as error:
            raise OperatorError(
                f"{wire.homeserver} refused to log {settings.user} in: {error.reason}; "
                "check [matrix] user and password or access_token"
            ) from error


class _Login:
    """One attempt."""

    def __init__(
        self,
        wire: Wire,
        settings: MatrixSettings,
        database: Database,
        clock: Callable[[], datetime],
        has_keys: Callable[[Account], bool],
    ) -> None:
        self._wire = wire
        self._settings = settings
        self._database = database
        self._clock = clock
        self._has_keys = has_keys

    async def account(self) -> Account:
        """The account, its tokens renewed from now on by whoever speaks over the wire."""
        async with self._database.reading() as connection:
            known = await Memory(connection).rooms.account(self._settings.user)
        if self._settings.access_token.get_secret_value():
            account = await self._by_token(known)
        else:
            if known and not self._is_usable(known):
                log.warning("crypto store lost, new device", user_id=known.user_id, lost=known.device_id)
                known = None
            account = await self._by_password(known)
        async with self._database.transaction() as connection:
            memory = Memory(connection)
            before = await memory.rooms.account(account.user_id)
            if before and before.device_id == account.device_id and not self._is_usable(before):
                raise OperatorError(
                    f"the crypto store of the bot's device {account.device_id} is not there (any more): bring it back "
                    "from the backup, or log in as the bot once more and give the new [matrix] access_token"
                )
            if before and before.device_id != account.device_id:
                log.warning("new device", user_id=account.user_id, before=before.device_id, now=account.device_id)
                await memory.gaps.doubt_all(self._clock())
            await memory.rooms.keep_account(account)
            kept = await memory.rooms.account(account.user_id) or account
        self._renewing(kept)
        return kept

    def _is_usable(self, known: Account) -> bool:
        """Whether the device can go on: it has its keys, or never got so far as to make them."""
        return known.since is None or self._has_keys(known)

    def _renewing(self, account: Account) -> Tokens:
        tokens = Tokens(self._wire, self._settings, self._database, account, self._clock)
        self._wire.renewal = tokens
        return tokens

    async def _who(self, account: Account) -> Account | None:
        """The account as the homeserver knows it by these tokens, renewed if need be; None if they are no good."""
        tokens = self._renewing(account)
        try:
            who = await self._wire.get("/account/whoami")
        except LoggedOut:
            return None
        if not isinstance(who.get("user_id"), str):
            raise TryLater("whoami: an answer without user_id")
        device_id = who["device_id"] if isinstance(who.get("device_id"), str) else tokens.account.device_id
        return replace(tokens.account, user_id=who["user_id"], device_id=device_id)

    async def _by_token(self, known: Account | None) -> Account:
        """User and device are the token's own: homeservers with single sign-on have no passwords. A pair of tokens is
        only the first of a chain: what came of it is tried before it.
        """
        token = self._settings.access_token.get_secret_value()
        refresh = self._settings.refresh_token.get_secret_value()
        account = await self._who(known) if known and known.refresh_token and refresh else None
        account = account or await self._who(Account(self._settings.user, "", token, None, refresh))
        if account is None:
            raise OperatorError(
                f"{self._wire.homeserver} doesn't know this [matrix] access_token (any more)"
                + (", nor what came of its refresh_token: log in as the bot and give the new ones" if refresh else "")
            )
        if self._settings.user and account.user_id != self._settings.user:
            raise OperatorError(
                f"[matrix] access_token belongs to {account.user_id}, but user is {self._settings.user}"
            )
        if not account.device_id:
            raise OperatorError("[matrix] access_token has no device: make one by logging in as the bot")
        return account

    async def _by_password(self, known: Account | None) -> Account:
        if known and (account := await self._who(known)):
            return account
        if not self._settings.password.get_secret_value():
            raise OperatorError("there is no way to log in: give [matrix] password or access_token")
        if known:
            log.warning("session ended by the homeserver, logging in again", user_id=known.user_id)
            await self._forgotten()
        return await by_password(self._wire, self._settings, known, self._clock())

    async def _forgotten(self) -> None:
        """With a device the homeserver drops its transaction ids, whatever the next one is called."""
        async with self._database.transaction() as connection:
            await Memory(connection).gaps.doubt_all(self._clock())
