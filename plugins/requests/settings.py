"""The `[plugins.requests]` section: how patient the bot is with a request, in working days, and what it shows."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.domain import durations
from bot.domain.request import State

REMIND, PATIENCE = "remind", "patience"  # the claimer's reminder, and the end of the patience with whatever it is

Days = Annotated[int, Field(ge=1, le=250)]


class RequestsSettings(BaseModel):
    """Days are working days: of the claimer's council, else of the asker's, else of the community.

    `respond_within` is what the community measures itself by: a duration of its working time, such as "8h".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    remind_claimer_after_days: Days = 2
    release_claim_after_days: Days = 1  # after the reminder
    resolve_after_days: Days = 5  # without a word since it was answered
    lapse_waiting_after_days: Days = 10  # without a word from the asker
    lapse_open_after_days: Days = 20  # though everybody who could be asked has been
    claims_per_person: Annotated[int, Field(ge=1)] = 5
    pinned_boards: bool = True  # in rooms where the bot may pin
    quiet_hours_after_offer: Annotated[int, Field(ge=1)] = 4  # in a room that lets the bot listen, in one thread
    respond_within: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(hours=8)

    @field_validator("respond_within", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> Any:
        return durations.parse(value) if isinstance(value, str) else value


def patience_with(settings: RequestsSettings, state: State) -> tuple[int, str]:
    """How many working days without a word are waited in this state, and what ends then; 0 if nothing is awaited."""
    match state:
        case State.CLAIMED:
            return settings.remind_claimer_after_days, REMIND
        case State.WAITING:
            return settings.lapse_waiting_after_days, PATIENCE
        case State.ANSWERED:
            return settings.resolve_after_days, PATIENCE
        case State.OPEN:
            return settings.lapse_open_after_days, PATIENCE
    return 0, ""
