"""Who is called next for a waiting request, when, and why."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, get_args

from bot.domain import durations
from bot.domain.working_time import Calendar, Closed, NeverOpen

Ask = Literal["maintainer", "users", "stewards"]

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rung:
    """One step: whom to ask, once `after` of their working time has passed since the call before."""

    ask: Ask  # one maintainer council, all councils that use it and agreed to answer, or the stewards
    after: timedelta

    def __post_init__(self) -> None:
        if self.ask not in get_args(Ask):
            raise ValueError(f"a rung asks {', '.join(get_args(Ask))}, not “{self.ask}”")
        if self.after < timedelta(0):
            raise ValueError("a rung can't come before the call before it")


@dataclass(frozen=True)
class Ladder:
    """The steps a request climbs until somebody answers; a request keeps the one it was opened with."""

    rungs: tuple[Rung, ...]

    def __post_init__(self) -> None:
        if not self.rungs:
            raise ValueError("a ladder needs at least one rung")

    def to_json(self) -> str:
        """The ladder as it is kept with a request."""
        return json.dumps([{"ask": rung.ask, "after": durations.show(rung.after)} for rung in self.rungs])

    @classmethod
    def from_json(cls, text: str) -> "Ladder":
        """The ladder that `to_json` wrote."""
        try:
            return cls(tuple(Rung(rung["ask"], durations.parse(rung["after"])) for rung in json.loads(text)))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is no ladder: {text}") from error


_PATIENCE = timedelta(hours=4)
DEFAULT_LADDER = Ladder(
    (
        Rung("maintainer", _PATIENCE),
        Rung("maintainer", _PATIENCE),
        Rung("users", _PATIENCE),
        Rung("stewards", _PATIENCE),
    )
)


@dataclass(frozen=True)
class Candidate:
    """A council that agreed to answer, and what it has on its hands."""

    organisation_id: str
    open_requests: int
    last_asked: datetime | None
    calendar: Calendar


class Because(StrEnum):
    """Why it is this one's turn."""

    ONLY_ONE = "nobody else is left to ask"
    ONLY_THE_ASKERS_OWN = "only the asker's own council is left"
    FEWEST_OPEN = "has the fewest open requests"
    LONGEST_NOT_ASKED = "has gone longest without being asked"
    BY_NAME = "is the first by name of equals"
    ALL_TOGETHER = "these are asked all together"


class Why(StrEnum):
    """Why a rung, or a council on it, is passed over."""

    NOBODY = "there is nobody to ask"
    ALL_CALLED = "everybody there was called already"
    NEVER_OPEN = "not at work within ten years"


@dataclass(frozen=True)
class Skip:
    """A rung passed over at once; with an organisation, only that council was."""

    rung: int
    ask: Ask
    why: Why
    organisation_id: str | None = None


@dataclass(frozen=True)
class Promise:
    """Who is called and when; `closed` are the holidays that delay it, `skipped` the rungs passed over."""

    rung: int
    ask: Ask
    organisation_id: str | None  # None: all users, or the stewards
    at: datetime
    because: Because
    skipped: tuple[Skip, ...] = ()
    closed: tuple[Closed, ...] = ()


@dataclass(frozen=True)
class Nobody:
    """The ladder has ended: why each of its last rungs was passed over."""

    skipped: tuple[Skip, ...] = ()


def choose(
    candidates: Sequence[Candidate], already_called: Collection[str], askers_organisation: str | None
) -> Candidate | None:
    """Whose turn it is: fewest open requests, then longest not asked, then by id; nobody is called twice.

    The asker's own council has its turn only if there is no other.
    """
    return next(iter(_in_turn(candidates, already_called, askers_organisation)), None)


def promise(
    ladder: Ladder,
    rung_index: int,
    from_: datetime,
    candidates_for: Callable[[Ask], Sequence[Candidate]],
    called: Collection[str],
    askers_organisation: str | None,
    community_calendar: Calendar,
    *,
    has_stewards: bool = True,
) -> Promise | Nobody:
    """The next call, from this rung upwards, its time counted from the call before (`from_`)."""
    if rung_index < 0:
        raise ValueError(f"there is no rung {rung_index}")
    skipped: list[Skip] = []
    for index, rung in enumerate(ladder.rungs[rung_index:], rung_index):
        options, why_none = _options(
            rung.ask, candidates_for, called, askers_organisation, community_calendar, has_stewards
        )
        if why_none:
            skipped.append(Skip(index, rung.ask, why_none))
        for organisation_id, calendar, because in options:
            try:
                # At the instant of closing the time is up, but nobody is there to be called.
                at = calendar.next_open(calendar.deadline(from_, rung.after))
            except NeverOpen:
                skipped.append(Skip(index, rung.ask, Why.NEVER_OPEN, organisation_id))
                continue
            closed = calendar.why_closed_between(from_, at)
            return Promise(index, rung.ask, organisation_id, at, because, tuple(skipped), closed)
    return Nobody(tuple(skipped))


_Option = tuple[str | None, Calendar, Because]


def _options(
    ask: Ask,
    candidates_for: Callable[[Ask], Sequence[Candidate]],
    called: Collection[str],
    askers_organisation: str | None,
    community_calendar: Calendar,
    has_stewards: bool,
) -> tuple[list[_Option], Why | None]:
    """Whom a rung may call, best first; or why there is nobody on it."""
    together: list[_Option] = [(None, community_calendar, Because.ALL_TOGETHER)]
    if ask == "stewards":
        return (together, None) if has_stewards else ([], Why.NOBODY)
    candidates = candidates_for(ask)
    turns = _in_turn(candidates, called, askers_organisation)
    if not turns:
        return [], Why.ALL_CALLED if candidates else Why.NOBODY
    if ask == "users":
        return together, None
    return [
        (turn.organisation_id, turn.calendar, _because(turns[n:], askers_organisation)) for n, turn in enumerate(turns)
    ], None


def _in_turn(
    candidates: Sequence[Candidate], called: Collection[str], askers_organisation: str | None
) -> list[Candidate]:
    free = [c for c in candidates if c.organisation_id not in called]
    others = [c for c in free if c.organisation_id != askers_organisation]
    return sorted(others or free, key=lambda c: (c.open_requests, c.last_asked or _NEVER, c.organisation_id))


def _because(turns: Sequence[Candidate], askers_organisation: str | None) -> Because:
    first, *rest = turns
    if first.organisation_id == askers_organisation:
        return Because.ONLY_THE_ASKERS_OWN
    if not rest:
        return Because.ONLY_ONE
    if first.open_requests < rest[0].open_requests:
        return Because.FEWEST_OPEN
    return Because.LONGEST_NOT_ASKED if first.last_asked != rest[0].last_asked else Because.BY_NAME
