"""What an operator can set of the directory."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, model_validator

_MONTH = timedelta(days=365) / 12


class DirectorySettings(BaseModel):
    """When an entry grows old, and how people are asked to renew it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stale_after_months: int = Field(default=12, ge=1, le=120)
    unknown_after_months: int = Field(default=24, ge=1, le=240)
    ask_when_stale: bool = True
    days_between_questions: int = Field(default=7, ge=1)  # to one person
    later_means_days: int = Field(default=30, ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> "DirectorySettings":
        if self.unknown_after_months <= self.stale_after_months:
            raise ValueError("unknown_after_months must be more than stale_after_months")
        return self

    @property
    def stale_after(self) -> timedelta:
        """Without a new word for so long, an entry is stale."""
        return self.stale_after_months * _MONTH

    @property
    def unknown_after(self) -> timedelta:
        """Without a new word for so long, nobody can say."""
        return self.unknown_after_months * _MONTH
