"""How well the community keeps its word: first responses measured, and tools that nobody may answer for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.directory import Age, Grade, Relation, Status, Usage, age_of

UNANSWERED = 3  # calls in a row, from which on a council counts as silent


class Outcome(StrEnum):
    """What came of a call to a council."""

    NOTHING_YET = ""
    TAKEN = "taken"
    PASSED = "passed"
    ANSWERED = "answered"
    SILENT = "silent"  # the next one was asked, or the request lapsed
    OVERTAKEN = "overtaken"  # somebody else had it first: it says nothing of this council
    REFUSED = "refused"  # the homeserver wouldn't have the call
    GIVEN_BACK = "given back"  # there was no call: it had taken the request by itself, and has had its turn


RESPONSES = frozenset({Outcome.TAKEN, Outcome.PASSED, Outcome.ANSWERED})


@dataclass(frozen=True)
class Response:
    """How fast was responded: `of` so many whose time was up, so many were `answered`, so many of them `within` the
    target; half of them within the median. All times are working time.
    """

    answered: int = 0
    of: int = 0
    within: int = 0
    median: timedelta | None = None
    target: timedelta | None = None


@dataclass(frozen=True)
class AtRisk:
    """A tool that may be left without help. `why`: "no_maintainer", "silent_maintainer" or "stale" (nobody has said a
    word on any of its uses for a year); `councils` are those that fell silent.
    """

    tool_id: str
    why: str
    users: int
    councils: tuple[str, ...] = ()


def is_to_be_told(silent: int, limit: int) -> bool:
    """Whether so many unanswered calls in a row are told: at the limit, and whenever they have doubled."""
    while limit < silent:
        limit *= 2
    return silent == limit


def maintaining(usages: Iterable[Usage]) -> list[str]:
    """The councils among them that surely answer questions about the tool now."""
    sure = (u for u in usages if u.relation is Relation.MAINTAINS and u.grade is not Grade.UNVERIFIED)
    return [u.organisation_id for u in sure if u.status is not Status.RETIRED]


def risk(tool_id: str, usages: Sequence[Usage], silent: Collection[str], today: date) -> AtRisk | None:
    """Whether this tool is at risk, and the worst reason; `usages` are all that is known of it."""
    current = [u for u in usages if u.relation is Relation.USES and u.status is not Status.RETIRED]
    councils = maintaining(usages)
    if councils and set(councils) <= set(silent):
        return AtRisk(tool_id, "silent_maintainer", len(current), tuple(sorted(councils)))
    if current and not councils:
        return AtRisk(tool_id, "no_maintainer", len(current))
    if current and all(age_of(u, today) is not Age.CONFIRMED for u in current):
        return AtRisk(tool_id, "stale", len(current))
    return None


def risks(by_tool: Mapping[str, Sequence[Usage]], silent: Collection[str], today: date) -> list[AtRisk]:
    """The tools at risk, the most used first."""
    found = [at_risk for tool_id, known in by_tool.items() if (at_risk := risk(tool_id, known, silent, today))]
    return sorted(found, key=lambda at_risk: (-at_risk.users, at_risk.tool_id))
