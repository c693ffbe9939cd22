"""Secrets at rest: sealed with the operator's key, or with one that is made once in a file beside the database."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import OperatorError
from bot.matrix.crypto.signing import padded, unpadded
from bot.matrix.settings import SHORTEST_KEY, MatrixSettings

VERSION = "1"
NONCE = 12


class CantOpen(Exception):
    """This secret was sealed with another key, or for another name, or was altered."""


@dataclass(frozen=True)
class SealingKey:
    """Seals and opens; `source` says in words where the key is from."""

    material: bytes = field(repr=False)
    source: str

    @property
    def pickle_key(self) -> str:
        """What nio encrypts its key store with."""
        return self._derived("crypto store").hex()

    def seal(self, user_id: str, name: str, secret: bytes) -> str:
        """Sealed for this name alone: moved to another, it doesn't open."""
        nonce = os.urandom(NONCE)
        sealed = AESGCM(self._derived("secret")).encrypt(nonce, secret, _bound(user_id, name))
        return f"{VERSION}.{unpadded(nonce + sealed)}"

    def open(self, user_id: str, name: str, sealed: str) -> bytes:
        """What was sealed. Raises CantOpen."""
        version, _, text = sealed.partition(".")
        try:
            raw = padded(text)
            if version != VERSION:
                raise CantOpen
            return AESGCM(self._derived("secret")).decrypt(raw[:NONCE], raw[NONCE:], _bound(user_id, name))
        except (InvalidTag, ValueError) as error:
            raise CantOpen from error

    def _derived(self, purpose: str) -> bytes:
        return HKDF(SHA256(), length=32, salt=None, info=f"townclerk {purpose}".encode()).derive(self.material)


def _bound(user_id: str, name: str) -> bytes:
    return f"{user_id}\n{name}".encode()


def sealing_key(settings: MatrixSettings, file: Path, *, make: bool) -> SealingKey:
    """The operator's key, or else the file's; with `make`, the file is made where it is missing.

    Raises OperatorError, in one clear line.
    """
    given = settings.secrets_key.get_secret_value()
    if given:
        return SealingKey(given.encode(), "[matrix] secrets_key")
    if make and not file.exists():
        try:
            _make(file)
        except OSError as error:
            raise OperatorError(f"the key file {file} can't be made: {error.strerror}") from error
    try:
        material = file.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise OperatorError(
            f"the key file {file} is missing, and the bot's secrets are sealed with it: restore it from the "
            "backup; if it is lost for good, docs/encryption.md says how to go on"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"the key file {file} can't be used: {getattr(error, 'strerror', error)}") from error
    if len(material) < SHORTEST_KEY:
        raise OperatorError(f"the key file {file} holds no key: it has less than {SHORTEST_KEY} characters")
    return SealingKey(material.encode(), str(file))


def is_readable_by_others(file: Path) -> bool:
    """Whether anybody but its owner may read this file."""
    return bool(file.stat().st_mode & 0o077)


def _make(file: Path) -> None:
    """Whole or not at all: a process that dies here leaves no half a key behind. Of two that start at the same moment
    one's becomes the file, and both read that.
    """
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as writing:
        writing.write(secrets.token_urlsafe(32) + "\n")
        writing.flush()
        os.fsync(writing.fileno())
    try:
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # without it, a power cut may keep what was sealed and lose the key
    finally:
        os.close(folder)
