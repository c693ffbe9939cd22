"""Which tool is meant: its repository decides; two of one name can be two; what is blank is filled, never changed."""

from datetime import date

import pytest

from bot.domain.directory import Assertion, Grade, Organisation, Relation, Status, Tool
from bot.domain.facts import Fact, Topic
from bot.exchange.comparing import compared
from bot.exchange.identity import undated_id
from bot.exchange.plan import Plan
from bot.exchange.planning import plan
from bot.exchange.rows import Contents, Kind, StatedFact, StatedTool, UseRow
from bot.language.names import Names

TODAY = date(2026, 11, 23)
CAMDEN = Organisation("local-authority:CMD", "London Borough of Camden", website="https://www.camden.example")
MEDUSA = Tool("medusa", "Medusa", repository="https://git.example/Town/medusa", licence="MIT")
OTELLO = Tool("otello", "Otello", description="A thing.")
HERE, ELSEWHERE = "https://git.example/town/Medusa", "https://git.example/other/medusa"


def planned(*rows: UseRow, tools: tuple[StatedTool, ...] = (), known: tuple[Tool, ...] = (MEDUSA, OTELLO)) -> Plan:
    return plan(Contents(Kind.PUBLICCODE, rows, tools), Names(known, [CAMDEN]), TODAY, "publiccode.yml")


def use(tool: str = "Medusa", **words: str) -> UseRow:
    return UseRow(5, "Camden", tool, **{"evidence_url": "https://e.example", **words})


def tools_of(made: Plan) -> list[str]:
    """The tools that the additions are about."""
    return [addition.assertion.tool_id for addition in made.additions]


@pytest.mark.parametrize(
    ("row", "tool_id"),
    [
        (use("Anything", repository=HERE), "medusa"),
        (use("Medusa"), "medusa"),
        (use("Otello", repository=ELSEWHERE), "otello"),  # its repository wasn't known
        (use("Whatever", tool_id="otello"), "otello"),
        (use("", repository=HERE), "medusa"),
        (use("", repository="https://git.example/otello/otello"), "otello"),
    ],
)
def test_the_id_decides_then_the_repository_then_the_name(row: UseRow, tool_id: str) -> None:
    assert tools_of(planned(row)) == [tool_id]
    assert not planned(row).tools


def test_two_tools_of_one_name_with_different_repositories_are_two() -> None:
    [made] = planned(use("Medusa", repository=ELSEWHERE), use("medusa", repository=ELSEWHERE, since="2020")).tools
    assert made.id.startswith("medusa-")
    assert (made.name, made.repository) == ("Medusa", ELSEWHERE)
    first, second = planned(use("New", repository=HERE), use("New", repository=ELSEWHERE), known=()).tools
    assert first.id == "new"
    assert second.id.startswith("new-")


def test_a_stated_namesake_is_noted() -> None:
    made = planned(tools=(StatedTool(1, "Medusa", ELSEWHERE),))
    assert made.notes == ("“Medusa” isn't the known “Medusa”: its repository is another",)


def test_a_typo_of_a_tool_that_lives_elsewhere_is_another_tool_and_else_a_question() -> None:
    assert len(planned(use("Medussa", repository=ELSEWHERE)).tools) == 1
    [question] = planned(use("Otelllo", repository=ELSEWHERE)).questions
    assert question.asked[0].choices == ("Otello",)
    assert planned(tools=(StatedTool(1, "Otelllo", ELSEWHERE),)).notes == (
        "the tool “Otelllo” is left out: is it Otello?",
    )


def test_a_known_tools_blanks_are_filled_each_is_told_and_what_it_has_stays() -> None:
    stated = StatedTool(1, "Medusa!", HERE, licence="EUPL-1.2", website="https://m.example", aliases=("M",))
    blank = Tool("medusa", "Medusa", repository=HERE, description="A thing.")
    made = planned(tools=(stated,), known=(blank,))
    [fuller] = made.completed
    assert (fuller.licence, fuller.website, fuller.description) == ("EUPL-1.2", "https://m.example", "A thing.")
    assert made.notes == ("Medusa: filled in: licence “EUPL-1.2”, website “https://m.example”",)
    filled = {"licence": "EUPL-1.2", "website": "https://m.example"}
    assert made.as_json()["completed_tools"] == [{"id": "medusa", "name": "Medusa", "filled": filled}]
    again = planned(tools=(stated,), known=(fuller,))
    assert (again.completed, again.notes) == ((), ())


def test_by_its_name_alone_nobody_takes_a_known_tool_over() -> None:
    licence = StatedFact(Topic.LICENCE, "MIT"), StatedFact(Topic.SUPPORT, "internal")
    evil = StatedTool(1, "Otello", ELSEWHERE, "s", "https://evil.example", "MIT", category="x", facts=licence)
    made = planned(use("Otello", repository=ELSEWHERE), tools=(evil,))
    [fuller] = made.completed
    assert fuller == Tool("otello", "Otello", description="A thing.", category="x")
    assert made.notes == (
        "Otello: filled in: category “x”",
        "Otello: known by its name alone, so not filled in: repository, licence, website",
    )
    assert [fact.topic for fact in made.facts] == [Topic.SUPPORT]


def test_a_persons_choice_of_the_tool_says_where_it_lives() -> None:
    made = planned(use("Otelo", tool_id="otello", repository=ELSEWHERE))
    assert [tool.repository for tool in made.completed] == [ELSEWHERE]
    assert made.notes == (f"Otello: filled in: repository “{ELSEWHERE}”",)


def test_a_licence_that_the_register_has_otherwise_is_noted() -> None:
    assert planned(tools=(StatedTool(1, "Medusa", HERE, licence="GPL-3.0"),)).notes == (
        "Medusa: the register says MIT, the file says GPL-3.0",
    )


def test_a_tool_that_nobody_is_said_to_use_is_made_all_the_same() -> None:
    stated = StatedTool(1, "New", HERE, "source", facts=(StatedFact(Topic.LICENCE, "MIT"),), aliases=("N",))
    made = planned(tools=(stated, stated), known=())
    assert [(tool.id, tool.aliases) for tool in made.tools] == [("new", ("N",))]
    assert made.facts[0] == Fact("new", Topic.LICENCE, "MIT", "source", TODAY, source_url=HERE)


def test_a_body_is_known_by_its_web_address() -> None:
    row = UseRow(
        1, "camden.example", "Medusa", organisation_id="domain:camden.example", website="https://camden.example"
    )
    assert planned(row).additions[0].assertion.organisation_id == CAMDEN.id


def test_a_person_may_say_that_it_is_none_of_those_and_say_it_again() -> None:
    row = UseRow(2, "Camdem", "Otelo", organisation_id="new", tool_id="new")
    made = planned(row, row)
    assert ([body.id for body in made.organisations], [tool.id for tool in made.tools]) == (
        ["x-name:camdem"],
        ["otelo"],
    )
    names = Names([MEDUSA, OTELLO, *made.tools], [CAMDEN, *made.organisations])
    again = plan(Contents(Kind.USES, (row,)), names, TODAY, "publiccode.yml")
    assert again.additions[0].id == made.additions[0].id
    assert not again.organisations
    assert not again.tools


def said(status: Status, on: str, grade: Grade = Grade.IMPORTED, by: str = "") -> Assertion:
    return Assertion(CAMDEN.id, "medusa", Relation.USES, status, grade, date.fromisoformat(on), said_by=by)


@pytest.mark.parametrize(
    ("known", "row", "conflicts"),
    [
        (said(Status.RETIRED, "2026-01-01", Grade.CONFIRMED), use(), True),
        (said(Status.RETIRED, "2026-01-01", Grade.CONFIRMED), use(asserted_on="2026-02-01"), True),
        (said(Status.RETIRED, "2026-01-01", Grade.CONFIRMED), use(asserted_on="2025-02-01"), False),  # old news
        (said(Status.RETIRED, "2026-01-01"), use(), True),
        (said(Status.RETIRED, "2026-01-01"), use(asserted_on="2026-02-01"), False),  # news
        (said(Status.RETIRED, "2026-01-01"), use(status="retired"), False),
        (said(Status.PRODUCTION, "2026-01-01"), use(status="pilot"), False),
        (said(Status.PRODUCTION, "2026-01-01", Grade.CONFIRMED), use(until="2026-05"), True),
        (said(Status.PRODUCTION, "2026-01-01"), use(until="2026-05"), False),
    ],
)
def test_a_use_that_ended_in_one_place_and_goes_on_in_the_other_is_shown_and_both_are_kept(
    known: Assertion, row: UseRow, conflicts: bool
) -> None:
    made = compared(planned(row), [("1", known)], [])
    assert len(made.additions) == 1
    assert [c.known.said_by for c in made.conflicting if c.known] == ([""] if conflicts else [])
    assert bool(made.summary["conflicting"]) is conflicts


def test_what_the_register_has_already_is_neither_news_nor_told_twice() -> None:
    made = planned(use(), tools=(StatedTool(1, "Medusa", HERE, "s", facts=(StatedFact(Topic.LICENCE, "MIT"),)),))
    [addition] = made.additions
    earlier = Fact("medusa", Topic.LICENCE, "MIT", "s", date(2020, 1, 1), source_url=HERE)
    same = compared(made, [(undated_id(addition.assertion), addition.assertion)], [earlier])
    assert (same.summary["already_there"], same.facts) == (1, ())
