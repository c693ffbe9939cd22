"""A file of uses is read as spreadsheets write it, and a broken line never costs the others."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import OperatorError
from bot.exchange.dates import first_day, iso_date, last_day
from bot.exchange.document import read_document
from bot.exchange.rows import BrokenRow, UseRow
from bot.exchange.text import cleaned, slug
from bot.exchange.uses_csv import read_uses

HEADER = "organisation,tool,since,evidence_url\n"
Read = Callable[[str | bytes], list[UseRow | BrokenRow]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def written(content: str | bytes) -> list[UseRow | BrokenRow]:
        path = tmp_path / "uses.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read_uses(read_document(path)))

    return written


CAMDEN = UseRow(2, "Camden", "PlanX", since="2022", evidence_url="https://camden.example/planx")


@pytest.mark.parametrize(
    "content",
    [
        "organisation,tool,since,evidence_url\nCamden,PlanX,2022,https://camden.example/planx\n",
        "\ufefforganisation,tool,since,evidence_url\r\nCamden,PlanX,2022,https://camden.example/planx\r\n",
        "Organisation;TOOL;Since;Evidence URL\nCamden;PlanX;2022;https://camden.example/planx",
        "evidence_url\tsince\ttool\torganization\nhttps://camden.example/planx\t2022\tPlanX\tCamden\n",
        "organisation , tool ,since, evidence_url\n  Camden , PlanX ,2022 , https://camden.example/planx \n",
        "organisation,tool,since,evidence_url\rCamden,PlanX,2022,https://camden.example/planx\r",
        "organisation,tool,since,evidence_url,,\nCamden,PlanX,2022,https://camden.example/planx,,\n",
        'organisation,tool,since,evidence_url\n"Camden","Plan\u200bX","2022","https://camden.example/planx"\n',
    ],
    ids=["plain", "BOM and CRLF", "semicolons", "tabs", "spaces", "CR", "empty columns", "quoted"],
)
def test_every_dialect_says_the_same(read: Read, content: str) -> None:
    assert read(content) == [CAMDEN]


def test_old_spreadsheets_and_utf_16_keep_their_accents(read: Read) -> None:
    text = HEADER + "Préfecture de l’Ain,Démarches,,\n"
    for encoded in (text.encode("cp1252"), text.encode("utf-16"), text.encode()):
        [row] = read(encoded)
        assert isinstance(row, UseRow)
        assert (row.organisation, row.tool) == ("Préfecture de l’Ain", "Démarches")


def test_optional_columns_are_understood_by_any_of_their_names(read: Read) -> None:
    [row] = read("org_id,Organisation,tool,last_confirmed,until,note\ngss:E1,Camden,PlanX,2026-05-01,2026,x\n")
    assert row == UseRow(2, "Camden", "PlanX", organisation_id="gss:E1", asserted_on="2026-05-01", until="2026")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",PlanX,,", "no organisation"),
        ("Camden, ,,", "no tool"),
        ("Camden\u200b,\u202e,,", "no tool"),
        ("Camden,PlanX,2022", "3 fields instead of 4"),
        ("Camden,PlanX,2022,https://a.example,extra", "5 fields instead of 4"),
        ("Camden,PlanX,next spring,", "since isn't a date: “next spring”"),
        ("Camden,PlanX,2022-13-01,", "since isn't a date: “2022-13-01”"),
        ("Camden,PlanX,0001-01-01,", "since isn't a date: “0001-01-01”"),
        (f"{'C' * 301},PlanX,,", "organisation is longer than 300 characters"),
        (f"Camden,{'P' * 200_000},,", "not CSV (field larger than field limit (131072))"),
        ('Camden,"PlanX,2022,', "a quote is opened and not closed"),
    ],
)
def test_a_broken_row_has_its_line_and_reason_and_the_rest_goes_on(read: Read, line: str, reason: str) -> None:
    rows = read(f"{HEADER}Camden,PlanX,,\n{line}\nLambeth,PlanX,,\n")
    assert rows == [UseRow(2, "Camden", "PlanX"), BrokenRow(3, reason), UseRow(4, "Lambeth", "PlanX")]


def test_a_forgotten_quote_costs_its_own_line_only(read: Read) -> None:
    rows = read(f'{HEADER}Camden,PlanX,,"https://a.example\nLambeth,PlanX,,\nBexley,"BOPS",,\nBrent,BOPS,,\n')
    assert [row.line for row in rows if isinstance(row, BrokenRow)] == [2]
    assert [row.organisation for row in rows if isinstance(row, UseRow)] == ["Lambeth", "Bexley", "Brent"]


def test_a_newline_in_quotes_is_a_space_and_lines_are_still_counted(read: Read) -> None:
    rows = read(f'{HEADER}"London Borough\nof Camden",PlanX,,\n\n,PlanX,,\n')
    assert rows == [UseRow(2, "London Borough of Camden", "PlanX"), BrokenRow(5, "no organisation")]


def test_names_of_300_characters_and_names_that_look_like_markup_are_names(read: Read) -> None:
    rows = read(f"{HEADER}{'C' * 300},<b>@room</b>,,\n")
    assert rows == [UseRow(2, "C" * 300, "<b>@room</b>")]


@pytest.mark.parametrize("evidence", ["see the minutes", "javascript:alert(1)", "ftp://a.example", "https://"])
def test_evidence_that_nobody_can_follow_is_none(read: Read, evidence: str) -> None:
    assert read(f"{HEADER}Camden,PlanX,,{evidence}\n") == [UseRow(2, "Camden", "PlanX")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "uses.csv: is empty"),
        (",,,\n\n", "line 1: no column “organisation” (found: nothing)"),
        ("council,since\nCamden,2022\n", "line 1: no column “tool” (found: council, since)"),
    ],
)
def test_a_file_without_the_table_is_told_in_one_line(read: Read, content: str, told: str) -> None:
    with pytest.raises(OperatorError) as error:
        read(content)
    assert str(error.value).endswith(told)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="can't be read"):
        read_document(tmp_path / "none.csv")


@given(st.binary(max_size=300))
def test_no_bytes_whatever_are_more_than_a_broken_row(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    path = tmp_path_factory.mktemp("junk") / "uses.csv"
    path.write_bytes(HEADER.encode() + junk)
    assert all(isinstance(row, UseRow | BrokenRow) for row in read_uses(read_document(path)))


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2022", "2022"),
        ("2022-3", "2022-03"),
        ("2022-03-01", "2022-03-01"),
        ("2022-03-01T09:00:00Z", "2022-03-01"),
        ("01/03/2022", "2022-03-01"),
        ("1.3.2022", "2022-03-01"),
    ],
)
def test_dates_are_read_day_first_and_no_more_precisely_than_written(written: str, iso: str) -> None:
    assert iso_date(written) == iso


def test_a_month_has_a_first_and_a_last_day() -> None:
    assert (first_day("2024-02").day, last_day("2024-02").day, last_day("2024").month) == (1, 29, 12)


def test_a_name_is_cleaned_of_what_cannot_be_seen() -> None:
    assert cleaned("\u202ePlan\u0000X\u200b \n  Pro\ufeff") == "PlanX Pro"


@pytest.mark.parametrize(
    ("name", "made"),
    [(".NET Core", "net-core"), ("C++", "c-plus-plus"), ("C#", "c-sharp"), ("Zürich", "zurich"), ("R", "r")],
)
def test_slugs_are_readable(name: str, made: str) -> None:
    assert slug(name) == made


def test_slugs_are_never_empty_and_tell_other_scripts_and_long_names_apart() -> None:
    names = ["???", "!!!", "Београд", "Ниш", "A" * 299 + "B", "A" * 299 + "C", "A" * 299 + "D"]
    assert len({slug(name) for name in names}) == len(names)
    assert all(slug(name) and len(slug(name)) < 80 for name in names)
