"""The register as a table that spreadsheets open without running it, and that import reads back."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.directory import Grade, Organisation, Relation, Status, usages
from bot.exchange.export_csv import csv_text
from bot.exchange.formulas import harmless, restored
from tests.unit.exchange.exported import BOPS, CAMDEN, LEEDS, PLANX, USES, Kept, facts, imported


async def rows(kept: Kept, organisation: str = "", tool: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(await kept.text(csv_text, organisation, tool))))


async def test_a_use_is_a_row_with_its_source_licence_and_day() -> None:
    assert await rows(Kept([USES])) == [
        {
            "organisation": "London Borough of Camden",
            "organisation_id": "local-authority:CMD",
            "tool": "PlanX",
            "tool_id": "planx",
            "repository": "https://code.example/planx",
            "relation": "uses",
            "status": "production",
            "since": "2022-03",
            "grade": "imported",
            "asserted_on": "2026-05-01",
            "age": "confirmed",
            "source": "Our survey",
            "evidence_url": "https://evidence.example/1",
            "licence": "OGL-UK-3.0",
            "kind": "",
            "nation": "England",
            "region": "",
        }
    ]


@pytest.mark.parametrize(
    ("said_on", "age"), [(date(2026, 5, 1), "confirmed"), (date(2025, 5, 1), "stale"), (date(2024, 5, 1), "unknown")]
)
async def test_a_row_says_how_far_its_age_lets_it_be_trusted(said_on: date, age: str) -> None:
    [row] = await rows(Kept([replace(USES, asserted_on=said_on)]))
    assert row["age"] == age


async def test_an_ended_use_is_a_row_that_says_so_and_what_went_before_is_none() -> None:
    ended = replace(USES, status=Status.RETIRED, asserted_on=date(2026, 8, 1))
    [row] = await rows(Kept([USES, ended]))
    assert (row["status"], row["asserted_on"]) == ("retired", "2026-08-01")


async def test_rows_come_by_the_names_of_body_and_tool() -> None:
    said = [replace(USES, organisation_id=o.id, tool_id=t.id) for o in (CAMDEN, LEEDS) for t in (PLANX, BOPS)]
    found = [(row["organisation"][:6], row["tool"]) for row in await rows(Kept(said))]
    assert found == [("Leeds ", "BOPS"), ("Leeds ", "PlanX"), ("London", "BOPS"), ("London", "PlanX")]


async def test_one_body_or_one_tool_can_be_asked_for() -> None:
    kept = Kept([replace(USES, organisation_id=o.id, tool_id=t.id) for o in (CAMDEN, LEEDS) for t in (PLANX, BOPS)])
    assert {row["organisation_id"] for row in await rows(kept, organisation=LEEDS.id)} == {LEEDS.id}
    assert {row["tool_id"] for row in await rows(kept, tool="bops")} == {"bops"}
    assert len(await rows(kept, organisation=LEEDS.id, tool="bops")) == 1


@pytest.mark.parametrize(
    "cell", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "'=1", "''-1", "=\nx"]
)
def test_a_cell_a_spreadsheet_would_run_begins_with_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert restored(harmless(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["", "Camden", "'s-Hertogenbosch", "'", "1+1", "local-authority:CMD", "https://e.example/="]
)
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == restored(cell) == cell


@given(st.text(alphabet="'=+-@\t\r\n ＝ab1") | st.text())
def test_what_was_made_harmless_can_always_be_restored(cell: str) -> None:
    assert harmless(cell)[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    assert restored(harmless(cell)) == cell


async def test_the_table_imports_into_an_empty_register_as_the_same_uses() -> None:
    namesake = replace(PLANX, id="planx-2", repository="https://code.example/another/planx")
    odd = Organisation("x-name:oddly", 'Ōdd, "quoted"; <b>Łódź</b> 🏛')
    formula = replace(BOPS, id="formula", name="=HYPERLINK(1)")
    said = [
        USES,
        replace(USES, tool_id=namesake.id),
        replace(USES, tool_id=formula.id),
        replace(USES, organisation_id=LEEDS.id, status=Status.PILOT, since="2023"),
        replace(USES, organisation_id=LEEDS.id, tool_id=BOPS.id, status=Status.RETIRED, evidence_url=""),
        replace(USES, tool_id=BOPS.id, status=Status.EVALUATION, since="", grade=Grade.OBSERVED),
        replace(USES, relation=Relation.MAINTAINS),
        replace(USES, relation=Relation.MAINTAINS, organisation_id=LEEDS.id, status=Status.RETIRED),
        replace(USES, organisation_id=odd.id, said_by="@bea:camden.example", grade=Grade.CONFIRMED),
    ]
    table = await Kept(said, [CAMDEN, LEEDS, odd], [PLANX, BOPS, namesake, formula]).text(csv_text)
    assert facts(imported("uses.csv", table)) == facts(usages(said))


async def test_a_persons_word_comes_back_as_an_imported_one() -> None:
    confirmed = replace(USES, said_by="@bea:camden.example", grade=Grade.CONFIRMED)
    [usage] = imported("uses.csv", await Kept([confirmed]).text(csv_text))
    assert (usage.grade, usage.said_by) == (Grade.IMPORTED, "the body itself")
