"""The identity as it is kept in the database: one sealed secret, written whole before anything is uploaded."""

import json
from dataclasses import dataclass

from bot.matrix.crypto.cross_signing import USAGES, CrossSigningKeys
from bot.matrix.crypto.sealing import SealingKey
from bot.matrix.crypto.secret_storage import StorageKey
from bot.matrix.crypto.signing import padded, unpadded

NAME = "identity"


@dataclass(frozen=True)
class Kept:
    """The three keys, and the key of the secret storage, which written down is the recovery key."""

    keys: CrossSigningKeys
    storage_key: StorageKey


def opened(sealed: str, user_id: str, sealing: SealingKey) -> Kept:
    """What was kept. Raises CantOpen."""
    values = json.loads(sealing.open(user_id, NAME, sealed))
    storage_key = StorageKey(padded(values["recovery_key"]), values["key_id"])
    return Kept(CrossSigningKeys.from_seeds({usage: values[usage] for usage in USAGES}), storage_key)


def sealed(kept: Kept, user_id: str, sealing: SealingKey) -> str:
    """As the database keeps it."""
    storage_key = kept.storage_key
    values = {**kept.keys.seeds, "recovery_key": unpadded(storage_key.key), "key_id": storage_key.key_id}
    return sealing.seal(user_id, NAME, json.dumps(values).encode())
