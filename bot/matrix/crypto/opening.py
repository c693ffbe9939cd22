"""A device's key store and what is in it, opened; what can't be read is refused with a way out."""

from collections.abc import Callable
from pathlib import Path

import vodozemac
from nio import AsyncClientConfig

from bot.errors import OperatorError
from bot.matrix.crypto.nio_store import HOW_TO_RESTORE, KeyStore, PeeweeException
from bot.matrix.crypto.olm import Machine
from bot.store.rooms import Account

UNREADABLE = (PeeweeException, ValueError, vodozemac.PickleException, vodozemac.LibolmPickleException)


def has_store(account: Account, folder: Path) -> bool:
    """Whether the keys of this device are still there."""
    return (folder / f"{account.user_id}_{account.device_id}.db").exists()  # as nio names it


def opened(
    account: Account, folder: Path, pickle_key: str, machine: Callable[[KeyStore], Machine]
) -> tuple[KeyStore, Machine]:
    """The store and what is in it, by our key, or by nio's own if it was made before the bot had one."""
    keys = (pickle_key, AsyncClientConfig().pickle_key)
    for key in keys:
        store = KeyStore(account.user_id, account.device_id, folder, key)
        try:
            return store, machine(store)
        except UNREADABLE as error:
            store.database.close()
            # Only SQLite's words: those of a decoder may quote what it was decoding.
            reason = f"{type(error).__name__}: {error}" if isinstance(error, PeeweeException) else type(error).__name__
            if key != keys[-1] and isinstance(error, vodozemac.PickleException | vodozemac.LibolmPickleException):
                continue
            raise OperatorError(
                f"the crypto store {store.path} can't be read ({reason}): it is damaged, or was made with another key "
                f"than the bot has now (its key file, or [matrix] secrets_key); {HOW_TO_RESTORE}"
            ) from error
    raise AssertionError("the last key either opens it or is refused")
