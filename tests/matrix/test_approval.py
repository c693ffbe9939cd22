"""What the homeserver wants of the account's owner: the password if it is known, else a link."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from bot.matrix.crypto.approval import Approval, NeedsOperator
from bot.matrix.wire import Unapproved, Wire, _failure

CLERK = "@clerk:example.org"
PASSWORD_ONLY = {"session": "s1", "flows": [{"stages": ["m.login.password"]}], "params": {}}
SSO = {"session": "a/b", "flows": [{"stages": ["m.login.sso"]}, {"stages": ["m.login.password"]}], "params": {}}
OAUTH = {
    "session": "s1",
    "flows": [{"stages": ["m.oauth"]}],
    "params": {"m.oauth": {"url": "https://account.example.org/agree"}},
}


class Asking:
    """A homeserver that answers once as told, then does as asked."""

    homeserver = "https://matrix.example.org"

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self.answers = list(answers)
        self.auth: list[Any] = []

    async def post(self, _path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.auth.append(body.get("auth"))
        if self.answers:
            failure = _failure(401, dict(self.answers.pop(0)), "")
            assert isinstance(failure, Unapproved)
            raise failure
        return {}


def approval(asking: Asking, password: str = "") -> Approval:
    return Approval(cast(Wire, asking), CLERK, password)


async def test_a_server_that_asks_for_nothing_gets_nothing() -> None:
    asking = Asking()
    await approval(asking, "secret").post("/upload", {})
    assert asking.auth == [None]


async def test_the_password_is_given_where_it_is_known() -> None:
    asking = Asking(SSO)
    await approval(asking, "secret").post("/upload", {})
    identifier = {"type": "m.id.user", "user": CLERK}
    shown = {"type": "m.login.password", "identifier": identifier, "password": "secret", "session": "a/b"}
    assert asking.auth == [None, shown]


async def test_a_wrong_password_is_told_without_it() -> None:
    asking = Asking(PASSWORD_ONLY, {"errcode": "M_FORBIDDEN", "error": "Invalid password", **PASSWORD_ONLY})
    with pytest.raises(NeedsOperator, match="M_FORBIDDEN") as told:
        await approval(asking, "hunter2").post("/upload", {})
    assert "hunter2" not in str(told.value)


async def test_without_a_password_it_is_asked_for() -> None:
    with pytest.raises(NeedsOperator, match=r"give \[matrix\] password"):
        await approval(Asking(PASSWORD_ONLY)).post("/upload", {})


@pytest.mark.parametrize(
    ("answer", "link"),
    [
        (OAUTH, "https://account.example.org/agree"),
        (SSO, "https://matrix.example.org/_matrix/client/v3/auth/m.login.sso/fallback/web?session=a%2Fb"),
    ],
)
async def test_single_sign_on_is_a_link_and_goes_on_when_the_operator_has_agreed(
    answer: Mapping[str, Any], link: str
) -> None:
    asking = Asking(answer)
    one = approval(asking)
    with pytest.raises(NeedsOperator) as told:
        await one.post("/upload", {})
    assert f"open {link} signed in as {CLERK}" in str(told.value)
    await one.post("/upload", {})
    assert asking.auth == [None, {"session": answer["session"]}]


@pytest.mark.parametrize(
    "broken",
    [{"flows": None}, {"flows": [3, {"stages": 3}]}, {"flows": [{"stages": [3]}]}, {"flows": [], "params": 3}],
)
async def test_a_broken_question_is_one_clear_line(broken: Mapping[str, Any]) -> None:
    with pytest.raises(NeedsOperator):
        await approval(Asking(broken)).post("/upload", {})
