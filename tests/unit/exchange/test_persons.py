"""No person's name, e-mail address or Matrix id comes in beside a body's name, or as a source."""

import json

import pytest

from bot.exchange.persons import impersonal, names_a_person, without_contacts
from bot.exchange.rows import BrokenRow, UseRow
from tests.unit.exchange.conftest import ReadText


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("jane@example.org", True),
        ("Jane Doe <jane.doe+x@mail.example.org>", True),
        ("mailto:jane@example.org", True),
        ("@jane:example.org", True),
        ("https://matrix.example/#/@jane:example.org", True),
        ("x" * 60_000 + "@example.org", True),
        ("x" * 60_000, False),
        ("@" * 60_000, False),
        ("x@" * 30_000, False),
        ("@room", False),
        ("Team@Camden", False),
        ("Democracy Club LGSF", False),
    ],
)
def test_a_person_is_an_e_mail_address_or_a_matrix_id(text: str, named: bool) -> None:
    assert names_a_person(text) is named


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Camden <jane@example.org>", "Camden"),
        ("Camden (mailto:jane@example.org)", "Camden"),
        ("Camden @jane:example.org", "Camden"),
        ("@jane:example.org", ""),
        ("<b>@room</b>", "<b>@room</b>"),
        ("Team@Camden: the bins", "Team@Camden: the bins"),
    ],
)
def test_a_name_stands_without_contacts(name: str, left: str) -> None:
    assert without_contacts(name) == left


def test_a_source_cut_to_length_never_hides_that_it_was_a_person() -> None:
    assert impersonal("S" * 295 + " jane@example.org") == ""
    assert impersonal("S" * 5_000) == "S" * 300


def test_a_table_of_uses_brings_in_nobody(read_text: ReadText) -> None:
    text = (
        "organisation,organisation_id,tool,source\n"
        "Camden <jane@example.org>,mailto:jane@example.org,PlanX @jane:example.org,jane@example.org\n"
        "Lambeth,,PlanX,@jane:example.org\n"
        "jane@example.org,,PlanX,\n"
        "Camden,,jane@example.org,\n"
        "Comuni,,PlanX,\n"
        "https://www.camden.example/,,PlanX,Register\n"
    )
    rows = read_text(text).rows
    assert [row for row in rows if isinstance(row, UseRow)] == [
        UseRow(2, "Camden", "PlanX"),
        UseRow(3, "Lambeth", "PlanX"),
        UseRow(
            7, "camden.example", "PlanX", "domain:camden.example",
            website="https://www.camden.example/", source="Register",
        ),
    ]  # fmt: skip
    assert [(row.line, row.reason) for row in rows if isinstance(row, BrokenRow)] == [
        (4, "“jane@example.org” names no organisation"),
        (5, "“jane@example.org” names no tool"),
        (6, "“Comuni” is a group, not one organisation"),
    ]


@pytest.mark.parametrize("identifier", ["mailto:jane@example.org", "acct:jane@example.org"])
def test_what_a_body_declares_brings_in_nobody(read_text: ReadText, identifier: str) -> None:
    body = {"name": "Camden <jane@example.org>", "identifier": identifier, "identifiers": [identifier]}
    used = [{"name": "PlanX jane@example.org", "source": "@jane:example.org"}, {"name": "jane@example.org"}]
    contents = read_text(json.dumps({"organisation": body, "software": used}))
    assert contents.rows[0] == UseRow(1, "Camden", "PlanX", source="publiccode-usage.json of Camden")
    assert isinstance(contents.rows[1], BrokenRow)
