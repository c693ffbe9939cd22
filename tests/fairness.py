"""A long time in a community where nobody answers before they are called: who is called how often, and carries what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from heapq import heappop, heappush
from itertools import groupby
from random import Random
from zoneinfo import ZoneInfo

from bot.domain.escalation import Candidate, Ladder, Promise, Rung, promise
from bot.domain.hours import WorkingHours
from bot.domain.working_time import Calendar

START = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
OFFICE = Calendar(WorkingHours.parse("Mon-Fri 09:00-17:00"), ZoneInfo("Europe/London"), "England")
LADDER = Ladder((Rung("maintainer", 4 * HOUR),))
AT_ONCE = Ladder((Rung("maintainer", timedelta(0)),))


@dataclass(frozen=True)
class Volunteer:
    """A council: how many of its working hours it takes for an answer, on average, and when it can be asked."""

    name: str
    takes: float = 6
    calendar: Calendar = OFFICE
    at_most: int | None = None
    away: frozenset[date] = frozenset()

    def at_work(self, end: datetime) -> timedelta:
        """So much of its time there was since the start."""
        days = Calendar(self.calendar.hours, self.calendar.zone, self.calendar.nation, self.away)
        return days.elapsed(START, end)


@dataclass
class Years:
    """What happens to so many requests, one every so much working time on average; some are those volunteers' own.

    Each is promised when it is asked, and decided when its time comes, as the escalation plugin does.
    """

    volunteers: Sequence[Volunteer]
    every: timedelta = 2 * HOUR
    seed: int = 1
    calls: list[str] = field(default_factory=list)
    spreads: list[int] = field(default_factory=list)  # at each call: the most in hand less the least
    most: Counter[str] = field(default_factory=Counter)  # that each ever had in hand
    end: datetime = START
    _in_hand: dict[str, list[datetime]] = field(default_factory=dict)  # when each is done with
    _last_asked: dict[str, datetime] = field(default_factory=dict)

    def pass_by(self, requests: int) -> "Years":
        """Let them happen."""
        chance = Random(self.seed)
        askers = [*(one.name for one in self.volunteers), "somebody else"]
        due: list[tuple[datetime, int, str]] = []
        asked = START
        for number in range(requests):
            asked = OFFICE.deadline(asked, self.every * chance.expovariate(1))  # people ask while they work
            self._call_until(asked, due, chance)
            asker = chance.choice(askers)
            heappush(due, (self._promised(LADDER, asked, asker).at, number, asker))
        self._call_until(datetime.max.replace(tzinfo=UTC), due, chance)
        return self

    def _call_until(self, then: datetime, due: list[tuple[datetime, int, str]], chance: Random) -> None:
        while due and due[0][0] <= then:
            now, number, asker = heappop(due)
            found = self._promised(AT_ONCE, now, asker)
            if found.at > now:
                heappush(due, (found.at, number, asker))
            else:
                self._call(found.organisation_id or "", now, chance)

    def _promised(self, ladder: Ladder, now: datetime, asker: str) -> Promise:
        self._in_hand = {one.name: [end for end in self._in_hand.get(one.name, ()) if end > now]
                         for one in self.volunteers}  # fmt: skip
        candidates = [
            Candidate(v.name, len(self._in_hand[v.name]), self._last_asked.get(v.name), v.calendar, v.away, v.at_most)
            for v in self.volunteers
        ]
        found = promise(ladder, 0, now, lambda _: candidates, (), asker, OFFICE)
        assert isinstance(found, Promise)
        return found

    def _call(self, name: str, now: datetime, chance: Random) -> None:
        whose = next(one for one in self.volunteers if one.name == name)
        self._in_hand[name].append(whose.calendar.deadline(now, whose.takes * chance.expovariate(1) * HOUR))
        self._last_asked[name] = self.end = now
        self.calls.append(name)
        hands = [len(ends) for ends in self._in_hand.values()]
        self.most[name] = max(self.most[name], len(self._in_hand[name]))
        self.spreads.append(max(hands) - min(hands))

    # --- what came of it -------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """How often each was called."""
        counted = Counter(self.calls)
        return {one.name: counted[one.name] for one in self.volunteers}

    def loads(self) -> dict[str, float]:
        """How many questions each had in hand at a time, on average over its working hours."""
        counted = self.counts()
        return {one.name: counted[one.name] * one.takes * HOUR / one.at_work(self.end) for one in self.volunteers}

    def longest_run(self) -> int:
        """The most calls one after the other to the same council."""
        return max(len([*same]) for _, same in groupby(self.calls))


def jain(values: Sequence[float]) -> float:
    """Jain's fairness index: 1 if all have the same, 1/n if one has it all."""
    return sum(values) ** 2 / (len(values) * sum(value * value for value in values))
