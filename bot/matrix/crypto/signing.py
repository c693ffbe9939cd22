"""Signed JSON (specification, appendix "Signing JSON"): Ed25519 over canonical JSON, in unpadded base64."""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def canonical(content: Mapping[str, Any]) -> bytes:
    """What is signed of this JSON, in its one spelling."""
    return json.dumps(bare(content), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def unpadded(raw: bytes) -> str:
    """As Matrix writes keys and signatures."""
    return b64encode(raw).decode().rstrip("=")


def padded(text: str) -> bytes:
    """What `unpadded` wrote; padding that is there doesn't matter. Raises ValueError."""
    try:
        return b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True)
    except NotBase64 as error:
        raise ValueError("not base64") from error


class SigningKey:
    """An Ed25519 key, from its seed of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = unpadded(self._key.public_key().public_bytes_raw())

    def signed(self, user_id: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """The content with this signature alone, by this user's key: what is sent is what is new."""
        signature = unpadded(self._key.sign(canonical(content)))
        return {**bare(content), "signatures": {user_id: {f"ed25519:{self.public}": signature}}}


def is_signed(content: Mapping[str, Any], user_id: str, public: str, key_id: str = "") -> bool:
    """Whether this user's key of this public part has signed it; `key_id` where it isn't the public part itself."""
    try:
        signature = content["signatures"][user_id][f"ed25519:{key_id or public}"]
        Ed25519PublicKey.from_public_bytes(padded(public)).verify(padded(signature), canonical(content))
    except (KeyError, TypeError, ValueError, AttributeError, InvalidSignature):
        return False
    return True


def bare(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a signature is over: never the other signatures, nor what servers add."""
    return {key: value for key, value in content.items() if key not in ("signatures", "unsigned")}
