"""The `[plugins.digest]` section: which digests there are, where and when."""

from datetime import time as clock_time
from datetime import timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from bot.domain import durations

LANGUAGES = sorted(path.stem for path in (Path(__file__).parent / "locales").glob("*.po"))
MOST_BEFORE = timedelta(days=6)


class Day(IntEnum):
    """The days of the week, as Python counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class EditionSettings(BaseModel):
    """Where and when: `room` by id or alias, local `day` and `time`; of what: `tools` by id or category (none: of all);
    `language`: the community's if empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    room: str = ""
    day: Day = Day.MONDAY
    time: clock_time = clock_time(9, 0)
    tools: tuple[str, ...] = ()
    language: str = ""

    @field_validator("room")
    @classmethod
    def _room(cls, value: str) -> str:
        if value and not (value.startswith("!") or (value.startswith("#") and ":" in value)):
            raise ValueError(f"{value!r} is no room; write its id (!abc:example.org) or alias (#digest:example.org)")
        return value

    @field_validator("language")
    @classmethod
    def _language(cls, value: str) -> str:
        if value and value not in LANGUAGES:
            raise ValueError(f"{value!r} is none of the digest's languages: {', '.join(LANGUAGES)}")
        return value

    @field_validator("day", mode="before")
    @classmethod
    def _day(cls, value: Any) -> Any:
        if isinstance(value, str):
            found = [day for day in Day if day.name.startswith(value.strip().upper()) and len(value.strip()) > 2]
            if not found:
                raise ValueError(f"{value!r} is no day of the week; write one like Monday")
            return found[0]
        return value

    @property
    def key(self) -> str:
        """What tells it from the others, for ever: the room, what it is about, and its language."""
        if not (self.tools or self.language):
            return self.room
        return f"{self.room}|{'+'.join(sorted(self.tools))}|{self.language}"


class DigestSettings(EditionSettings):
    """The first digest (no `room`, no digest) and `more` of them.

    `draft_before`: how long before the hour the stewards see it; by default at the same hour of the working day before,
    "0" for never. A `template` (a file) words them all; a `feed` is served of what was posted; a `chart` of the last
    weeks is posted below.
    """

    more: tuple[EditionSettings, ...] = ()
    draft_before: timedelta | None = None
    template: str = ""
    feed: bool = False
    chart: bool = False

    @field_validator("draft_before", mode="before")
    @classmethod
    def _draft_before(cls, value: Any) -> Any:
        if not isinstance(value, str | int) or isinstance(value, bool):
            return value
        span = timedelta(0) if str(value).strip() == "0" else durations.parse(str(value))
        if span > MOST_BEFORE:
            raise ValueError(f"{value!r} is too early for a draft; six days before is the most")
        return span

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if any(not edition.room for edition in self.more):
            raise ValueError("each of plugins.digest.more needs a room")
        all_of_them: tuple[EditionSettings, ...] = (self, *self.more)
        keys = [edition.key for edition in all_of_them if edition.room]
        if len(keys) > len(set(keys)):
            raise ValueError("two digests have the same room, tools and language")
        return self
