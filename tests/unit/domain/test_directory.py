"""What dated assertions add up to: who decides, how old it is, and who says otherwise."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.directory import (
    STALE_AFTER,
    UNKNOWN_AFTER,
    Age,
    Assertion,
    Grade,
    Relation,
    Status,
    Usage,
    age_of,
    usages,
)

TODAY = date(2026, 5, 11)
USED, OVER = Status.PRODUCTION, Status.RETIRED


def said(days_ago: int, status: Status, grade: Grade, **more: Any) -> Assertion:
    """An assertion about one use."""
    given_: dict[str, Any] = {"said_by": f"{grade}"} | more
    return Assertion(
        "local-authority:CMD", "planx", Relation.USES, status, grade, TODAY - timedelta(days=days_ago), **given_
    )


def now(*assertions: Assertion) -> Usage:
    """The one use they add up to."""
    (usage,) = usages(assertions)
    return usage


@pytest.mark.parametrize(
    ("assertions", "status", "grade"),
    [
        ([said(10, USED, Grade.IMPORTED), said(5, OVER, Grade.IMPORTED)], OVER, Grade.IMPORTED),
        ([said(10, USED, Grade.IMPORTED), said(10, OVER, Grade.CONFIRMED)], OVER, Grade.CONFIRMED),
        ([said(400, OVER, Grade.CONFIRMED), said(5, USED, Grade.IMPORTED)], OVER, Grade.CONFIRMED),
        ([said(800, OVER, Grade.CONFIRMED), said(5, USED, Grade.IMPORTED)], USED, Grade.IMPORTED),
        ([said(800, USED, Grade.IMPORTED), said(5, OVER, Grade.UNVERIFIED)], USED, Grade.IMPORTED),
        ([said(9, USED, Grade.UNVERIFIED), said(5, OVER, Grade.UNVERIFIED)], OVER, Grade.UNVERIFIED),
        ([said(9, USED, Grade.UNVERIFIED), said(90, USED, Grade.OBSERVED)], USED, Grade.OBSERVED),
    ],
    ids=[
        "the latest decides",
        "of one day the better known",
        "a body's own word stands against a later import",
        "but not for ever",
        "what nobody verified overrides nothing better",
        "unless nothing better is known",
        "not even by being newer",
    ],
)
def test_who_decides(assertions: list[Assertion], status: Status, grade: Grade) -> None:
    usage = now(*assertions)
    assert (usage.status, usage.grade) == (status, grade)


MINUTE = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("assertions", "by"),
    [
        ([said(400, OVER, Grade.CONFIRMED), said(5, USED, Grade.MAINTAINER)], Grade.MAINTAINER),
        ([said(5, USED, Grade.CONFIRMED), said(3, OVER, Grade.UNVERIFIED)], Grade.UNVERIFIED),
        ([said(5, USED, Grade.CONFIRMED), said(3, Status.PILOT, Grade.IMPORTED)], None),
        ([said(400, USED, Grade.IMPORTED), said(5, OVER, Grade.CONFIRMED)], None),
        ([said(50, USED, Grade.UNVERIFIED), said(5, OVER, Grade.IMPORTED)], None),
        ([said(9, USED, Grade.IMPORTED), said(5, OVER, Grade.IMPORTED)], None),
        ([said(9, USED, Grade.IMPORTED), said(5, OVER, Grade.IMPORTED, said_by="another list")], Grade.IMPORTED),
        ([said(90, USED, Grade.IMPORTED), said(5, OVER, Grade.IMPORTED, said_by="another list")], None),
        ([said(9, USED, Grade.UNVERIFIED), said(5, OVER, Grade.UNVERIFIED, said_by="@dora:x")], Grade.UNVERIFIED),
        ([said(4, USED, Grade.IMPORTED), said(3, OVER, Grade.IMPORTED),
          said(2, OVER, Grade.IMPORTED, said_by="another list")], None),
    ],
    ids=[
        "the maintainers say otherwise since",
        "so does somebody",
        "a pilot is a use",
        "what was true long ago is no dispute",
        "nor what somebody unknown once said",
        "nor a list's own later edition",
        "two lists of one week",
        "but not of two seasons",
        "two people whom nobody knows",
        "not what its author no longer says",
    ],
)  # fmt: skip
def test_who_says_otherwise(assertions: list[Assertion], by: Grade | None) -> None:
    disputed = now(*assertions).disputed
    assert (disputed.grade if disputed else None) == by


def test_two_people_of_one_body_who_contradict_each_other_a_minute_apart_are_both_shown() -> None:
    first = said(0, USED, Grade.CONFIRMED, said_by="@bea:x", said_at=MINUTE)
    second = said(0, OVER, Grade.CONFIRMED, said_by="@dora:x", said_at=MINUTE + timedelta(minutes=1))
    usage = now(first, second)
    assert usage.status is OVER
    assert usage.disputed == first


def test_who_changes_their_own_mind_disputes_nothing() -> None:
    first = said(0, USED, Grade.CONFIRMED, said_by="@bea:x", said_at=MINUTE)
    assert now(first, said(0, OVER, Grade.CONFIRMED, said_by="@bea:x", said_at=MINUTE + STALE_AFTER)).disputed is None


@pytest.mark.parametrize(
    ("assertions", "since"),
    [
        ([said(9, USED, Grade.IMPORTED, since="2019"), said(5, USED, Grade.CONFIRMED)], "2019"),
        ([said(9, USED, Grade.IMPORTED, since="2019"), said(5, OVER, Grade.CONFIRMED)], ""),
        ([said(5, OVER, Grade.IMPORTED, since="2019")], ""),
        ([said(9, USED, Grade.IMPORTED, since="2019"), said(8, OVER, Grade.IMPORTED), said(5, USED, Grade.IMPORTED)],
         ""),
        ([said(9, USED, Grade.CONFIRMED, since="2019"), said(8, OVER, Grade.IMPORTED), said(5, USED, Grade.IMPORTED)],
         "2019"),
        ([said(9, USED, Grade.IMPORTED, since="2019"), said(5, USED, Grade.UNVERIFIED, since="1999")], "2019"),
    ],
    ids=[
        "whoever said it",
        "an end isn't the start",
        "even if it is told with it",
        "begun anew is another beginning",
        "an end that nobody believed is none",
        "nobody verified it",
    ],
)  # fmt: skip
def test_since_when(assertions: list[Assertion], since: str) -> None:
    assert now(*assertions).since == since


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, Age.CONFIRMED), (365, Age.CONFIRMED), (366, Age.STALE), (730, Age.STALE), (731, Age.UNKNOWN)],
)
def test_an_entry_grows_old(days: int, age: Age) -> None:
    assert age_of(now(said(days, USED, Grade.IMPORTED)), TODAY) is age


ASSERTIONS = st.lists(
    st.builds(
        said,
        st.integers(0, 2000),
        st.sampled_from(Status),
        st.sampled_from(Grade),
        said_by=st.sampled_from(["@bea:x", "@dora:x", "a list"]),
    ),
    min_size=1,
    max_size=8,
)


@given(ASSERTIONS, st.randoms(use_true_random=False))
def test_the_order_in_which_things_arrive_changes_nothing(assertions: list[Assertion], random: Any) -> None:
    shuffled = list(assertions)
    random.shuffle(shuffled)
    one, other = now(*assertions), now(*shuffled)
    assert (one.confirmed_on, one.grade) == (other.confirmed_on, other.grade)


@given(ASSERTIONS)
def test_what_nobody_verified_never_decides_against_what_somebody_did(assertions: list[Assertion]) -> None:
    usage = now(*assertions)
    if any(a.grade is not Grade.UNVERIFIED for a in assertions):
        assert usage.grade is not Grade.UNVERIFIED


@given(ASSERTIONS)
def test_a_fresh_word_of_the_body_itself_is_never_overridden_by_others(assertions: list[Assertion]) -> None:
    own = [a for a in assertions if a.grade is Grade.CONFIRMED]
    if own and max(a.asserted_on for a in own) > TODAY - UNKNOWN_AFTER:
        assert now(*assertions).grade is Grade.CONFIRMED
