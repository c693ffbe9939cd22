"""A real homeserver for the tests, and the people in it."""

from collections import Counter
from pathlib import Path
from typing import Any

from bot.demo.synapse import Credentials, Synapse
from tests.account import Account, Refused, call
from tests.timeline import Seen, Sieve, said_by

__all__ = ["PASSWORD", "Account", "Homeserver", "Refused", "Seen", "Sieve", "said_by"]

PASSWORD = "correct horse battery staple"


class Homeserver(Synapse):
    """A Synapse shared by many tests: each asks for the people it needs and gets fresh accounts."""

    def __init__(self, folder: Path, port: int = 0, **options: Any) -> None:
        super().__init__(folder, port, **options)
        self._taken: Counter[str] = Counter()

    async def account(self, localpart: str, display_name: str | None = None, *, admin: bool = False) -> Account:
        """A new person: `ana`, or, where a test before this one had an `ana`, `ana.2`."""
        self._taken[localpart] += 1
        number = self._taken[localpart]
        name = localpart if number == 1 else f"{localpart}.{number}"
        return Account(await self.register(name, PASSWORD, admin, display_name or localpart.title()))

    async def log_in(self, user_id: str, password: str = PASSWORD) -> Account:
        """The same person on a new device."""
        request = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user_id},
            "password": password,
        }
        answer = await call(self.url, None, "POST", "/_matrix/client/v3/login", request)
        return Account(Credentials(self.url, answer["user_id"], password, answer["access_token"], answer["device_id"]))
