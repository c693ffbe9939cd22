"""An export tells source, licence and day of every statement, and never who the person was."""

import csv
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.directory import Grade
from bot.exchange.export_terms import A_MEMBER, NOT_STATED, THE_BODY, starter_licences
from bot.exchange.register import starter_folder
from tests.unit.exchange.exported import TERMS, USES, Kept

PERSON = "@bea.smith:camden.example"


@pytest.mark.parametrize(
    ("said_by", "grade", "source", "licence"),
    [
        ("Our survey", Grade.IMPORTED, "Our survey", "OGL-UK-3.0"),
        ("uses.csv", Grade.IMPORTED, "uses.csv", NOT_STATED),
        ("", Grade.OBSERVED, "", NOT_STATED),
        ("two\nlines", Grade.OBSERVED, "two lines", NOT_STATED),
        (PERSON, Grade.CONFIRMED, THE_BODY, "CC-BY-4.0"),
        (PERSON, Grade.UNVERIFIED, A_MEMBER, "CC-BY-4.0"),
        (PERSON, Grade.MAINTAINER, A_MEMBER, "CC-BY-4.0"),
        ("@bea:[2001:db8::1]:8448", Grade.CONFIRMED, THE_BODY, "CC-BY-4.0"),
        ("bea.smith@camden.example", Grade.IMPORTED, A_MEMBER, "CC-BY-4.0"),
        ("Bea <bea@camden.example>", Grade.OBSERVED, A_MEMBER, "CC-BY-4.0"),
    ],
)
def test_a_source_is_named_and_a_person_is_not(said_by: str, grade: Grade, source: str, licence: str) -> None:
    said = replace(USES, said_by=said_by, grade=grade)
    assert (TERMS.source(said), TERMS.licence_of(said)) == (source, licence)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://evidence.example/1", True),
        ("https://npm.example/package/@scope/name@1.2.3", True),
        ("https://matrix.to/#/!room:example.org/$event", True),
        ("https://matrix.to/#/@bea:camden.example", False),
        ("https://matrix.to/#/%40bea%3Acamden.example", False),
        ("https://lists.example/?from=bea@camden.example", False),
    ],
)
def test_evidence_is_given_unless_its_address_names_a_person(url: str, kept: bool) -> None:
    assert TERMS.evidence(replace(USES, evidence_url=url)) == (url if kept else "")


def test_without_a_licence_of_its_own_a_community_states_none() -> None:
    assert replace(TERMS, licence="").licence_of(replace(USES, said_by=PERSON)) == NOT_STATED


def test_every_source_of_the_starter_register_has_its_licence() -> None:
    with (starter_folder() / "uses.csv").open(encoding="utf-8", newline="") as file:
        assert {row["source"] for row in csv.DictReader(file)} == set(starter_licences())


@given(
    st.from_regex(r"@[a-z0-9._=/+-]{3,20}:[a-z0-9-]{3,10}\.example", fullmatch=True),
    st.sampled_from(Grade),
)
async def test_no_format_ever_holds_a_persons_id(person: str, grade: Grade) -> None:
    said = replace(USES, said_by=person, grade=grade, evidence_url=f"https://matrix.to/#/{quote(person)}")
    exported = await Kept([said, replace(said, asserted_on=said.asserted_on.replace(year=2025))]).everything()
    assert person not in exported
    assert quote(person) not in exported
