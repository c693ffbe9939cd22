"""The life of a help request: the table of states and causes is the machine, a missing entry the refusal."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"  # for the asker
    ANSWERED = "answered"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class Cause(StrEnum):
    """What can move it."""

    TAKE = "take"
    PASS = "pass"
    QUESTION_BACK = "question back"
    ASKER_WROTE = "asker wrote"
    ANSWER = "answer"
    BETTER_ANSWER = "better answer"  # to a claim, by somebody who is known better than who answered first
    RESOLVE = "resolve"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


class Kind(StrEnum):
    """What is asked for."""

    HELP = "help"
    CHECK = "check"  # of a claim about a tool; the answer becomes a fact


# WAITING goes back to CLAIMED or OPEN, as it was: see `after`.
TRANSITIONS: dict[State, dict[Cause, State]] = {
    State.OPEN: {
        Cause.TAKE: State.CLAIMED,
        Cause.PASS: State.OPEN,  # a council that was called declines
        Cause.QUESTION_BACK: State.WAITING,
        Cause.ANSWER: State.ANSWERED,
        Cause.RESOLVE: State.RESOLVED,
        Cause.WITHDRAW: State.WITHDRAWN,
    },
    State.CLAIMED: {
        Cause.PASS: State.OPEN,
        Cause.QUESTION_BACK: State.WAITING,
        Cause.ANSWER: State.ANSWERED,
        Cause.RESOLVE: State.RESOLVED,
        Cause.WITHDRAW: State.WITHDRAWN,
    },
    State.WAITING: {
        Cause.TAKE: State.CLAIMED,
        Cause.PASS: State.OPEN,
        Cause.ASKER_WROTE: State.OPEN,
        Cause.ANSWER: State.ANSWERED,
        Cause.RESOLVE: State.RESOLVED,
        Cause.WITHDRAW: State.WITHDRAWN,
    },
    State.ANSWERED: {
        Cause.BETTER_ANSWER: State.ANSWERED,
        Cause.RESOLVE: State.RESOLVED,
        Cause.REOPEN: State.OPEN,
        Cause.WITHDRAW: State.WITHDRAWN,
    },
    State.RESOLVED: {Cause.REOPEN: State.OPEN},
    State.WITHDRAWN: {Cause.REOPEN: State.OPEN},
}

UNANSWERED = frozenset({State.OPEN, State.CLAIMED, State.WAITING})


@dataclass(frozen=True)
class Request:
    """A help request. Empty strings stand for what is not known or not the case."""

    number: int
    question_event: str
    room_id: str
    asker: str
    state: State
    opened_at: datetime
    changed_at: datetime
    thread: str = ""  # the thread the question was asked in, if it was
    asker_organisation: str = ""
    tool_id: str = ""
    tool_name: str = ""
    text: str = ""
    language: str = "en"
    claimer: str = ""
    claimer_organisation: str = ""
    answerer: str = ""
    answerer_organisation: str = ""
    answered_at: datetime | None = None
    resolved_at: datetime | None = None
    ladder: str = ""  # the ladder's snapshot, JSON
    rung: int = 0
    promise: str = ""  # the promise given, JSON
    kind: Kind = Kind.HELP
    topic: str = ""  # of the claim to be checked (`bot.domain.facts.Topic`), if it is known
    answer: str = ""  # the words that answered it, kept for the next one who asks
    answer_event: str = ""

    @property
    def id(self) -> str:
        """What the request is called as a subject of messages and timers."""
        return f"request:{self.number}"

    @property
    def answer_id(self) -> str:
        """What a message that answered it is about: still this request, see `number_of`."""
        return f"answer:{self.number}"

    @property
    def thread_root(self) -> str:
        """The root of the thread in which it is talked over."""
        return self.thread or self.question_event


def number_of(subject: str | None) -> int | None:
    """The number behind "request:12", or "answer:12"."""
    kind, _, number = (subject or "").partition(":")
    return int(number) if kind in ("request", "answer") and number.isdigit() else None


def after(request: Request, cause: Cause) -> State | None:
    """The state this cause leads to, or None if it has no meaning here."""
    state = TRANSITIONS[request.state].get(cause)
    if request.state is State.WAITING and cause is Cause.ASKER_WROTE and request.claimer:
        return State.CLAIMED
    return state
