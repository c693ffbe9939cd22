"""The bot's identity for the operator: its recovery key, and what `townclerk doctor` says of it."""

from dataclasses import dataclass

from bot.commands.finding import Finding
from bot.errors import OperatorError
from bot.matrix.crypto import kept as safe
from bot.matrix.crypto import recovery_key
from bot.matrix.crypto.cross_signing import published
from bot.matrix.crypto.identity import NOT_HELD, REPLACED
from bot.matrix.crypto.kept import Kept
from bot.matrix.crypto.sealing import CantOpen, key_file, sealing_key
from bot.matrix.crypto.signing import is_signed
from bot.matrix.wire import Wire
from bot.store.database import open_for_reading
from bot.store.memory import Memory
from bot.store.rooms import Account
from bot.turn.chat import LoggedOut, Refused, TryLater
from config.settings import Settings

NONE_YET = "the bot has no identity yet: start it once (townclerk run), and look into its log"


@dataclass(frozen=True)
class Known:
    """What the database has of the bot's account."""

    account: Account | None
    sealed: str | None

    def opened(self, settings: Settings) -> Kept | None:
        """The identity; None if there is none. Raises OperatorError."""
        if self.account is None or self.sealed is None:
            return None
        sealing = sealing_key(settings.matrix, key_file(settings.matrix, settings.database.url), make=False)
        try:
            return safe.opened(self.sealed, self.account.user_id, sealing)
        except CantOpen as error:
            raise OperatorError(f"the bot's identity was sealed with another key than {sealing.source}") from error


async def written_recovery_key(settings: Settings) -> str:
    """The recovery key, also of a bot that is running. Raises OperatorError."""
    kept = (await _known(settings)).opened(settings)
    if kept is None:
        raise OperatorError(NONE_YET)
    return recovery_key.written(kept.storage_key.key)


async def examine_identity(settings: Settings, *, offline: bool) -> list[Finding]:
    """Whether the identity is kept safe, can be opened, and, unless `offline`, is what the homeserver shows."""
    try:
        known = await _known(settings)
    except OperatorError:
        return []  # the database is another's finding
    if known.account is None:
        return []  # never started: nothing is wrong yet
    try:
        kept = known.opened(settings)
    except OperatorError as error:
        return [Finding(False, f"identity: {error}")]
    if offline:
        text = "identity: kept, townclerk recovery-key shows its recovery key" if kept else NONE_YET
        return [Finding(kept is not None, text)]
    return [await _shown(settings, known.account, kept)]


async def _known(settings: Settings) -> Known:
    database = await open_for_reading(settings.database.url)
    try:
        async with database.reading() as connection:
            memory = Memory(connection)
            user_id = settings.matrix.user or await memory.rooms.only_account()
            return Known(await memory.rooms.account(user_id), await memory.secrets.get(user_id, safe.NAME))
    finally:
        await database.close()


async def _shown(settings: Settings, account: Account, kept: Kept | None) -> Finding:
    """What the homeserver shows, beside what is kept."""
    wire = Wire(settings.matrix.homeserver, settings.matrix.ca_file)
    wire.token = account.access_token
    try:
        shown = await published(wire, account.user_id, account.device_id)
    except (TryLater, Refused) as error:
        return Finding(False, f"identity: {error.reason}")
    except LoggedOut:
        return Finding(False, "identity: the homeserver has ended the bot's session; starting the bot renews it")
    finally:
        await wire.close()
    if kept is None:
        return Finding(False, f"identity: {NOT_HELD if shown.keys else NONE_YET}")
    if not shown.agrees(kept.keys):
        return Finding(False, f"identity: {REPLACED}")
    if not shown.whole:
        return Finding(False, "identity: kept, but not with the homeserver yet: look into the bot's log")
    if not (shown.device and is_signed(shown.device, account.user_id, kept.keys.self_signing.public)):
        return Finding(False, f"identity: the bot's device {account.device_id} is not signed: look into the bot's log")
    return Finding(
        True, f"identity: device {account.device_id} is signed; townclerk recovery-key shows its recovery key"
    )
