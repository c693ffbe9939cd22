"""A request that the account's owner must agree to (specification, "User-Interactive Authentication API")."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.matrix.wire import Unapproved, Wire

# MSC4312: a page of the account's own, where the upload is agreed to; before Matrix 1.17 by its second name.
PAGES = ("m.oauth", "org.matrix.cross_signing_reset")
PASSWORD = "m.login.password"


class NeedsOperator(Exception):
    """What only the operator can mend: one sentence that says what is wrong and what to do. The bot serves on."""


class Approval:
    """Shows that the account is ours: by the password if we know it, else by a link for the operator to open."""

    def __init__(self, wire: Wire, user_id: str, password: str) -> None:
        self._wire = wire
        self._user_id = user_id
        self._password = password
        self._session = ""  # begun before, for which the operator may have agreed meanwhile

    async def post(self, path: str, body: Mapping[str, Any]) -> None:
        """POST; what the homeserver asks for is shown to it. Raises NeedsOperator, TryLater, Refused or LoggedOut."""
        try:
            await self._wire.post(path, {**body, "auth": {"session": self._session}} if self._session else body)
        except Unapproved as asked:
            await self._show(path, body, asked)

    async def _show(self, path: str, body: Mapping[str, Any], asked: Unapproved) -> None:
        if self._password and [PASSWORD] in asked.flows:
            identifier = {"type": "m.id.user", "user": self._user_id}
            auth = {"type": PASSWORD, "identifier": identifier, "password": self._password, "session": asked.session}
            try:
                await self._wire.post(path, {**body, "auth": auth})
            except Unapproved as refused:
                raise NeedsOperator(
                    f"the homeserver wants the account's password for the bot's identity and doesn't take [matrix] "
                    f"password ({refused.reason}): correct it"
                ) from refused
            return
        self._session = asked.session
        link = self._link(asked)
        if not link:
            raise NeedsOperator(
                "the homeserver wants the account's password once, for the bot's identity: give [matrix] password in "
                "place of access_token and start again; later starts do without it"
            )
        raise NeedsOperator(
            f"the homeserver wants you to agree to the bot's identity: open {link} signed in as {self._user_id}, and "
            "agree; the bot tries again every few minutes"
        )

    def _link(self, asked: Unapproved) -> str:
        """Where the operator can agree; empty if the password is the only way."""
        stages = [stage for flow in asked.flows for stage in flow[:1] if stage != PASSWORD]
        for stage in stages:
            page = asked.params.get(stage)
            if stage in PAGES and isinstance(page, dict) and isinstance(page.get("url"), str):
                return str(page["url"])
        if not stages:
            return ""
        where = f"/_matrix/client/v3/auth/{quote(stages[0], safe='')}/fallback/web"
        return f"{self._wire.homeserver}{where}?session={quote(asked.session, safe='')}"
