"""The life of a request is the table, and what is outside the table is refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.domain.request import SETTLED, TRANSITIONS, UNANSWERED, Cause, Request, State, after, moved, number_of
from tests.dialogue import MONDAY

REQUEST = Request(1, "$q", "!r", "@ana:x", State.OPEN, MONDAY, MONDAY)
OUTSIDE = [(state, cause) for state in State for cause in Cause if cause not in TRANSITIONS[state]]
INSIDE = [(state, cause) for state in State for cause in TRANSITIONS[state]]
BEA, CAI = "@bea:x", "@cai:x"


@pytest.mark.parametrize(("state", "cause"), OUTSIDE)
@pytest.mark.parametrize("claimer", ["", BEA])
def test_every_step_outside_the_table_is_refused(state: State, cause: Cause, claimer: str) -> None:
    request = replace(REQUEST, state=state, claimer=claimer)
    assert after(request, cause) is None
    assert moved(request, cause, CAI, "", MONDAY) is None


@pytest.mark.parametrize(("state", "cause"), INSIDE)
def test_every_step_inside_the_table_is_taken_from_where_it_makes_sense(state: State, cause: Cause) -> None:
    """Most of them whoever has it; a second claim, and the giving back of what nobody has, do not make sense."""
    holders = {
        (State.WAITING, Cause.TAKE): "",
        (State.WAITING, Cause.HAND_OVER): BEA,
        (State.WAITING, Cause.RELEASE): BEA,
    }
    request = replace(REQUEST, state=state, claimer=holders.get((state, cause), ""), answered_at=MONDAY)
    assert after(request, cause) is TRANSITIONS[state][cause]
    held = replace(request, claimer=BEA if not request.claimer else "")
    assert (after(held, cause) is None) == ((state, cause) in holders)


@pytest.mark.parametrize(("claimer", "state"), [("", State.OPEN), (BEA, State.CLAIMED)])
def test_after_the_askers_word_it_is_as_it_was_before_the_question_back(claimer: str, state: State) -> None:
    assert after(replace(REQUEST, state=State.WAITING, claimer=claimer), Cause.ASKER_WROTE) is state


@pytest.mark.parametrize(
    ("claimer", "answered", "state"),
    [("", False, State.OPEN), (BEA, False, State.CLAIMED), ("", True, State.ANSWERED), (BEA, True, State.ANSWERED)],
)
def test_a_resolving_taken_back_leaves_it_where_it_was(claimer: str, answered: bool, state: State) -> None:
    resolved = replace(REQUEST, state=State.RESOLVED, claimer=claimer, answered_at=MONDAY if answered else None)
    undone = moved(resolved, Cause.UNDO, "@ana:x", "", MONDAY)
    assert undone is not None
    assert (undone.state, undone.resolved_at) == (state, None)


def test_what_is_reopened_is_as_if_it_were_asked_now() -> None:
    answered = moved(REQUEST, Cause.ANSWER, BEA, "CMD", MONDAY)
    assert answered is not None
    kept = replace(answered, answer="Clear the cache.", answer_event="$answer", claimer=BEA, rung=3)
    assert moved(kept, Cause.REOPEN, "@ana:x", "", MONDAY) == replace(REQUEST, round=2)


class Life(RuleBasedStateMachine):
    """Whatever people and clocks do, in whatever order, the request stays whole."""

    def __init__(self) -> None:
        super().__init__()
        self.request = REQUEST

    @rule(cause=st.sampled_from(Cause), who=st.sampled_from([BEA, CAI]))
    def something_happens(self, cause: Cause, who: str) -> None:
        """It is moved as the table says, or stays exactly as it was."""
        before = self.request
        went = moved(before, cause, who, "CMD", MONDAY)
        assert (went is None) == (after(before, cause) is None)
        if went is not None:
            assert went.state is after(before, cause)
            self.request = went

    @invariant()
    def who_has_it_is_known_where_somebody_has_it(self) -> None:
        """Taken is by somebody, open by nobody."""
        assert self.request.claimer or self.request.state is not State.CLAIMED
        assert not (self.request.claimer and self.request.state is State.OPEN)

    @invariant()
    def an_answer_has_its_author_and_time(self) -> None:
        """Answered is by somebody, at some time; nobody is thanked for what is still waiting."""
        if self.request.state is State.ANSWERED:
            assert self.request.answerer
            assert self.request.answered_at
        if self.request.state in UNANSWERED:
            assert not self.request.resolved_at

    @invariant()
    def what_is_settled_can_be_reopened_and_nothing_else_can_be_done_twice(self) -> None:
        """Nothing is closed for good, and a settled request is not claimed."""
        if self.request.state in SETTLED:
            assert after(self.request, Cause.REOPEN) is State.OPEN
            assert after(self.request, Cause.TAKE) is None

    @invariant()
    def what_it_is_stays(self) -> None:
        """Its number, question, asker and text are nobody's to change by moving it."""
        kept = ("number", "question_event", "room_id", "asker", "text", "opened_at")
        assert all(getattr(self.request, name) == getattr(REQUEST, name) for name in kept)


TestLife = Life.TestCase


@given(st.sampled_from(State))
def test_a_state_is_waiting_answered_or_settled(state: State) -> None:
    assert (state in UNANSWERED) + (state is State.ANSWERED) + (state in SETTLED) == 1


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("request:12", 12),
        ("answer:12", 12),
        ("talk:12", 12),
        (None, None),
        ("", None),
        ("answer:x", None),
        ("reaction:take:1", None),
    ],
)
def test_a_subject_names_its_request(subject: str | None, number: int | None) -> None:
    assert number_of(subject) == number
