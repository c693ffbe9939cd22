"""What has no date never decides over what is known better, and what contradicts that is shown."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.directory import Assertion, Grade, Organisation, Relation, Status, Tool, trust, usages
from bot.exchange.comparing import compared
from bot.exchange.plan import Plan
from bot.exchange.planning import plan
from bot.exchange.rows import Contents, Kind, UseRow
from bot.language.names import Names

TODAY = date(2026, 11, 23)
CAMDEN = Organisation("local-authority:CMD", "London Borough of Camden")
PLANX = Tool("planx", "PlanX")


def known(status: Status, on: str, grade: Grade = Grade.IMPORTED) -> Assertion:
    return Assertion(CAMDEN.id, "planx", Relation.USES, status, grade, date.fromisoformat(on), said_by="register")


def row(**words: str) -> UseRow:
    return UseRow(2, CAMDEN.name, "PlanX", **words)


def imported(*said: Assertion, rows: tuple[UseRow, ...]) -> Plan:
    """The plan of an import into a register in which this is said."""
    made = plan(Contents(Kind.USES, rows), Names([PLANX], [CAMDEN]), TODAY, "uses.csv")
    return compared(made, [(str(number), each) for number, each in enumerate(said)], [])


@pytest.mark.parametrize(
    ("words", "on"),
    [
        ({"relation": "member", "since": "2019-05"}, "2019-05-01"),
        ({"relation": "interested", "since": "2019"}, "2019-01-01"),
        ({"relation": "funded cohort 2", "since": "2999"}, "2026-11-23"),
        ({"relation": "member"}, "2026-11-23"),
        ({"relation": "member", "since": "2019", "asserted_on": "2020-02-02"}, "2020-02-02"),
        ({"relation": "uses", "since": "2019"}, "2026-11-23"),
    ],
)
def test_interest_or_membership_is_as_old_as_its_beginning(words: dict[str, str], on: str) -> None:
    [addition] = imported(rows=(row(**words),)).additions
    assert addition.assertion.asserted_on == date.fromisoformat(on)


@pytest.mark.parametrize(
    ("register", "words", "conflicts"),
    [
        (known(Status.PRODUCTION, "2026-01-01"), {"relation": "member"}, True),
        (known(Status.PRODUCTION, "2026-01-01"), {"relation": "member", "since": "2020"}, False),  # old news
        (known(Status.PRODUCTION, "2026-01-01"), {"status": "retired"}, True),
        (known(Status.RETIRED, "2019-01-01"), {}, True),
        (known(Status.PRODUCTION, "2020-01-01", Grade.CONFIRMED), {"relation": "member"}, True),
        (known(Status.PRODUCTION, "2026-01-01"), {}, False),
    ],
)
def test_a_row_without_a_date_is_shown_and_does_not_decide_over_a_better_grade(
    register: Assertion, words: dict[str, str], conflicts: bool
) -> None:
    made = imported(register, rows=(row(**words),))
    [use] = usages([register, made.additions[0].assertion])
    assert (use.status, use.grade, use.confirmed_on) == (register.status, register.grade, register.asserted_on)
    assert [c.statuses[0] for c in made.conflicting] == ([register.status] if conflicts else [])
    # Its identity doesn't hang on what the register holds: imported again, it is the same.
    assert made.additions[0].id == imported(rows=(row(**words),)).additions[0].id


@pytest.mark.parametrize(
    ("register", "words"),
    [
        (known(Status.PRODUCTION, "2026-01-01", Grade.OBSERVED), {"relation": "member"}),  # no better grade
        (known(Status.PRODUCTION, "2026-01-01"), {"status": "retired", "asserted_on": "2026-05-01"}),  # dated
    ],
)
def test_what_has_a_date_or_is_no_worse_is_news(register: Assertion, words: dict[str, str]) -> None:
    made = imported(register, rows=(row(**words),))
    [use] = usages([register, made.additions[0].assertion])
    assert (use.status, use.confirmed_on) == (
        made.additions[0].assertion.status,
        made.additions[0].assertion.asserted_on,
    )
    assert not made.conflicting


def test_nor_does_it_decide_over_a_better_row_of_its_own_file() -> None:
    better = row(evidence_url="https://e.example", asserted_on="2025-05-05")
    for rows in ((better, row(relation="member")), (row(relation="member"), better)):
        [use] = usages(addition.assertion for addition in imported(rows=rows).additions)
        assert (use.status, use.grade, use.confirmed_on) == (Status.PRODUCTION, Grade.IMPORTED, date(2025, 5, 5))


@given(
    st.builds(known, st.sampled_from(Status), st.dates(max_value=TODAY).map(str), st.sampled_from(Grade)),
    st.fixed_dictionaries(
        {
            "relation": st.sampled_from(("", "member", "retired", "pilot")),
            "grade": st.sampled_from(("", *Grade)),
            "since": st.sampled_from(("", "2020", "2999")),
            "evidence_url": st.sampled_from(("", "https://e.example")),
        }
    ),
)
def test_no_row_without_a_date_ever_decides_over_a_better_grade(register: Assertion, words: dict[str, str]) -> None:
    [addition] = imported(register, rows=(row(**words),)).additions
    if trust(addition.assertion.grade) > trust(register.grade):
        [use] = usages([register, addition.assertion])
        assert use == replace(use, status=register.status, grade=register.grade, said_by="register")
