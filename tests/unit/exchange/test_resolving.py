"""A name that may stand for what the register has is a question, however it is written or disguised."""

from datetime import date

import pytest

from bot.domain.directory import Organisation, Tool
from bot.exchange.plan import Plan
from bot.exchange.planning import plan
from bot.exchange.rows import Contents, Kind, StatedTool, UseRow
from bot.language.names import Names

LICHFIELD = Organisation("local-authority:LIF", "Lichfield District Council", short_name="Lichfield")
CAMDEN = Organisation("local-authority:CMD", "London Borough of Camden", short_name="Camden")
VGR = Organisation("domain:vgregion.example", "Västra Götalandsregionen", short_name="VGR")
PLANX = Tool("planx", "PlanX", repository="https://git.example/planx")
BOPS = Tool("bops", "BOPS")
HERE, ELSEWHERE, THIRD = (f"https://{host}.example/town/new" for host in ("here", "elsewhere", "third"))


def planned(*rows: UseRow, tools: tuple[StatedTool, ...] = ()) -> Plan:
    names = Names([PLANX, BOPS], [LICHFIELD, CAMDEN, VGR])
    return plan(Contents(Kind.USES, rows, tools), names, date(2026, 11, 23), "uses.csv")


def asked(made: Plan) -> list[tuple[str, tuple[str, ...]]]:
    """What is asked, and between which ids."""
    return [(question.question, question.ids) for question in made.ambiguous]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("LichfieldDC", LICHFIELD),
        ("lichfielddc", LICHFIELD),
        ("Västra götalandsregionen (VGR)", VGR),
        ("VGR (Västra Götaland)", VGR),
        ("(VGR)", VGR),
        ("Bandcc", None),
        ("Somewhere (else)", None),
    ],
)
def test_a_name_with_brackets_or_with_its_kind_run_in_is_asked_about(written: str, known: Organisation | None) -> None:
    made = planned(UseRow(2, written, "PlanX"))
    if known is None:
        assert [body.name for body in made.organisations] == [written]
    elif not (made.additions and made.additions[0].assertion.organisation_id == known.id):
        assert asked(made) == [("did you mean", (known.id,))]
        assert not made.organisations


@pytest.mark.parametrize("words", [{}, {"repository": ELSEWHERE}])
def test_a_tool_in_letters_that_only_look_like_a_known_ones_is_asked_about(words: dict[str, str]) -> None:
    made = planned(UseRow(2, "Camden", "РlаnX", **words), UseRow(3, "Camden", "ВОРS", **words))
    assert asked(made) == [("looks like", ("planx",)), ("looks like", ("bops",))]
    assert not made.tools


@pytest.mark.parametrize("given", ["", "local-authority:XYZ", "domain:camden.example"])
def test_so_is_a_body_whatever_id_the_file_gives_it(given: str) -> None:
    made = planned(UseRow(2, "London Borough of Camdеn", "PlanX", organisation_id=given))
    assert asked(made) == [("looks like", (CAMDEN.id,))]
    assert not made.organisations


def test_a_file_about_such_a_tool_makes_nothing_of_it() -> None:
    made = planned(tools=(StatedTool(1, "РlаnX", ELSEWHERE),))
    assert made.notes == ("the tool “РlаnX” is left out: does it only look like PlanX?",)
    assert not made.tools


def test_a_person_may_say_that_it_only_looks_so() -> None:
    assert [tool.name for tool in planned(UseRow(2, "Camden", "РlаnX", tool_id="new")).tools] == ["РlаnX"]


def test_of_two_new_tools_of_one_name_the_repository_says_which_and_without_it_it_is_asked() -> None:
    made = planned(
        UseRow(2, "Camden", "Newt", repository=HERE),
        UseRow(3, "Camden", "Newt", repository=ELSEWHERE),
        UseRow(4, "Lichfield", "Newt"),
        UseRow(5, "Lichfield", "NEWT", repository=ELSEWHERE),
        UseRow(6, "Lichfield", "Newt", repository=THIRD),
    )
    first, second, third = (tool.id for tool in made.tools)
    assert [a.assertion.tool_id for a in made.additions] == [first, second, second, third]
    assert [(q.row.line, q.asked[0].question, q.asked[0].ids) for q in made.questions] == [
        (4, "which one", (first, second))
    ]


def test_the_same_if_a_person_says_of_each_that_it_is_new() -> None:
    rows = [UseRow(2, "Camden", "Newt", tool_id="new", repository=where) for where in (HERE, ELSEWHERE, HERE)]
    made = planned(*rows, UseRow(5, "Camden", "Newt", tool_id="new"))
    assert [tool.repository for tool in made.tools] == [HERE, ELSEWHERE]
    assert asked(made) == [("which one", tuple(tool.id for tool in made.tools))]
    names = Names([PLANX, *made.tools], [CAMDEN])
    again = plan(Contents(Kind.USES, tuple(rows)), names, date(2026, 11, 23), "uses.csv")
    assert not again.tools
    assert [a.id for a in again.additions] == [a.id for a in made.additions]


def test_of_two_new_bodies_of_one_name_it_is_asked_which_unless_an_id_says_that_it_is_a_third() -> None:
    ids = ("us:1", "us:2", "", "us:3")
    made = planned(*(UseRow(2, "Newport", "PlanX", organisation_id=id_) for id_ in ids))
    assert [body.id for body in made.organisations] == ["us:1", "us:2", "us:3"]
    assert asked(made) == [("which one", ("us:1", "us:2"))]
