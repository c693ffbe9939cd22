"""What bodies declare of themselves, and what catalogues pass on."""

import json
from typing import Any

import pytest

from bot.exchange.rows import BrokenRow, UseRow
from tests.unit.exchange.conftest import ReadText

OPENCATALOGI = """openCatalogiYmlVersion: "0.2"
name: Gemeente Voorbeeld
website: https://www.voorbeeld.example
contact: {email: someone@voorbeeld.example}
softwareOwned: [https://git.example/voorbeeld/own]
softwareUsed:
  - https://github.com/Nextcloud/server.git
  - {url: https://git.example/a/b, name: Balie}
  - {name: }
softwareSupported:
  - {software: https://git.example/a/b, type: Maintenance, contact: {phone: '+310000'}}
  - {software: https://git.example/a/c, type: hosting}
"""
MEDUSA = "publiccodeYmlVersion: 0.2\nname: Medusa\nurl: https://git.example/Town/medusa\nusedBy: [Comune di Roma]\n"


def usage(**software: Any) -> str:
    """A publiccode-usage.json with one software."""
    organization = {"url": "https://www.town.example/", "sector": "government"}
    return json.dumps({"organization": organization, "software": [software], "lastUpdated": "2025-09-01"})


def rows(read_text: ReadText, text: str, url: str = "") -> list[UseRow]:
    """The rows that can be used."""
    return [row for row in read_text(text, url=url).rows if isinstance(row, UseRow)]


def test_opencatalogi_says_what_a_body_uses_and_supports(read_text: ReadText) -> None:
    found = rows(read_text, OPENCATALOGI)
    assert [(r.line, r.called, r.repository, r.relation) for r in found] == [
        (7, "Nextcloud/server", "https://github.com/Nextcloud/server", ""),
        (8, "Balie", "https://git.example/a/b", ""),
        (11, "a/b", "https://git.example/a/b", "maintains"),
    ]
    assert {(r.organisation, r.organisation_id) for r in found} == {("Gemeente Voorbeeld", "domain:voorbeeld.example")}
    assert [r.line for r in read_text(OPENCATALOGI).rows if isinstance(r, BrokenRow)] == [9]
    assert "someone@" not in repr(found)


def test_a_usage_file_is_dated_and_its_evidence_is_where_it_has_to_stand(read_text: ReadText) -> None:
    [row] = rows(read_text, usage(url="https://github.com/drupal/drupal", status="production", since="2020"))
    assert (row.organisation, row.organisation_id, row.called) == ("town.example", "domain:town.example", "drupal")
    assert (row.status, row.since, row.asserted_on) == ("production", "2020", "2025-09-01")
    assert row.evidence_url == "https://town.example/.well-known/publiccode-usage.json"
    assert row.source == "publiccode-usage.json of town.example"
    [fetched] = rows(read_text, usage(url="https://github.com/drupal/drupal"), url="https://other.example/u.json")
    assert fetched.evidence_url == "https://other.example/u.json"


def test_what_an_entry_says_of_itself_goes_before(read_text: ReadText) -> None:
    given = {"name": "Drupal", "confirmedOn": "2026-01-02T00:00:00Z", "evidenceUrl": "https://e.example", "source": "S"}
    [row] = rows(read_text, usage(**given, status="retired", until="2025-12"))
    assert (row.tool, row.repository, row.asserted_on, row.until) == ("Drupal", "", "2026-01-02", "2025-12")
    assert (row.evidence_url, row.source, row.status) == ("https://e.example", "S", "retired")


@pytest.mark.parametrize(
    ("organization", "name", "identity"),
    [
        ("https://town.example", "town.example", "domain:town.example"),
        ("Town Council", "Town Council", ""),
        ({"name": "Town", "identifiers": ["gss:E1", "domain:t.example"]}, "Town", "gss:E1"),
        ({"name": "Town", "identifier": "LEI:5299"}, "Town", "lei:5299"),
        ({"name": "Town", "uri": "urn:x-italian-pa:C_1"}, "Town", "urn:x-italian-pa:c_1"),
    ],
)
def test_a_body_is_known_by_what_identifies_it(
    read_text: ReadText, organization: Any, name: str, identity: str
) -> None:
    [row] = rows(read_text, json.dumps({"organisation": organization, "software": ["https://git.example/a/b"]}))
    assert (row.organisation, row.organisation_id) == (name, identity)


@pytest.mark.parametrize(
    ("software", "reason"),
    [
        ({}, "no tool: neither a name nor an address"),
        ({"url": "ftp://x"}, "no tool: neither a name nor an address (“ftp://x”)"),
        ({"name": "X", "since": "soon"}, "since isn't a date: “soon”"),
        ({"name": "X" * 301}, "tool is longer than 300 characters"),
        ({"name": ["X"], "url": 10**400}, "tool is longer than 300 characters"),
    ],
)
def test_an_entry_that_says_nothing_is_told_with_its_number(read_text: ReadText, software: Any, reason: str) -> None:
    [row] = read_text(usage(**software)).rows
    assert isinstance(row, BrokenRow)
    assert (row.line, row.reason[: len(reason)]) == (1, reason)


def page(*entries: Any, following: str = "") -> str:
    """A page of a catalogue."""
    return json.dumps({"data": entries, "links": {"prev": None, "next": following or None}})


def test_a_catalogues_entries_are_each_a_publiccode_and_their_mistakes_their_own(read_text: ReadText) -> None:
    entry = {"id": "1", "url": "https://git.example/town/medusa.git", "aliases": ["https://old.example/m.git"]}
    contents = read_text(
        page(
            entry | {"publiccodeYml": MEDUSA, "active": True},
            entry | {"publiccodeYml": MEDUSA.replace("Roma", "Lecce"), "active": False},
            entry | {"publiccodeYml": "{{{"},
            entry | {"publiccodeYml": None, "aliases": "none"},
            5,
            entry | {"publiccodeYml": {"name": "Otello", "usedBy": ["Comune di Bari"]}},
        )
    )
    used = [(r.line, r.organisation, r.tool) for r in contents.rows if isinstance(r, UseRow)]
    assert used == [(1, "Comune di Roma", "Medusa"), (6, "Comune di Bari", "Otello")]
    assert [r.line for r in contents.rows if isinstance(r, BrokenRow)] == [3, 4, 5]
    assert contents.tools[0].other_repositories == ("https://git.example/town/medusa", "https://old.example/m")
    assert contents.notes == ("passed over as the catalogue calls them inactive: 1",)
    assert contents.counted_in == "entry"


@pytest.mark.parametrize(
    ("url", "following", "leads_to"),
    [
        ("https://api.example/v1/software?a=1", "?page[after]=x", "https://api.example/v1/software?page[after]=x"),
        ("https://api.example/v1", "https://api.example/v1?p=2", "https://api.example/v1?p=2"),
        ("https://api.example/v1", "", ""),
        ("", "?page[after]=x", ""),
        ("https://api.example/v1", "https://[", ""),
    ],
)
def test_the_next_page_is_beside_this_one(read_text: ReadText, url: str, following: str, leads_to: str) -> None:
    assert read_text(page(following=following), url=url).following == leads_to
