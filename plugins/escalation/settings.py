"""The `[plugins.escalation]` section: who is asked, after how much of their working time."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain import durations
from bot.domain.escalation import DEFAULT_LADDER, Ask, Ladder, Rung
from bot.domain.measures import UNANSWERED

MOST_RUNGS = 20
LONGEST = timedelta(days=90)


def _span(value: Any) -> Any:
    return durations.parse(value) if isinstance(value, str) else value


def _bearable(span: timedelta) -> timedelta:
    if not timedelta(0) <= span <= LONGEST:
        raise ValueError(f"“{span}” is no time to wait: it lies between 0 and {LONGEST.days}d of working time")
    return span


Span = Annotated[timedelta, BeforeValidator(_span), AfterValidator(_bearable)]


class RungSettings(BaseModel):
    """One step: `ask` "maintainer", "maintainers", "users" or "stewards", `after` a duration such as "4h" or "30m"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: Ask
    after: Span


def _climbable(rungs: tuple[RungSettings, ...]) -> tuple[RungSettings, ...]:
    if not rungs:
        raise ValueError("a ladder needs at least one step; leave it out for the usual one")
    if len(rungs) > MOST_RUNGS:
        raise ValueError(f"a ladder has {MOST_RUNGS} steps at most, and this one has {len(rungs)}")
    return rungs


LadderSettings = Annotated[tuple[RungSettings, ...], AfterValidator(_climbable)]


class EscalationSettings(BaseModel):
    """The community's ladder, and others for single tools, by the tool's id, or for categories of tools."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ladder: LadderSettings | None = None
    tools: dict[str, LadderSettings] = {}
    categories: dict[str, LadderSettings] = {}
    repeats: int = Field(default=0, ge=0, le=3)
    recall_after: Span = timedelta(hours=2)
    unanswered_calls_noticed: int = Field(default=UNANSWERED, ge=1)  # in a row, of one council

    def ladder_for(self, tool_id: str, category: str = "") -> Ladder:
        """The ladder of this tool, else of its category, else the community's."""
        by_category = {name.casefold(): rungs for name, rungs in self.categories.items()}
        rungs = self.tools.get(tool_id) or by_category.get(category.casefold()) or self.ladder
        if rungs is None:
            return Ladder(DEFAULT_LADDER.rungs, self.repeats)
        return Ladder(tuple(Rung(rung.ask, rung.after) for rung in rungs), self.repeats)
