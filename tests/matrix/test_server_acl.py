"""Whether a room's list of servers leaves ours out, by the specification's rules."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix.server_acl import shuts_out
from tests.matrix.test_inbound import JSON

OURS = "clerk.example.org"


@pytest.mark.parametrize(
    ("content", "out"),
    [
        ({"allow": ["*"]}, False),
        ({"allow": ["*"], "deny": [OURS]}, True),
        ({"allow": ["*"], "deny": ["CLERK.example.ORG"]}, True),
        ({"allow": ["*"], "deny": ["*.example.org"]}, True),
        ({"allow": ["*"], "deny": ["clerk.example.???"]}, True),
        ({"allow": ["*"], "deny": ["clerk.example.??"]}, False),
        ({"allow": ["*"], "deny": ["*.example.org.evil", "example.org", "lerk.example.org", "[c]lerk.*"]}, False),
        ({"allow": [OURS], "deny": []}, False),
        ({"allow": ["other.org"]}, True),
        ({"deny": []}, True),  # who isn't allowed is denied
        ({}, True),
        ({"allow": "*", "deny": OURS}, True),
        ({"allow": ["*", 5, None], "deny": [{}, [OURS]]}, False),
        ({"allow": ["*"], "allow_ip_literals": False}, False),
    ],
)
def test_denied_is_who_is_named_or_not_allowed(content: dict[str, Any], out: bool) -> None:
    assert shuts_out(content, OURS) is out
    assert shuts_out(content, f"{OURS}:8448") is out, "the port doesn't count"


@pytest.mark.parametrize("server", ["1.2.3.4", "1.2.3.4:8448", "[2001:db8::1]", "[2001:db8::1]:8448"])
def test_addresses_in_place_of_names_can_be_denied_as_such(server: str) -> None:
    assert shuts_out({"allow": ["*"], "allow_ip_literals": False}, server)
    assert not shuts_out({"allow": ["*"], "allow_ip_literals": "no"}, server)
    assert not shuts_out({"allow": ["*"]}, server)


@given(JSON, JSON, JSON)
def test_nonsense_is_read_as_something(allow: Any, deny: Any, literals: Any) -> None:
    assert shuts_out({"allow": allow, "deny": deny, "allow_ip_literals": literals}, OURS) in (True, False)


@given(st.lists(st.text("*?a.", max_size=40), max_size=20))
def test_no_glob_takes_for_ever(globs: list[str]) -> None:
    hostile = ["*a" * 60 + "g", "*?" * 60 + "z*g", *globs]
    shuts_out({"allow": ["*"], "deny": hostile}, f"{'a' * 200}.org")
