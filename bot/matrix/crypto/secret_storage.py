"""Secret storage (specification, "Secrets"): secrets in the account data, under one key, for the bot's next device."""

import hmac
import os
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.matrix.crypto.signing import padded, unpadded
from bot.matrix.untrusted import as_dict
from bot.matrix.wire import Wire, get_if_there

ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2"
DEFAULT_KEY = "m.secret_storage.default_key"
DESCRIPTION = "m.secret_storage.key."  # and the key's id
_NOTHING = bytes(32)


@dataclass(frozen=True)
class StorageKey:
    """What opens the secrets; `key_id` is its name in the account data."""

    key: bytes = field(repr=False)
    key_id: str

    @classmethod
    def new(cls, key: bytes | None = None) -> "StorageKey":
        """With a name of its own."""
        name = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32))
        return cls(key or os.urandom(32), name)

    def description(self) -> dict[str, str]:
        """What the account data says of it: nothing, encrypted, by which it is told from another."""
        sealed = _encrypt(self.key, "", _NOTHING)
        return {"algorithm": ALGORITHM, "iv": sealed["iv"], "mac": sealed["mac"]}

    def fits(self, description: Mapping[str, Any]) -> bool:
        """Whether this is the key described; without `iv` and `mac`, only the secret itself can tell."""
        if description.get("algorithm") != ALGORITHM:
            return False
        if "mac" not in description:
            return True
        try:
            mac = _encrypt(self.key, "", _NOTHING, padded(description["iv"]))["mac"]
            return hmac.compare_digest(padded(mac), padded(description["mac"]))
        except (KeyError, ValueError, AttributeError):
            return False

    def encrypt(self, name: str, secret: str) -> dict[str, str]:
        """The secret as it is kept under this name."""
        return _encrypt(self.key, name, secret.encode())

    def decrypt(self, name: str, sealed: Mapping[str, Any]) -> str:
        """The secret of this name. Raises ValueError where this isn't its key."""
        aes, mac_key = _keys(self.key, name)
        try:
            ciphertext, iv, mac = (padded(sealed[part]) for part in ("ciphertext", "iv", "mac"))
        except (KeyError, AttributeError, TypeError) as error:
            raise ValueError(f"{name} is not as the specification has it") from error
        if not hmac.compare_digest(hmac.digest(mac_key, ciphertext, sha256), mac):
            raise ValueError(f"this is not the key of {name}")
        return _aes_ctr(aes, iv, ciphertext).decode()


def _encrypt(key: bytes, name: str, secret: bytes, iv: bytes | None = None) -> dict[str, str]:
    aes, mac_key = _keys(key, name)
    if iv is None:
        drawn = bytearray(os.urandom(16))
        drawn[8] &= 0x7F  # bit 63: some platforms' counter has but 64 bits
        iv = bytes(drawn)
    ciphertext = _aes_ctr(aes, iv, secret)
    return {
        "iv": unpadded(iv),
        "ciphertext": unpadded(ciphertext),
        "mac": unpadded(hmac.digest(mac_key, ciphertext, sha256)),
    }


def _keys(key: bytes, name: str) -> tuple[bytes, bytes]:
    derived = HKDF(SHA256(), length=64, salt=bytes(32), info=name.encode()).derive(key)
    return derived[:32], derived[32:]


def _aes_ctr(key: bytes, iv: bytes, text: bytes) -> bytes:
    cipher = Cipher(AES256(key), CTR(iv)).encryptor()  # its own inverse
    return cipher.update(text) + cipher.finalize()


@dataclass(frozen=True)
class SecretStorage:
    """The account's secrets at the homeserver."""

    wire: Wire
    user_id: str

    async def keep(self, key: StorageKey, named: Mapping[str, str]) -> bool:
        """Have these secrets there under this key; whether anything was left to do.

        A default key that somebody else has set stays the default, and what else is there stays beside ours. Ours is
        made the default last: where it is, all is there. Raises TryLater, Refused or LoggedOut.
        """
        default = await self._get(DEFAULT_KEY)
        kept = {name: await self._encrypted(name) for name in named}
        missing = [name for name in named if key.key_id not in kept[name]]
        if default and not missing:
            return False
        if not key.fits(await self._get(_description(key.key_id))):
            await self._put(_description(key.key_id), key.description())
        for name in missing:
            sealed = {**kept[name], key.key_id: key.encrypt(name, named[name])}
            await self._put(name, {"encrypted": sealed})
        if not default:
            await self._put(DEFAULT_KEY, {"key": key.key_id})
        return True

    async def find(self, key: bytes, name: str) -> StorageKey | None:
        """The key by its name, if it is one of those that open the secret `name`."""
        for key_id in await self._encrypted(name):
            found = StorageKey(key, key_id)
            if found.fits(await self._get(_description(key_id))):
                return found
        return None

    async def has(self, name: str) -> bool:
        """Whether a secret of this name is there, under any key."""
        return bool(await self._encrypted(name))

    async def open(self, key: StorageKey, name: str) -> str:
        """The secret of this name. Raises ValueError where it isn't there, or can't be opened."""
        sealed = (await self._encrypted(name)).get(key.key_id)
        if not isinstance(sealed, dict):
            raise ValueError(f"{name} is not in the secret storage")
        return key.decrypt(name, sealed)

    async def _encrypted(self, name: str) -> dict[str, Any]:
        return as_dict((await self._get(name)).get("encrypted"))

    async def _get(self, kind: str) -> dict[str, Any]:
        return await get_if_there(self.wire, self._path(kind)) or {}

    async def _put(self, kind: str, content: Mapping[str, Any]) -> None:
        await self.wire.put(self._path(kind), content)

    def _path(self, kind: str) -> str:
        return f"/user/{quote(self.user_id)}/account_data/{quote(kind, safe='')}"


def _description(key_id: str) -> str:
    return DESCRIPTION + key_id
