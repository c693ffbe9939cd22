"""Login, once: by password or access token; afterwards the same device for ever."""

from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.errors import OperatorError
from bot.matrix.settings import MatrixSettings
from bot.matrix.wire import Wire
from bot.store.database import Database
from bot.store.memory import Memory
from bot.store.rooms import Account
from bot.turn.chat import LoggedOut, Refused, TryLater
from bot.turn.signals import Backoff

log = structlog.get_logger()


async def log_in(
    wire: Wire, settings: MatrixSettings, database: Database, has_keys: Callable[[Account], bool]
) -> Account:
    """The bot's session, kept from before or new; waits for a homeserver that doesn't answer yet.

    A device that has lost its keys (`has_keys`) is given up for a new one: with other keys, nobody would believe it.
    Raises OperatorError when the homeserver refuses the login, in one clear line.
    """
    backoff = Backoff("login")
    while True:
        try:
            return await _log_in(wire, settings, database, has_keys)
        except TryLater as error:
            await backoff.wait(error)
        except Refused as error:
            raise OperatorError(
                f"{wire.homeserver} refused to log {settings.user} in: {error.reason}; "
                "check [matrix] user and password or access_token"
            ) from error


async def _log_in(
    wire: Wire, settings: MatrixSettings, database: Database, has_keys: Callable[[Account], bool]
) -> Account:
    token = settings.access_token.get_secret_value()
    if token:
        account = await _by_token(wire, settings, token)
    else:
        async with database.reading() as connection:
            known = await Memory(connection).rooms.account(settings.user)
        if known and not _is_usable(known, has_keys):
            log.warning("crypto store lost, logging in as a new device", user_id=known.user_id, lost=known.device_id)
            known = None
        account = (await _known(wire, known) if known else None) or await _by_password(wire, settings, known)
    async with database.transaction() as connection:
        memory = Memory(connection)
        before = await memory.rooms.account(account.user_id)
        if before and before.device_id == account.device_id and not _is_usable(before, has_keys):
            raise OperatorError(
                f"the crypto store of the bot's device {account.device_id} is not there (any more): bring it back from "
                "the backup, or log in as the bot once more and give the new [matrix] access_token"
            )
        if before and before.device_id != account.device_id:
            log.warning("new device", user_id=account.user_id, before=before.device_id, now=account.device_id)
        await memory.rooms.keep_account(account)
        kept = await memory.rooms.account(account.user_id)
    wire.token = account.access_token
    return kept or account


def _is_usable(known: Account, has_keys: Callable[[Account], bool]) -> bool:
    """Whether the device can go on: it has its keys, or never got so far as to make them."""
    return known.since is None or has_keys(known)


async def _by_token(wire: Wire, settings: MatrixSettings, token: str) -> Account:
    """User and device are the token's own: homeservers with single sign-on have no passwords."""
    wire.token = token
    try:
        who = await wire.get("/account/whoami")
    except LoggedOut as error:
        raise OperatorError(f"{wire.homeserver} doesn't know this [matrix] access_token (any more)") from error
    if not isinstance(who.get("user_id"), str):
        raise TryLater("whoami: an answer without user_id")
    if settings.user and who["user_id"] != settings.user:
        raise OperatorError(f"[matrix] access_token belongs to {who['user_id']}, but user is {settings.user}")
    if not who.get("device_id"):
        raise OperatorError("[matrix] access_token has no device: make one by logging in as the bot")
    return Account(who["user_id"], who["device_id"], token, None)


async def _known(wire: Wire, account: Account) -> Account | None:
    wire.token = account.access_token
    try:
        await wire.get("/account/whoami")
    except LoggedOut:
        log.warning("session ended by the homeserver, logging in again", user_id=account.user_id)
        wire.token = ""
        return None
    return account


async def _by_password(wire: Wire, settings: MatrixSettings, known: Account | None) -> Account:
    password = settings.password.get_secret_value()
    if not password:
        raise OperatorError("there is no way to log in: give [matrix] password or access_token")
    wire.token = ""
    body: dict[str, object] = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": settings.user},
        "password": password,
        "initial_device_display_name": settings.device_name,
    }
    if known:
        body["device_id"] = known.device_id  # the same device: transaction ids are remembered for it
    answer = await wire.post("/login", body)
    if not all(isinstance(answer.get(key), str) for key in ("user_id", "device_id", "access_token")):
        raise TryLater("login: an answer without user_id, device_id and access_token")
    account = Account(answer["user_id"], answer["device_id"], answer["access_token"], None)
    return replace(account, since=known.since) if known else account
