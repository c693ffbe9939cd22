"""The other side of a verification, written from the specification alone, with other primitives than the bot's."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PREFIX = "m.key.verification."
START = {
    "method": "m.sas.v1",
    "key_agreement_protocols": ["curve25519-hkdf-sha256", "curve25519"],
    "hashes": ["sha256"],
    "message_authentication_codes": ["hkdf-hmac-sha256.v2", "hkdf-hmac-sha256", "hmac-sha256"],
    "short_authentication_string": ["decimal", "emoji"],
}


def unpadded(raw: bytes) -> str:
    """As Matrix writes it."""
    return b64encode(raw).decode().rstrip("=")


@dataclass
class Peer:
    """A client in a verification with the bot. `keys` are its own, by key id; `theirs` what it knows of the bot's."""

    user_id: str
    device_id: str
    bot_id: str
    bot_device: str
    transaction: str
    keys: dict[str, str]
    theirs: dict[str, str]
    in_room: bool = False
    indices: tuple[int, ...] = ()
    decimals: tuple[int, ...] = ()
    done: bool = False
    cancelled: str = ""
    verified: set[str] = field(default_factory=set)
    started: bool = False
    _private: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    _start: dict[str, Any] = field(default_factory=dict)
    _commitment: str = ""
    _secret: bytes = b""

    @property
    def public(self) -> str:
        """Its ephemeral key."""
        return unpadded(self._private.public_key().public_bytes_raw())

    def addressed(self, content: dict[str, Any]) -> dict[str, Any]:
        """With what ties it to this verification."""
        if self.in_room:
            return content | {"m.relates_to": {"rel_type": "m.reference", "event_id": self.transaction}}
        return content | {"transaction_id": self.transaction}

    def start(self, **changes: Any) -> dict[str, Any]:
        """Propose."""
        self.started = True
        self._start = self.addressed({"from_device": self.device_id} | START | changes)
        return self._start

    def accept(self, start: dict[str, Any]) -> dict[str, Any]:
        """Answer the bot's proposal."""
        self.started = False
        digest = hashlib.sha256(self.public.encode() + canonical(start)).digest()
        return self.addressed({
            "key_agreement_protocol": "curve25519-hkdf-sha256",
            "hash": "sha256",
            "message_authentication_code": "hkdf-hmac-sha256.v2",
            "short_authentication_string": ["emoji", "decimal"],
            "commitment": unpadded(digest),
        })  # fmt: skip

    def key(self) -> dict[str, Any]:
        """Its ephemeral key as a message."""
        return self.addressed({"key": self.public})

    def hear_accept(self, content: dict[str, Any]) -> None:
        """The bot takes the proposal."""
        assert content["key_agreement_protocol"] == "curve25519-hkdf-sha256"
        assert content["hash"] == "sha256"
        assert content["message_authentication_code"] == "hkdf-hmac-sha256.v2"
        self._commitment = content["commitment"]

    def hear_key(self, key: str) -> None:
        """The bot's ephemeral key: there is something to compare."""
        if self.started:
            promised = unpadded(hashlib.sha256(key.encode() + canonical(self._start)).digest())
            assert promised == self._commitment, "the bot's key isn't the one it promised"
        self._secret = self._private.exchange(X25519PublicKey.from_public_bytes(b64decode(key + "=")))
        us, bot = f"{self.user_id}|{self.device_id}|{self.public}", f"{self.bot_id}|{self.bot_device}|{key}"
        sides = f"{us}|{bot}" if self.started else f"{bot}|{us}"
        derived = self._derived(f"MATRIX_KEY_VERIFICATION_SAS|{sides}|{self.transaction}", 6)
        bits = int.from_bytes(derived, "big") >> 6
        self.indices = tuple(bits >> shift & 63 for shift in range(36, -1, -6))
        bits = int.from_bytes(derived[:5], "big") >> 1
        self.decimals = tuple((bits >> shift & 8191) + 1000 for shift in (26, 13, 0))

    def mac(self) -> dict[str, Any]:
        """Its keys, attested."""
        info = f"MATRIX_KEY_VERIFICATION_MAC{self.user_id}{self.device_id}{self.bot_id}{self.bot_device}"
        macs = {key_id: self._mac(key, info, key_id) for key_id, key in self.keys.items()}
        return self.addressed({"mac": macs, "keys": self._mac(",".join(sorted(macs)), info, "KEY_IDS")})

    def hear_mac(self, content: dict[str, Any]) -> None:
        """The bot's keys, attested."""
        info = f"MATRIX_KEY_VERIFICATION_MAC{self.bot_id}{self.bot_device}{self.user_id}{self.device_id}"
        assert content["keys"] == self._mac(",".join(sorted(content["mac"])), info, "KEY_IDS")
        for key_id, mac in content["mac"].items():
            assert mac == self._mac(self.theirs[key_id], info, key_id)
            self.verified.add(key_id)

    def _mac(self, text: str, info: str, key_id: str) -> str:
        key = self._derived(f"{info}{self.transaction}{key_id}", 32)
        return unpadded(hmac.digest(key, text.encode(), "sha256"))

    def _derived(self, info: str, length: int) -> bytes:
        return HKDF(SHA256(), length, None, info.encode()).derive(self._secret)


def canonical(content: dict[str, Any]) -> bytes:
    """Canonical JSON."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
