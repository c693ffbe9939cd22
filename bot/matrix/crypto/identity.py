"""Who the bot is: its cross-signing identity, made once, kept sealed, shown to the homeserver."""

from collections.abc import Mapping
from typing import Any


class Identity:
    """The bot's cross-signing keys, once the homeserver has them."""

    master_public: str | None = None  # unpadded base64; None as long as there is no identity of ours

    async def sign_user(self, user_id: str, master_keys: Mapping[str, Any]) -> None:
        """Say to the homeserver that we verified this person: sign their master key object (as `/keys/query` has it).

        Raises Refused (also as long as there is no identity of ours), TryLater or LoggedOut.
        """
        raise NotImplementedError
