"""The three cross-signing keys (specification, "Cross-signing"): ours, and those that the homeserver shows of us."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.matrix.crypto.signing import SigningKey, padded, unpadded
from bot.matrix.wire import Wire

USAGES = ("master", "self_signing", "user_signing")


@dataclass(frozen=True)
class CrossSigningKeys:
    """The master key vouches for the other two: one signs our own devices, one the people we verified."""

    master: SigningKey
    self_signing: SigningKey
    user_signing: SigningKey

    @classmethod
    def new(cls) -> "CrossSigningKeys":
        """Drawn at random."""
        return cls(*(SigningKey(os.urandom(32)) for _ in USAGES))

    @classmethod
    def from_seeds(cls, seeds: Mapping[str, str]) -> "CrossSigningKeys":
        """From base64, by usage. Raises ValueError or KeyError."""
        return cls(*(SigningKey(padded(seeds[usage])) for usage in USAGES))

    @property
    def by_usage(self) -> dict[str, SigningKey]:
        """All three by their usage."""
        return {"master": self.master, "self_signing": self.self_signing, "user_signing": self.user_signing}

    @property
    def seeds(self) -> dict[str, str]:
        """The private parts in base64, by usage."""
        return {usage: unpadded(key.seed) for usage, key in self.by_usage.items()}

    def public(self, user_id: str) -> dict[str, dict[str, Any]]:
        """The key objects as they are uploaded, the two lower ones signed by the master."""
        shown = {
            usage: {"user_id": user_id, "usage": [usage], "keys": {f"ed25519:{key.public}": key.public}}
            for usage, key in self.by_usage.items()
        }
        return {usage: one if usage == "master" else self.master.signed(user_id, one) for usage, one in shown.items()}


@dataclass(frozen=True)
class Published:
    """What the homeserver shows of an account: its cross-signing keys by usage, and the keys of one device."""

    keys: Mapping[str, Mapping[str, Any]]
    device: Mapping[str, Any] | None

    def agrees(self, ours: CrossSigningKeys) -> bool:
        """Whether no key is shown that isn't ours."""
        return all(public_part(shown) == ours.by_usage[usage].public for usage, shown in self.keys.items())

    @property
    def whole(self) -> bool:
        """Whether all three are there."""
        return len(self.keys) == len(USAGES)


def public_part(key_object: Mapping[str, Any]) -> str | None:
    """The public key of a cross-signing key object, which has but one; None where it isn't as specified."""
    keys = key_object.get("keys")
    parts = list(keys.values()) if isinstance(keys, dict) else []
    return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else None


async def published(wire: Wire, user_id: str, device_id: str) -> Published:
    """What the homeserver shows of our account. Raises TryLater, Refused or LoggedOut."""
    answer = await wire.post("/keys/query", {"device_keys": {user_id: []}})
    shown = {usage: _below(answer, f"{usage}_keys", user_id) for usage in USAGES}
    devices = _below(answer, "device_keys", user_id) or {}
    return Published({usage: one for usage, one in shown.items() if one is not None}, _below(devices, device_id))


def _below(content: Mapping[str, Any], *path: str) -> dict[str, Any] | None:
    inner: Any = content
    for name in path:
        inner = inner.get(name) if isinstance(inner, dict) else None
    return inner if isinstance(inner, dict) else None
