"""The rows that need a person are written as a table; corrected and imported it says what a right file had said."""

import csv
import io
from datetime import date
from typing import Any

from bot.domain.directory import Organisation, Tool
from bot.exchange.corrections import corrections, header
from bot.exchange.document import document_of
from bot.exchange.kinds import read
from bot.exchange.plan import Plan
from bot.exchange.planning import plan
from bot.language.names import Names

TODAY = date(2026, 11, 23)
BODIES = (
    Organisation("local-authority:WAR", "Warwickshire County Council", aliases=("WCC",)),
    Organisation("local-authority:WSM", "City of Westminster", aliases=("WCC",)),
)
TOOLS = (Tool("planx", "PlanX"), Tool("bops", "BOPS"))
COLUMNS = "organisation,tool,since,relation,asserted_on,evidence_url,grade,source,until,kind,nation\n"
DETAILS = ',2022-03,"uses (claimed)",2026-01-02,https://e.example/1,,"A; ""source""",2026-02,Town,England\n'


def planned(text: str | bytes, name: str = "uses.csv") -> Plan:
    content = text if isinstance(text, bytes) else text.encode()
    return plan(read(document_of(name, content)), Names(TOOLS, BODIES), TODAY, name)


def table(made: Plan) -> list[dict[str, str]]:
    """The report as a spreadsheet shows it."""
    return list(csv.DictReader(io.StringIO(header() + "".join(corrections(made, "a/uses.csv", "uses.csv")))))


def written(rows: list[dict[str, str]]) -> str:
    """The corrected report."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def sayings(made: Plan) -> list[Any]:
    return [(addition.id, addition.assertion) for addition in made.additions]


def test_a_corrected_report_says_what_a_right_file_would_have_said() -> None:
    wrong = (
        COLUMNS + f"WCC,Plnax{DETAILS}" + "WCC,BOPS,,,,,,,,,\n" + ",BOPS,soon,,,,,,,,\n" + "Newport,=NEW(),,,,,,,,,\n"
    )
    right = COLUMNS + f"City of Westminster,PlanX{DETAILS}" + "Warwickshire County Council,BOPS,,,,,,,,,\n"
    right += "City of Westminster,BOPS,2020,,,,,,,,\n" + "Newport,=NEW(),,,,,,,,,\n"
    rows = table(planned(wrong))
    assert [(row["outcome"], row["line"], row["file"]) for row in rows] == [
        ("ambiguous", "2", "a/uses.csv"),
        ("ambiguous", "3", "a/uses.csv"),
        ("new", "5", "a/uses.csv"),
        ("broken", "4", "a/uses.csv"),
    ]
    choices = "local-authority:WAR = Warwickshire County Council | local-authority:WSM = City of Westminster"
    assert (rows[0]["organisation_choices"], rows[0]["tool_choices"]) == (choices, "planx = PlanX")
    assert rows[2]["tool"] == "'=NEW()"  # a spreadsheet must not run it
    rows[0] |= {"organisation_id": "local-authority:WSM", "tool_id": "planx"}
    rows[1] |= {"organisation_id": "local-authority:WAR"}
    rows[3] |= {"organisation": "City of Westminster", "since": "2020"}
    corrected = planned(written(rows), "corrections.csv")
    assert not corrected.questions
    assert not corrected.broken
    assert sorted(sayings(corrected), key=str) == sorted(sayings(planned(right)), key=str)


def test_a_report_nobody_corrected_asks_the_same_again() -> None:
    rows = table(planned(COLUMNS + "WCC,PlanX,,,,,,,,,\n"))
    assert [question.asked[0].name for question in planned(written(rows)).questions] == ["WCC"]


def test_what_came_from_a_publiccode_file_keeps_its_source_grade_and_repository() -> None:
    file = "publiccodeYmlVersion: 0.2\nname: Medusa\nurl: https://git.example/a/medusa\nusedBy:\n- WCC\nbad: [\n"
    [row] = table(planned(file))
    assert (row["repository"], row["grade"]) == ("https://git.example/a/medusa", "observed")
    row["organisation_id"] = "local-authority:WAR"
    assert sayings(planned(written([row]), "corrections.csv")) == sayings(planned(file.replace("WCC", BODIES[0].name)))


def test_both_sides_of_a_contradiction_are_named() -> None:
    day = ",,,2026-01-01,,,,,,\n"
    [row] = table(
        planned(
            COLUMNS
            + "City of Westminster,PlanX"
            + day
            + "City of Westminster,PlanX"
            + day.replace(",,,", ",,retired,", 1)
        )
    )
    assert (row["outcome"], row["reason"]) == ("conflicting", "line 2 says production, this says retired")
    assert (row["organisation_id"], row["tool_id"], row["relation"]) == ("local-authority:WSM", "planx", "retired")
