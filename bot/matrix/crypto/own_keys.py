"""Our device's own keys as they are uploaded: saved before they leave, fallback keys too, which nio has none of."""

from typing import Any

from nio.crypto import Olm

KEY_TYPE = "signed_curve25519"


class OwnKeys(Olm):  # type: ignore[misc] # nio has no types
    """nio's Olm machine, as far as it gives away public keys."""

    fallback_used = False

    @property
    def should_upload_keys(self) -> bool:
        """Too few one-time keys at the homeserver, or the fallback key was used."""
        return self.fallback_used or bool(super().should_upload_keys)

    def share_keys(self) -> dict[str, Any]:
        """The body for `/keys/upload`. Saved first: a key whose private half a kill took would never open anything."""
        content: dict[str, Any] = {} if self.account.shared else {"device_keys": self.device_keys()}
        unpublished = len(self.account.one_time_keys["curve25519"])
        missing = self.account.max_one_time_keys - (self.uploaded_key_count or 0) - unpublished
        if missing > 0:
            self.account.generate_one_time_keys(missing)
        # nio wraps vodozemac's account, and knows no fallback keys.
        inner = self.account._account
        if self.fallback_used and not inner.fallback_key:
            inner.generate_fallback_key()
        self.save_account()
        keys = self.account.one_time_keys["curve25519"].items()
        content["one_time_keys"] = {f"{KEY_TYPE}:{key_id}": self.signed({"key": key}) for key_id, key in keys}
        content["fallback_keys"] = {
            f"{KEY_TYPE}:{key_id}": self.signed({"key": key.to_base64(), "fallback": True})
            for key_id, key in inner.fallback_key.items()
        }
        return content

    def device_keys(self) -> dict[str, Any]:
        """This device's public keys, signed by it, exactly as they are uploaded."""
        keys = self.account.identity_keys
        return self.signed(
            {
                "algorithms": list(self._algorithms),
                "device_id": self.device_id,
                "user_id": self.user_id,
                "keys": {f"{kind}:{self.device_id}": keys[kind] for kind in ("curve25519", "ed25519")},
            }
        )

    def signed(self, content: dict[str, Any]) -> dict[str, Any]:
        return content | {"signatures": {self.user_id: {f"ed25519:{self.device_id}": self.sign_json(content)}}}

    def skip_one_time_keys(self) -> None:
        """Their names are taken at the homeserver, by keys that were made after the store we were put back to."""
        with self.store.durable():
            self.mark_keys_as_published()
            self.save_account()
