"""The mathematics of a verification by emoji: commitment, short string and MACs; the primitives are vodozemac's.

Client-server API, "Short Authentication String (SAS) verification", as of key agreement `curve25519-hkdf-sha256` and
MAC `hkdf-hmac-sha256.v2`; what is deprecated is not spoken. nio's own `Sas` speaks only that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any

import vodozemac
from nio.crypto import Sas as NioSas

from bot.matrix.crypto.signing import canonical, unpadded

KEY_AGREEMENT, HASH, MAC = "curve25519-hkdf-sha256", "sha256", "hkdf-hmac-sha256.v2"
STRINGS = ("emoji", "decimal")
# nio's table, but for three names: matrix-js-sdk, and so Element, shows others.
CORRECTED = {"Wrench": "Spanner", "Thumbs up": "Thumbs Up", "Airplane": "Aeroplane"}
EMOJI = tuple(f"{picture} {CORRECTED.get(name, name)}" for picture, name in NioSas.emoji)
MOST_KEYS = 100  # in one message: a person has a device key and a master key


@dataclass(frozen=True)
class Party:
    """One side: a device, and the keys by which its owner is known. `master` is the master key, if there is one."""

    user_id: str
    device_id: str
    ed25519: str
    master: str | None = None

    @property
    def keys(self) -> dict[str, str]:
        """What is to be verified, by key id."""
        device = {f"ed25519:{self.device_id}": self.ed25519}
        return {f"ed25519:{self.master}": self.master} | device if self.master else device


@dataclass(frozen=True)
class ShortString:
    """What both people see. An emoji is its picture and its name."""

    emoji: tuple[str, ...]
    decimals: tuple[int, ...]


class KeyMismatch(Exception):
    """A MAC is not that of the key we know."""


def commitment(public_key: str, start: Mapping[str, Any]) -> str:
    """By which the side that accepts binds itself to its key before it sees the other's."""
    return unpadded(sha256(public_key.encode() + canonical(start)).digest())


def is_committed(promised: str, public_key: str, start: Mapping[str, Any]) -> bool:
    """Whether the key is the one that was promised."""
    return compare_digest(promised.encode("utf-8", "replace"), commitment(public_key, start).encode())


class Agreement:
    """Our ephemeral key and, once the other's is here, the secret made of both. Never leaves the memory."""

    def __init__(self) -> None:
        self._sas = vodozemac.Sas()
        self._established: vodozemac.EstablishedSas | None = None
        self._theirs = ""
        self.public_key: str = self._sas.public_key.to_base64()

    def agree(self, their_key: str) -> None:
        """Make the secret. Raises ValueError for what is no key, or one that makes a secret everybody knows."""
        self._established = self._sas.diffie_hellman(vodozemac.Curve25519PublicKey.from_base64(their_key))
        self._theirs = their_key

    def short_string(self, us: Party, them: Party, we_started: bool, transaction: str) -> ShortString:
        """Derived from the secret; equal on both sides if nobody is between them."""
        sides = [(us, self.public_key), (them, self._theirs)]
        told = [f"{party.user_id}|{party.device_id}|{key}" for party, key in (sides if we_started else sides[::-1])]
        derived = self._secret.bytes("|".join(["MATRIX_KEY_VERIFICATION_SAS", *told, transaction]))
        emoji = tuple(EMOJI[index] for index in derived.emoji_indices)
        return ShortString(emoji, tuple(derived.decimals))

    def macs(self, us: Party, them: Party, transaction: str) -> dict[str, Any]:
        """The content of our `m.key.verification.mac`."""
        info = _mac_info(us, them, transaction)
        mac = {key_id: self._secret.calculate_mac(key, info + key_id) for key_id, key in us.keys.items()}
        return {"mac": mac, "keys": self._secret.calculate_mac(",".join(sorted(mac)), f"{info}KEY_IDS")}

    def check(self, us: Party, them: Party, transaction: str, mac: object, keys: object) -> frozenset[str]:
        """The key ids whose MACs are right: the device's own is among them. Raises KeyMismatch.

        Keys that we don't know (others of their devices) are passed over, as other clients do.
        """
        if not isinstance(mac, dict) or not 0 < len(mac) <= MOST_KEYS or not isinstance(keys, str):
            raise KeyMismatch
        # An id that is a device's and a key's at once would let one be taken for the other (CVE-2022-39250).
        if them.device_id == them.master:
            raise KeyMismatch
        info = _mac_info(them, us, transaction)
        self._verify(",".join(sorted(mac)), f"{info}KEY_IDS", keys)
        known = {key_id: key for key_id, key in them.keys.items() if key_id in mac}
        for key_id, key in known.items():
            self._verify(key, info + key_id, mac[key_id])
        if f"ed25519:{them.device_id}" not in known:
            raise KeyMismatch
        return frozenset(known)

    def _verify(self, text: str, info: str, mac: object) -> None:
        if not isinstance(mac, str):
            raise KeyMismatch
        try:
            self._secret.verify_mac(text, info, mac)
        except ValueError as error:
            raise KeyMismatch from error

    @property
    def _secret(self) -> "vodozemac.EstablishedSas":
        assert self._established is not None, "the keys come first"
        return self._established


def _mac_info(sender: Party, receiver: Party, transaction: str) -> str:
    sides = f"{sender.user_id}{sender.device_id}{receiver.user_id}{receiver.device_id}"
    return f"MATRIX_KEY_VERIFICATION_MAC{sides}{transaction}"
