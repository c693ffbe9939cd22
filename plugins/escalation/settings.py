"""The `[plugins.escalation]` section: who is asked, after how much of their working time."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.domain import durations
from bot.domain.escalation import DEFAULT_LADDER, Ask, Ladder, Rung
from bot.domain.measures import UNANSWERED


class RungSettings(BaseModel):
    """One step: `ask` "maintainer", "users" or "stewards", `after` a duration such as "4h", "30m" or "2s"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: Ask
    after: timedelta

    @field_validator("after", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> Any:
        return durations.parse(value) if isinstance(value, str) else value


class EscalationSettings(BaseModel):
    """The community's ladder, and other ones for single tools, by the tool's id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ladder: tuple[RungSettings, ...] = ()
    tools: dict[str, tuple[RungSettings, ...]] = {}
    unanswered_calls_noticed: int = Field(default=UNANSWERED, ge=1)  # in a row, of one council

    def ladder_for(self, tool_id: str) -> Ladder:
        """The ladder of this tool, else the community's."""
        rungs = self.tools.get(tool_id) or self.ladder
        return Ladder(tuple(Rung(rung.ask, rung.after) for rung in rungs)) if rungs else DEFAULT_LADDER
