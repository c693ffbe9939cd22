"""Who is called next for a waiting request, when, and why."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Literal, get_args

from bot.domain import durations
from bot.domain.working_time import Calendar, Closed, Interval, NeverOpen

Ask = Literal["maintainer", "maintainers", "users", "stewards"]

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rung:
    """One step: whom to ask, once `after` of their working time has passed since the call before."""

    ask: Ask  # one maintainer council, all of them, the councils that use it and agreed to answer, or the stewards
    after: timedelta

    def __post_init__(self) -> None:
        if self.ask not in get_args(Ask):
            raise ValueError(f"a rung asks {', '.join(get_args(Ask))}, not “{self.ask}”")
        if self.after < timedelta(0):
            raise ValueError("a rung can't come before the call before it")


@dataclass(frozen=True)
class Ladder:
    """The steps a request climbs until somebody answers, and how often it begins again after the last one; a request
    keeps the one it was opened with.
    """

    rungs: tuple[Rung, ...]
    repeats: int = 0

    def __post_init__(self) -> None:
        if not self.rungs:
            raise ValueError("a ladder needs at least one rung")

    def to_json(self) -> str:
        """The ladder as it is kept with a request."""
        rungs = [{"ask": rung.ask, "after": durations.show(rung.after)} for rung in self.rungs]
        return json.dumps({"rungs": rungs, "repeats": self.repeats})

    @classmethod
    def from_json(cls, text: str) -> "Ladder":
        """The ladder that `to_json` wrote."""
        try:
            kept = json.loads(text)
            if isinstance(kept, list):  # as it was kept when no ladder began again
                kept = {"rungs": kept}
            rungs = tuple(Rung(rung["ask"], durations.parse(rung["after"])) for rung in kept["rungs"])
            return cls(rungs, kept.get("repeats", 0))
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
    """A council that agreed to answer, and what it has on its hands.

    `away`: local days on which all of its people are away. `at_most`: so many open requests at a time.
    """

    organisation_id: str
    open_requests: int
    last_asked: datetime | None
    calendar: Calendar
    away: frozenset[date] = frozenset()
    at_most: int | None = None


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
    HANDS_FULL = "has as many open requests as it said that it can have"
    AWAY = "all of its people are away, and another council's aren't"


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
    since: datetime,
    candidates_for: Callable[[Ask], Sequence[Candidate]],
    called: Collection[str],
    askers_organisation: str | None,
    community_calendar: Calendar,
    *,
    now: datetime | None = None,
    breaks: Sequence[Interval] = (),
    has_stewards: bool = True,
) -> Promise | Nobody:
    """The next call, from this rung upwards, not before `now`; its time is counted from `since`, the call before, and
    not during `breaks`.
    """
    if rung_index < 0:
        raise ValueError(f"there is no rung {rung_index}")
    skipped: list[Skip] = []
    stewards = Candidate("", 0, None, community_calendar)
    for index, rung in enumerate(ladder.rungs[rung_index:], rung_index):
        candidates = candidates_for(rung.ask) if rung.ask != "stewards" else [stewards] if has_stewards else []
        turns = _in_turn(candidates, called, askers_organisation)
        if not turns:
            skipped.append(Skip(index, rung.ask, Why.ALL_CALLED if candidates else Why.NOBODY))
        slots = [slot for turn in turns if (slot := _slot(turn, since, rung.after, breaks, now or since))]
        never = {turn.organisation_id for turn in turns} - {slot.who.organisation_id for slot in slots}
        skipped += [Skip(index, rung.ask, Why.NEVER_OPEN, one or None) for one in sorted(never)]
        if rung.ask == "maintainer":
            slots = _by_turns(slots, index, rung.ask, skipped)
        if slots:
            organisation, because = None, Because.ALL_TOGETHER
            first = min(slots, key=lambda slot: slot.at)
            if rung.ask == "maintainer":
                first = slots[0]
                organisation, because = first.who.organisation_id, _because([s.who for s in slots], askers_organisation)
            closed = first.calendar.why_closed_between(since, first.at)
            return Promise(index, rung.ask, organisation, first.at, because, tuple(skipped), closed)
    return Nobody(tuple(skipped))


@dataclass(frozen=True)
class _Slot:
    """When one candidate could be called."""

    who: Candidate
    at: datetime
    calendar: Calendar
    away: bool

    @property
    def full(self) -> bool:
        return self.who.at_most is not None and self.who.open_requests >= self.who.at_most


def _slot(who: Candidate, since: datetime, after: timedelta, breaks: Sequence[Interval], now: datetime) -> _Slot | None:
    """None if they are never there. At the instant of closing the time is up, but nobody is there to be called."""
    calendar = who.calendar
    try:
        at = calendar.next_open(max(calendar.deadline(since, after, breaks), now))
        if at.astimezone(calendar.zone).date() not in who.away:
            return _Slot(who, at, calendar, away=False)
        calendar = replace(calendar, closed=calendar.closed | who.away)
        return _Slot(who, calendar.next_open(at), calendar, away=True)
    except NeverOpen:
        return None


def _by_turns(slots: list[_Slot], rung: int, ask: Ask, skipped: list[Skip]) -> list[_Slot]:
    """Those who may be called, whose turn it is first; whoever is passed over for them is put into `skipped`."""
    skipped += [Skip(rung, ask, Why.HANDS_FULL, slot.who.organisation_id) for slot in slots if slot.full]
    free = [slot for slot in slots if not slot.full]
    present = [slot for slot in free if not slot.away]
    if not present:
        return free
    earlier = free[: free.index(present[0])]
    skipped += [Skip(rung, ask, Why.AWAY, slot.who.organisation_id) for slot in earlier]
    return free[len(earlier) :]


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
