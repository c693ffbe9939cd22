"""An import shows what it would do: matched, ambiguous, new, conflicting, broken; and does it once."""

import json
from datetime import date
from typing import Any

import pytest

from bot.domain.directory import Grade, Organisation, Relation, Status, Tool, assertion_id
from bot.exchange.plan import Plan
from bot.exchange.planning import plan
from bot.exchange.rows import BrokenRow, Contents, Kind, UseRow
from bot.language.meaning import Match, Named

TODAY = date(2026, 11, 23)
URL = "https://evidence.example/1"

CAMDEN = Organisation("local-authority:CMD", "London Borough of Camden", other_ids=("gss:E09000007",))
WESTMINSTER = Organisation("local-authority:WSM", "City of Westminster")
WARWICKSHIRE = Organisation("local-authority:WAR", "Warwickshire County Council")
PLANX = Tool("planx", "PlanX")


class Index:
    """Names as an index would resolve them, one answer for each name asked for."""

    def __init__(self, *added: Organisation | Tool) -> None:
        known = (CAMDEN, WESTMINSTER, WARWICKSHIRE, PLANX, *added)
        self.organisations = {body.id: body for body in known if isinstance(body, Organisation)}
        self.tools = {tool.id: tool for tool in known if isinstance(tool, Tool)}

    def find_tool(self, text: str) -> Named:
        answers = {"planx": (Match.EXACT, ("planx",)), "plnax": (Match.TYPO, ("planx",))}
        return Named(text, *answers.get(text.casefold(), (Match.UNKNOWN, ())))

    def find_organisation(self, text: str) -> Named:
        answers = {
            "camden": (Match.EXACT, (CAMDEN.id,)),
            "wcc": (Match.AMBIGUOUS, (WARWICKSHIRE.id, WESTMINSTER.id)),
            "camdem": (Match.TYPO, (CAMDEN.id,)),
            "west": (Match.NEAR, (WESTMINSTER.id,)),
            "citty of westmnster": (Match.NEAR, (WARWICKSHIRE.id, WESTMINSTER.id)),
        }
        return Named(text, *answers.get(text.casefold(), (Match.UNKNOWN, ())))


def planned(*rows: UseRow | BrokenRow, names: Index | None = None, today: date = TODAY) -> Plan:
    return plan(Contents(Kind.USES, rows), names or Index(), today, "uses.csv")


def use(organisation: str = "Camden", tool: str = "PlanX", line: int = 2, **words: str) -> UseRow:
    return UseRow(line, organisation, tool, **{"evidence_url": URL, **words})


def test_a_known_body_and_tool_are_matched() -> None:
    result = planned(use(since="2022", asserted_on="2026-05"))
    said = result.additions[0].assertion
    assert (said.organisation_id, said.tool_id, said.relation) == (CAMDEN.id, "planx", Relation.USES)
    assert (said.status, said.grade, said.since) == (Status.PRODUCTION, Grade.IMPORTED, "2022")
    assert (said.asserted_on, said.said_by, said.evidence_url) == (date(2026, 5, 1), "uses.csv", URL)
    assert (result.summary["matched"], result.summary["new"]) == (1, 0)


@pytest.mark.parametrize("given", [CAMDEN.id, "gss:E09000007"])
def test_a_known_id_decides_over_the_name(given: str) -> None:
    assert planned(use("WCC", organisation_id=given)).additions[0].assertion.organisation_id == CAMDEN.id


def test_an_id_where_the_name_should_be_is_the_body() -> None:
    assert planned(use("gss:E09000007")).additions[0].assertion.organisation_id == CAMDEN.id


def test_an_ambiguous_name_is_asked_about_and_left_out_and_makes_nothing_new() -> None:
    result = planned(use("WCC", "Brand New Tool"))
    [asked] = result.ambiguous
    assert (asked.line, asked.column, asked.question) == (2, "organisation", "which one")
    assert asked.choices == ("Warwickshire County Council", "City of Westminster")
    assert not result.additions
    assert not result.tools


def test_a_misspelling_is_asked_about_never_guessed() -> None:
    result = planned(use("Camdem", "Plnax"))
    assert [(a.column, a.question, a.choices) for a in result.ambiguous] == [
        ("organisation", "did you mean", ("London Borough of Camden",)),
        ("tool", "did you mean", ("PlanX",)),
    ]
    assert result.summary["ambiguous"] == 1  # one row


def test_a_slip_of_the_hand_stays_a_question_when_the_register_has_more_names_like_it() -> None:
    [asked] = planned(use("Citty of Westmnster")).ambiguous
    assert (asked.question, asked.ids) == ("did you mean", (WESTMINSTER.id,))


def test_another_id_of_the_same_kind_says_that_a_similar_name_is_another_body() -> None:
    [made] = planned(use("Camdem", organisation_id="local-authority:XYZ")).organisations
    assert (made.id, made.name) == ("local-authority:XYZ", "Camdem")


def test_an_unknown_body_and_tool_are_made_once() -> None:
    result = planned(use("West", "New Tool"), use("WEST", "new-tool", line=3, since="2020"))
    assert [(body.id, body.name) for body in result.organisations] == [("x-name:west", "West")]
    assert [(tool.id, tool.name) for tool in result.tools] == [("new-tool", "New Tool")]
    assert {addition.assertion.organisation_id for addition in result.additions} == {"x-name:west"}


def test_a_new_body_keeps_the_id_that_its_file_gives() -> None:
    rows = use("Aarhus", organisation_id="domain:aarhus.dk"), use("Aarhus", line=3, since="2020")
    [made] = planned(*rows).organisations
    assert made.id == "domain:aarhus.dk"
    assert not planned(use("Aarhus", organisation_id="https://aarhus.dk")).organisations[0].id.startswith("http")


def test_two_new_bodies_of_one_name_with_different_ids_are_two() -> None:
    result = planned(use("Newport", organisation_id="us:1"), use("Newport", line=3, organisation_id="us:2"))
    assert [body.id for body in result.organisations] == ["us:1", "us:2"]


def test_a_new_tool_never_takes_the_id_of_another() -> None:
    [made] = planned(use(tool="Plan.X!"), names=Index(Tool("plan-x", "Something Else"))).tools
    assert made.id.startswith("plan-x-")


def test_a_tool_that_looks_like_markup_is_a_name_with_a_plain_id() -> None:
    [made] = planned(use(tool="<b>@room</b>")).tools
    assert (made.id, made.name) == ("b-room-b", "<b>@room</b>")


@pytest.mark.parametrize(
    ("words", "status", "grade"),
    [
        ({}, Status.PRODUCTION, Grade.IMPORTED),
        ({"evidence_url": ""}, Status.PRODUCTION, Grade.OBSERVED),
        ({"relation": "live"}, Status.PRODUCTION, Grade.IMPORTED),
        ({"relation": "production tenant"}, Status.PRODUCTION, Grade.IMPORTED),
        ({"relation": "cobrand"}, Status.PRODUCTION, Grade.IMPORTED),
        ({"relation": "runs instance"}, Status.PRODUCTION, Grade.IMPORTED),
        ({"relation": "cobrand (removed)"}, Status.RETIRED, Grade.IMPORTED),
        ({"relation": "uses (claimed by a person)"}, Status.PRODUCTION, Grade.OBSERVED),
        ({"relation": "LGD-Member"}, Status.EVALUATION, Grade.OBSERVED),
        ({"relation": "migrated"}, Status.EVALUATION, Grade.OBSERVED),
        ({"relation": "funded cohort 2"}, Status.EVALUATION, Grade.OBSERVED),
        ({"relation": "is fond of"}, Status.PRODUCTION, Grade.OBSERVED),
        ({"status": "Pilot"}, Status.PILOT, Grade.IMPORTED),
        ({"status": "retired"}, Status.RETIRED, Grade.IMPORTED),
        ({"until": "2026-10"}, Status.RETIRED, Grade.IMPORTED),
        ({"until": "2026"}, Status.PRODUCTION, Grade.IMPORTED),
        ({"grade": "confirmed"}, Status.PRODUCTION, Grade.IMPORTED),
        ({"grade": "observed"}, Status.PRODUCTION, Grade.OBSERVED),
        ({"grade": "unverified"}, Status.PRODUCTION, Grade.UNVERIFIED),
        ({"grade": "A+"}, Status.PRODUCTION, Grade.OBSERVED),
    ],
)
def test_a_row_claims_no_more_than_its_words_and_evidence_allow(
    words: dict[str, Any], status: Status, grade: Grade
) -> None:
    said = planned(use(**words)).additions[0].assertion
    assert (said.status, said.grade) == (status, grade)


def test_to_maintain_is_another_relation() -> None:
    assert planned(use(relation="maintains")).additions[0].assertion.relation is Relation.MAINTAINS


def test_an_end_is_known_from_the_day_of_the_end_and_nothing_from_the_future() -> None:
    ended, future = planned(use(until="2016-06-08"), use(line=3, asserted_on="2062-01-01")).additions
    assert ended.assertion.asserted_on == date(2016, 6, 8)
    assert future.assertion.asserted_on == TODAY


def test_importing_twice_adds_nothing_the_second_time() -> None:
    rows = (use(), use("Newham", "New Tool", line=3, asserted_on="2026-01-01"), use("???", "C++", line=4))
    first = planned(*rows)
    again = planned(*rows, names=Index(*first.organisations, *first.tools), today=date(2027, 3, 1))
    assert [addition.id for addition in again.additions] == [addition.id for addition in first.additions]
    assert not again.organisations
    assert not again.tools


def test_the_identity_of_a_dated_assertion_is_made_of_what_it_says() -> None:
    [addition] = planned(use(asserted_on="2026-01-01")).additions
    assert addition.id == assertion_id(addition.assertion)
    assert len(addition.id) == 32


def test_a_row_said_twice_is_added_once() -> None:
    result = planned(use(), use(line=3))
    assert (len(result.additions), result.summary["repeated"]) == (1, 1)


def test_two_statuses_on_one_day_conflict_and_on_two_days_are_news() -> None:
    before = use(asserted_on="2026-01-01")
    [conflict] = planned(before, use(line=3, status="retired", asserted_on="2026-01-01")).conflicting
    assert (conflict.lines, conflict.statuses) == ((2, 3), (Status.PRODUCTION, Status.RETIRED))
    assert not planned(before, use(line=3, status="retired", asserted_on="2026-02-01")).conflicting


def test_the_plan_as_json_counts_every_row_and_names_what_needs_a_look() -> None:
    rows = (use(), use("WCC", line=3), use("Newham", line=4), BrokenRow(5, "no tool"))
    shown = json.loads(json.dumps(planned(*rows).as_json()))
    assert shown["summary"] == {
        "rows": 4,
        "matched": 1,
        "new": 1,
        "ambiguous": 1,
        "conflicting": 0,
        "broken": 1,
        "repeated": 0,
        "assertions": 2,
        "already_there": 0,
        "new_organisations": 1,
        "new_tools": 0,
        "completed_tools": 0,
        "facts": 0,
    }
    assert shown["completed_tools"] == []
    assert shown["broken"] == [{"line": 5, "reason": "no tool"}]
    assert shown["new_organisations"] == [{"id": "x-name:newham", "name": "Newham"}]
