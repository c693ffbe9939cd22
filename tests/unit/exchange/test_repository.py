"""A tool's repository is one, in whatever way it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exchange.repository import domain_of, name_in, repository, repository_key


@pytest.mark.parametrize(
    ("written", "one"),
    [
        ("https://GitHub.com/Town/Medusa.git", "https://github.com/Town/Medusa"),
        ("http://www.github.com/Town/Medusa/", "https://github.com/Town/Medusa"),
        ("git@github.com:Town/Medusa.git", "https://github.com/Town/Medusa"),
        ("ssh://git@git.example:2222/town/medusa.git", "https://git.example/town/medusa"),
        ("git://git.example/town/medusa", "https://git.example/town/medusa"),
        ("git+https://git.example/town/medusa.git#main", "https://git.example/town/medusa"),
        ("https://user:secret@git.example:8443/a/b?x=1", "https://git.example:8443/a/b"),
        ("https://git.example:443//a//b", "https://git.example/a/b"),
        ("https://github.com/a/b/tree/main/src", "https://github.com/a/b"),
        ("https://gitlab.example/a/b/c/-/tree/main", "https://gitlab.example/a/b/c"),
        (" https://github.com/LT_AI/NER/NER.git ", "https://github.com/LT_AI/NER"),
        ("https://town.example/", "https://town.example"),
        ("", ""),
        ("medusa", ""),
        ("https://localhost/a", ""),
        ("https://", ""),
        ("javascript:alert(1)", ""),
        ("https://a.example/<b>", ""),
        ("https://[::1", ""),
        ("https://a.example:x/b", ""),
    ],
)
def test_an_address_is_written_in_one_way(written: str, one: str) -> None:
    assert repository(written) == one


@given(st.text(max_size=80))
def test_it_stays_what_it_is_and_nothing_breaks_it(text: str) -> None:
    for written in (text, f"https://git.example/{text}", f"git@git.example:{text}"):
        assert repository(repository(written)) == repository(written)


def test_hosting_sites_dont_tell_letters_cases_apart() -> None:
    assert repository_key("https://github.com/A/b") == repository_key("https://github.com/a/B")


def test_a_tool_is_called_by_its_address_if_it_must() -> None:
    addresses = (
        "https://github.com/drupal/drupal",
        "https://git.example/a/b/c",
        "https://git.example/a",
        "https://t.example",
    )
    assert [name_in(address) for address in addresses] == ["drupal", "b/c", "a", "t.example"]


def test_a_domain_is_without_www() -> None:
    addresses = "https://www.Town.example/x", "town.example", "https://[", "https://localhost"
    assert [domain_of(a) for a in addresses] == ["town.example", "", "", ""]
