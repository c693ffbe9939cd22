"""The life of a request is the table, and what is outside the table is refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.request import TRANSITIONS, Cause, Request, State, after, number_of
from tests.dialogue import MONDAY

REQUEST = Request(1, "$q", "!r", "@ana:x", State.OPEN, MONDAY, MONDAY)
OUTSIDE = [(state, cause) for state in State for cause in Cause if cause not in TRANSITIONS[state]]


@pytest.mark.parametrize(("state", "cause"), OUTSIDE)
def test_every_step_outside_the_table_is_refused(state: State, cause: Cause) -> None:
    assert after(replace(REQUEST, state=state), cause) is None


@pytest.mark.parametrize(("claimer", "state"), [("", State.OPEN), ("@bea:x", State.CLAIMED)])
def test_after_the_askers_word_it_is_as_it_was_before_the_question_back(claimer: str, state: State) -> None:
    assert after(replace(REQUEST, state=State.WAITING, claimer=claimer), Cause.ASKER_WROTE) is state


@given(st.lists(st.sampled_from(Cause), max_size=30))
def test_whatever_happens_a_settled_request_can_be_reopened(causes: list[Cause]) -> None:
    request = REQUEST
    for cause in causes:
        request = replace(request, state=after(request, cause) or request.state)
    reopened = after(request, Cause.REOPEN)
    settled = request.state in (State.ANSWERED, State.RESOLVED, State.WITHDRAWN)
    assert reopened is (State.OPEN if settled else None)


@pytest.mark.parametrize(
    ("subject", "number"),
    [("request:12", 12), ("answer:12", 12), (None, None), ("", None), ("answer:x", None), ("reaction:take:1", None)],
)
def test_a_subject_names_its_request(subject: str | None, number: int | None) -> None:
    assert number_of(subject) == number
