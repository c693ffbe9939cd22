"""The week as numbers and lists: what is told, decided without a word."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bot.domain.directory import Assertion, Grade, Relation, Status
from bot.domain.request import Request
from bot.domain.working_time import Calendar


@dataclass(frozen=True)
class Week:
    """One week of the community; `median_response` is in working time, None if nothing was answered."""

    start: datetime
    end: datetime
    waiting: tuple[Request, ...]
    opened: int
    answered: tuple[Request, ...]
    thanks: tuple[tuple[str, int], ...]  # organisation ids with how many they answered, most first
    new_uses: tuple[tuple[str, str], ...]  # (organisation id, tool id)
    new_tools: tuple[str, ...]
    at_risk: tuple[tuple[str, int], ...]  # tools nobody answers for, with how many bodies use them
    median_response: timedelta | None

    @property
    def quiet(self) -> bool:
        """Nothing happened and nothing waits."""
        return not (self.waiting or self.opened or self.answered or self.new_uses or self.new_tools)


def week(
    start: datetime,
    end: datetime,
    waiting: Sequence[Request],
    opened: Sequence[Request],
    answered: Sequence[Request],
    assertions: Sequence[Assertion],
    new_tools: Sequence[str],
    at_risk: Sequence[tuple[str, int]],
    calendar: Calendar,
) -> Week:
    """The week from `start` to `end`."""
    thanks = Counter(r.answerer_organisation for r in answered if r.answerer_organisation)
    times = [calendar.elapsed(r.opened_at, r.answered_at) for r in answered if r.answered_at]
    said = [a for a in assertions if a.grade in (Grade.CONFIRMED, Grade.MAINTAINER, Grade.UNVERIFIED)]
    uses = [
        (a.organisation_id, a.tool_id) for a in said if a.relation is Relation.USES and a.status is not Status.RETIRED
    ]
    return Week(
        start=start,
        end=end,
        waiting=tuple(waiting),
        opened=len(opened),
        answered=tuple(answered),
        thanks=tuple(sorted(thanks.items(), key=lambda item: (-item[1], item[0]))),
        new_uses=tuple(dict.fromkeys(uses)),
        new_tools=tuple(new_tools),
        at_risk=tuple(at_risk),
        median_response=timedelta(seconds=median(t.total_seconds() for t in times)) if times else None,
    )
