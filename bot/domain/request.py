"""The life of a help request: the table of states and causes is the machine, a missing entry the refusal."""

from dataclasses import dataclass, replace
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
    DUPLICATE = "duplicate"  # of another request, where it is answered
    LAPSED = "lapsed"  # nobody said a word for long


class Cause(StrEnum):
    """What can move it."""

    TAKE = "take"
    PASS = "pass"
    HAND_OVER = "hand over"  # to somebody who said yes
    RELEASE = "release"  # of a claim whose holder fell silent or left
    WAIT = "wait"
    QUESTION_BACK = "question back"
    ASKER_WROTE = "asker wrote"
    ANSWER = "answer"
    BETTER_ANSWER = "better answer"  # to a claim, by somebody who is known better than who answered first
    ANSWER_DELETED = "answer deleted"  # by whoever gave it
    ACCEPT = "accept"  # the asker chose the message that answers it
    RESOLVE = "resolve"
    SILENCE = "silence"  # nobody says that it isn't settled
    UNDO = "undo"  # of a resolving that was taken back
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    ASKER_LEFT = "asker left"
    DUPLICATE = "duplicate"
    LAPSE = "lapse"
    ROOM_LEFT = "room left"  # by us: nothing can be said there any more


class Kind(StrEnum):
    """What is asked for."""

    HELP = "help"
    CHECK = "check"  # of a claim about a tool; the answer becomes a fact


_ENDS: dict[Cause, State] = {
    Cause.ACCEPT: State.RESOLVED,
    Cause.RESOLVE: State.RESOLVED,
    Cause.WITHDRAW: State.WITHDRAWN,
    Cause.ASKER_LEFT: State.WITHDRAWN,
    Cause.DUPLICATE: State.DUPLICATE,
    Cause.ROOM_LEFT: State.LAPSED,
}
_ANSWERS: dict[Cause, State] = {
    Cause.WAIT: State.WAITING,
    Cause.QUESTION_BACK: State.WAITING,
    Cause.ANSWER: State.ANSWERED,
}

# Where the way back depends on where it came from, `after` says so: out of WAITING, and back out of RESOLVED.
TRANSITIONS: dict[State, dict[Cause, State]] = {
    State.OPEN: {
        Cause.TAKE: State.CLAIMED,
        Cause.PASS: State.OPEN,  # a council that was called declines
        Cause.LAPSE: State.LAPSED,
        **_ANSWERS,
        **_ENDS,
    },
    State.CLAIMED: {
        Cause.PASS: State.OPEN,
        Cause.HAND_OVER: State.CLAIMED,
        Cause.RELEASE: State.OPEN,
        **_ANSWERS,
        **_ENDS,
    },
    State.WAITING: {
        Cause.TAKE: State.CLAIMED,
        Cause.PASS: State.OPEN,
        Cause.HAND_OVER: State.WAITING,
        Cause.RELEASE: State.OPEN,
        Cause.ASKER_WROTE: State.OPEN,
        Cause.ANSWER: State.ANSWERED,
        Cause.LAPSE: State.LAPSED,
        **_ENDS,
    },
    State.ANSWERED: {
        Cause.BETTER_ANSWER: State.ANSWERED,
        Cause.ANSWER_DELETED: State.OPEN,
        Cause.SILENCE: State.RESOLVED,
        Cause.REOPEN: State.OPEN,
        **_ENDS,
    },
    State.RESOLVED: {
        Cause.ACCEPT: State.RESOLVED,
        Cause.UNDO: State.ANSWERED,
        Cause.REOPEN: State.OPEN,
    },
    State.WITHDRAWN: {Cause.REOPEN: State.OPEN},
    State.DUPLICATE: {Cause.REOPEN: State.OPEN},
    State.LAPSED: {
        Cause.ASKER_WROTE: State.OPEN,  # late is not never
        Cause.ANSWER: State.ANSWERED,
        Cause.REOPEN: State.OPEN,
    },
}

UNANSWERED = frozenset({State.OPEN, State.CLAIMED, State.WAITING})
SETTLED = frozenset(State) - UNANSWERED - {State.ANSWERED}
RUNNING = frozenset({State.OPEN, State.CLAIMED})  # its clock runs


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
    asked_in: str = ""  # the question's room, if the request lives in another: a direct chat, or one since upgraded
    duplicate_of: int | None = None
    cards: int = 0  # how many cards came before the present one and were taken away
    round: int = 1  # how often it was put to the councils anew
    repeats: int = 0  # how often its ladder began again since it was opened or reopened
    promised_to: str = ""  # the council that is asked next, or the rung of those who are asked all together
    promised_at: datetime | None = None
    rung_since: datetime | None = None  # from when the present rung's time is counted
    responded_at: datetime | None = None  # the first answer, or question back; once, ever
    response_seconds: int | None = None  # until then, of the community's working time, without the breaks
    target_seconds: int | None = None  # within which the community meant to respond when it was opened
    respond_by: datetime | None = None  # when that time is up; not known while the clock stands still before it

    @property
    def id(self) -> str:
        """What the request is called as a subject of messages and timers."""
        return f"request:{self.number}"

    @property
    def answer_id(self) -> str:
        """What a message that answered it is about: still this request, see `number_of`."""
        return f"answer:{self.number}"

    @property
    def talk_id(self) -> str:
        """What any other message in its thread is about."""
        return f"talk:{self.number}"

    @property
    def is_elsewhere(self) -> bool:
        """Whether its question can't be seen in the room in which it lives: its card stands for it there."""
        return bool(self.asked_in) and self.asked_in != self.room_id

    @property
    def question_room(self) -> str:
        """Where the question was asked."""
        return self.asked_in or self.room_id

    @property
    def card_op(self) -> str:
        """The op id of its present card."""
        return f"requests:{self.card_key}"

    @property
    def card_key(self) -> str:
        """The key its present card is said under."""
        return f"card:{self.question_event}" + (f":{self.cards}" if self.cards else "")


def number_of(subject: str | None) -> int | None:
    """The number behind "request:12", "answer:12" or "talk:12"."""
    kind, _, number = (subject or "").partition(":")
    return int(number) if kind in ("request", "answer", "talk") and number.isdigit() else None


def after(request: Request, cause: Cause) -> State | None:
    """The state this cause leads to, or None if it has no meaning here."""
    state = TRANSITIONS[request.state].get(cause)
    match request.state, cause:
        case ((State.WAITING | State.LAPSED), Cause.ASKER_WROTE) if request.claimer:
            return State.CLAIMED
        case State.ANSWERED, Cause.ANSWER_DELETED if request.claimer:
            return State.CLAIMED
        case State.WAITING, Cause.TAKE if request.claimer:
            return None
        case State.WAITING, Cause.HAND_OVER | Cause.RELEASE if not request.claimer:
            return None
        case State.RESOLVED, Cause.UNDO if not request.answered_at:
            return State.CLAIMED if request.claimer else State.OPEN
    return state


def moved(request: Request, cause: Cause, who: str, organisation: str, at: datetime) -> Request | None:
    """The request after this, done by `who` of that organisation (or "" for the clerk); None if it is refused.

    Of a hand-over `who` is the one who takes it on, of an accepted answer the one who gave it.
    """
    state = after(request, cause)
    if state is None:
        return None
    request = replace(request, state=state, changed_at=at)
    if cause in (Cause.TAKE, Cause.HAND_OVER):
        request = replace(request, claimer=who, claimer_organisation=organisation)
    if cause in (Cause.PASS, Cause.RELEASE):
        request = replace(request, claimer="", claimer_organisation="")
    if cause in (Cause.ANSWER, Cause.BETTER_ANSWER, Cause.ACCEPT):
        request = _answered(request, who, organisation)
    if cause is Cause.ANSWER_DELETED:
        request = _unanswered(request)
    if state is State.RESOLVED or cause is Cause.UNDO:
        request = replace(request, resolved_at=at if state is State.RESOLVED else None)
    return _afresh(request) if cause is Cause.REOPEN else request


def _answered(request: Request, who: str, organisation: str) -> Request:
    at = request.answered_at or request.changed_at
    return replace(request, answerer=who, answerer_organisation=organisation, answered_at=at)


def _unanswered(request: Request) -> Request:
    return replace(
        request, answerer="", answerer_organisation="", answered_at=None, answer="", answer_event="", resolved_at=None
    )


def _afresh(request: Request) -> Request:
    """As if it were asked now: what didn't settle it is no answer for the next one who asks."""
    request = replace(_unanswered(request), claimer="", claimer_organisation="", duplicate_of=None, rung=0)
    return replace(request, round=request.round + 1)
