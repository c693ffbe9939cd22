"""The week as numbers and lists: what is told, decided without a word."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.measures import AtRisk, Response
from bot.domain.request import Request

MANY = 20  # from which on a share is told in percent
GAP = timedelta(days=13)  # two weeks are never told as one: an issue that was skipped is gone
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Count:
    """How many questions were asked, and how many were answered, in a week that began on this local day."""

    began: date
    asked: int
    answered: int


@dataclass(frozen=True)
class Week:
    """One week of the community, or of some tools; `before` and `response_before` are of as long a time before it."""

    start: datetime
    end: datetime
    count: Count
    before: Count
    response: Response
    response_before: Response
    unanswered: int = 0  # of which the longest are in `waiting`
    waiting: tuple[Request, ...] = ()
    thanks: tuple[tuple[str, int], ...] = ()  # organisation ids with how many they answered, most first
    new_uses: tuple[tuple[str, str], ...] = ()  # (organisation id, tool id)
    new_tools: tuple[str, ...] = ()
    at_risk: tuple[AtRisk, ...] = ()
    by_week: tuple[Count, ...] = field(default=())  # oldest first, this one last

    @property
    def quiet(self) -> bool:
        """Nothing happened and nothing waits."""
        happened = self.count.asked or self.count.answered or self.new_uses or self.new_tools
        return not (happened or self.waiting or self.unanswered)

    @property
    def figures(self) -> dict[str, object]:
        """Its numbers, to be kept; times of working time in seconds."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "asked": self.count.asked,
            "answered": self.count.answered,
            "waiting": self.unanswered,
            "responses": self.response.of,
            "within_target": self.response.within,
            "median_seconds": _seconds(self.response.median),
            "target_seconds": _seconds(self.response.target),
        }


def began(end: datetime, told_until: datetime | None) -> datetime:
    """When the week begins that ends then: where the last one that was told ended, so that nothing is told twice or
    left out when an issue came early or late; else seven days before.
    """
    if told_until and end - GAP < told_until < end:
        return told_until
    return end - WEEK


def in_percent(within: int, of: int) -> int | None:
    """The share in percent; None of so few that it would say too much. Only all are 100, and only none is 0."""
    if of < MANY:
        return None
    percent = round(100 * within / of)
    return percent if within in (0, of) else min(99, max(1, percent))


def without_empty_beginning(weeks: tuple[Count, ...]) -> tuple[Count, ...]:
    """The weeks from the first in which something was asked or answered."""
    first = next((n for n, week in enumerate(weeks) if week.asked or week.answered), len(weeks))
    return weeks[first:]


def _seconds(span: timedelta | None) -> int | None:
    return round(span.total_seconds()) if span is not None else None
