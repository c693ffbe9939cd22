"""Who is called next for a waiting request, when, and why."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple, get_args

from bot.domain import durations
from bot.domain.working_time import Calendar, Closed, Interval, NeverOpen

Ask = Literal["maintainer", "maintainers", "users", "stewards"]

_NEVER = datetime.min.replace(tzinfo=UTC)
_WAITED_FOR = timedelta(days=14)  # whoever is away for longer is passed over as if they weren't there


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
        if self.repeats < 0:
            raise ValueError(f"a ladder can't begin again {self.repeats} times")

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
                kept = {"rungs": kept, "repeats": 0}
            rungs = tuple(Rung(rung["ask"], durations.parse(rung["after"])) for rung in kept["rungs"])
            return cls(rungs, int(kept["repeats"]))
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

    @property
    def has_hands_full(self) -> bool:
        """Whether it has as many as it said that it can have."""
        return self.at_most is not None and self.open_requests >= self.at_most


class Because(StrEnum):
    """Why it is this one's turn."""

    ONLY_ONE = "nobody else is left to ask"
    ONLY_THE_ASKERS_OWN = "only the asker's own council is left"
    FIRST_BACK = "all of them are away, and this one is back first"
    FEWEST_OPEN = "has the fewest open requests"
    LONGEST_NOT_ASKED = "has gone longest without being asked"
    BY_NAME = "is the first by name of equals"
    ALL_TOGETHER = "these are asked all together"


class Why(StrEnum):
    """Why a rung, or a council on it, is passed over. That somebody is the asker's own council isn't told."""

    NOBODY = "there is nobody to ask"
    ALL_CALLED = "everybody there was called already"
    NEVER_OPEN = "not at work within ten years"
    HANDS_FULL = "has as many open requests as it said that it can have"
    AWAY = "all of its people are away"


@dataclass(frozen=True)
class Skip:
    """A rung passed over at once, for want of anybody; with an organisation, only that council was."""

    rung: int
    ask: Ask
    why: Why
    organisation_id: str | None = None


@dataclass(frozen=True)
class Promise:
    """Who is called and when; `closed` are the holidays that delay it, `skipped` the rungs passed over."""

    rung: int
    ask: Ask
    organisation_id: str | None  # None: those who are asked all together, or the stewards
    at: datetime
    because: Because
    skipped: tuple[Skip, ...] = ()
    closed: tuple[Closed, ...] = ()


@dataclass(frozen=True)
class Nobody:
    """The ladder has ended: why each of its last rungs was passed over."""

    skipped: tuple[Skip, ...] = ()


def in_turn(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Fewest open requests first, then longest not asked, then by id."""
    return sorted(candidates, key=lambda who: (who.open_requests, who.last_asked or _NEVER, who.organisation_id))


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
    not during `breaks`. Those who are asked all together are asked when the first of them is there.
    """
    if rung_index < 0:
        raise ValueError(f"there is no rung {rung_index}")
    skipped: list[Skip] = []
    stewards = [Candidate("", 0, None, community_calendar)] if has_stewards else []
    for index, rung in enumerate(ladder.rungs[rung_index:], rung_index):
        candidates = stewards if rung.ask == "stewards" else candidates_for(rung.ask)
        left = in_turn(who for who in candidates if who.organisation_id not in called)
        if not left:
            skipped.append(Skip(index, rung.ask, Why.ALL_CALLED if candidates else Why.NOBODY))
        slots = {who.organisation_id: _slot(who, since, rung.after, breaks, now or since) for who in left}
        turn = _turn([slot for slot in slots.values() if isinstance(slot, _Slot)], rung.ask, askers_organisation)
        passed_over = {council: slot for council, slot in slots.items() if isinstance(slot, Why)}
        passed_over |= dict.fromkeys(turn.away if turn else (), Why.AWAY)
        skipped += [Skip(index, rung.ask, why, council or None) for council, why in sorted(passed_over.items())]
        if turn:
            organisation = turn.slot.who.organisation_id if rung.ask == "maintainer" else None
            closed = turn.slot.calendar.why_closed_between(since, turn.slot.at)
            return Promise(index, rung.ask, organisation, turn.slot.at, turn.because, tuple(skipped), closed)
    return Nobody(tuple(skipped))


def soonest(candidates: Iterable[Candidate], now: datetime) -> datetime | None:
    """When the first of them can be called; None if none of them can."""
    slots = [_slot(who, now, timedelta(0), (), now) for who in candidates]
    return min((slot.at for slot in slots if isinstance(slot, _Slot)), default=None)


@dataclass(frozen=True)
class _Slot:
    """When one candidate could be called, by which calendar; `away`: as soon as they are back."""

    who: Candidate
    at: datetime
    calendar: Calendar
    away: bool = False


def _slot(who: Candidate, since: datetime, after: timedelta, breaks: Sequence[Interval], now: datetime) -> _Slot | Why:
    """At the instant of closing the time is up, but nobody is there to be called. Whoever is closed on a day of their
    own at the time at which they would be called is as little there as those who are away.
    """
    if who.has_hands_full:
        return Why.HANDS_FULL
    calendar = who.calendar
    try:
        usual = replace(calendar, closed=frozenset()) if calendar.closed else calendar
        planned = usual.next_open(max(usual.deadline(since, after, breaks), now))
        at = calendar.next_open(max(calendar.deadline(since, after, breaks), now))
        days = {instant.astimezone(calendar.zone).date() for instant in (planned, at)}
        if not days & (calendar.closed | who.away):
            return _Slot(who, at, calendar)
        calendar = replace(calendar, closed=calendar.closed | who.away)
        back = _Slot(who, calendar.next_open(at), calendar, away=True)
        return back if back.at - planned <= _WAITED_FOR else Why.AWAY
    except NeverOpen:
        return Why.NEVER_OPEN


class _Turn(NamedTuple):
    """Who is called first, and the councils whose turn it was, but that are away."""

    slot: _Slot
    because: Because
    away: Sequence[str] = ()


def _turn(slots: Sequence[_Slot], ask: Ask, askers_organisation: str | None) -> _Turn | None:
    """Whoever is away comes after those who are there, and the asker's own council has its turn only if no other has.
    The slots are in order.
    """
    others = [slot for slot in slots if slot.who.organisation_id != askers_organisation]
    order = others or slots
    if not order:
        return None
    soonest = min(order, key=lambda slot: slot.at)
    if ask != "maintainer":
        return _Turn(soonest, Because.ALL_TOGETHER)
    first = next((slot for slot in order if not slot.away), soonest)
    before, rest = order[: order.index(first)], order[order.index(first) + 1 :]
    because = _because(first, before, rest) if others else Because.ONLY_THE_ASKERS_OWN
    return _Turn(first, because, [slot.who.organisation_id for slot in before])


def _because(first: _Slot, before: Sequence[_Slot], rest: Sequence[_Slot]) -> Because:
    if first.away and before:
        return Because.FIRST_BACK
    if not rest:
        return Because.ONLY_ONE
    if first.who.open_requests < rest[0].who.open_requests:
        return Because.FEWEST_OPEN
    return Because.LONGEST_NOT_ASKED if first.who.last_asked != rest[0].who.last_asked else Because.BY_NAME
