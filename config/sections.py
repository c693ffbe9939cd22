"""The sections of the settings that belong to no single part of the bot."""

from datetime import date
from difflib import get_close_matches
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.domain.community import Span
from bot.domain.hours import WorkingHours
from bot.domain.working_time import Calendar


class Section(BaseModel):
    """A frozen section; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(Section):
    """Where everything is remembered."""

    url: str = Field(default="sqlite:///townclerk.db", repr=False)  # PostgreSQL's may have a password in it


class RoomsSettings(Section):
    """The community's own rooms, by id (`!…`) or alias (`#…`)."""

    maintainers: str = ""
    stewards: str = ""
    help: str = ""


def _zone(value: str) -> str:
    if value and value not in available_timezones():
        near = get_close_matches(value, available_timezones(), n=1)
        raise ValueError(f"there is no time zone {value!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return value


def _hours(value: str) -> str:
    if value:
        WorkingHours.parse(value)
    return value


def _given(value: str) -> str:
    if not value.strip():
        raise ValueError("this can't be empty; leave the line out for the default")
    return value


def _language(value: str) -> str:
    files = [path.name for path in (resources.files("bot") / "locales").iterdir()]
    spoken = sorted(name.removesuffix(".po") for name in files if name.endswith(".po"))
    if value not in spoken:
        raise ValueError(f"townclerk doesn't speak {value!r}; write one of: {', '.join(spoken)}")
    return value


def _nation(value: str) -> str:
    Calendar(WorkingHours.parse("always"), ZoneInfo("UTC"), value)
    return value


LONGEST_CLOSED = 366  # days: longer is a slip
_DAYS = "write days like 2026-12-24, or 2026-12-24/2026-12-31 from the first to the last"


def _closed(value: object) -> object:
    return tuple(_span(str(entry)) for entry in value) if isinstance(value, list | tuple) else value


def _span(text: str) -> Span:
    """A day or two with a slash between, as ISO 8601 writes them; TOML's own dates read the same."""
    try:
        days = [date.fromisoformat(part.strip()) for part in text.split("/")]
        first, last = days[0], days[-1]
    except ValueError:
        raise ValueError(f"{text!r} is no day that there is; {_DAYS}") from None
    if len(days) > 2 or not 0 <= (last - first).days < LONGEST_CLOSED:
        raise ValueError(f"{text!r} doesn't lead from a day to a later one within a year; {_DAYS}")
    return first, last


class CommunitySettings(Section):
    """Who the community is, and the defaults for councils that have no entry of their own."""

    name: str = "our community"
    language: str = "en"
    time_zone: str = "Europe/London"
    stewards: tuple[str, ...] = ()
    rooms: RoomsSettings = RoomsSettings()
    hours: str = "Mon-Fri 09:00-17:00"
    nation: str = "England"
    closed: tuple[Span, ...] = ()  # days on which the stewards aren't there

    _check_language = field_validator("language")(_language)
    _check_given = field_validator("time_zone", "hours")(_given)
    _check_zone = field_validator("time_zone")(_zone)
    _check_hours = field_validator("hours")(_hours)
    _read_closed = field_validator("closed", mode="before")(_closed)
    _check_nation = field_validator("nation")(_nation)


class CouncilSettings(Section):
    """What is known of one council over and above the register."""

    id: str
    homeservers: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    hours: str = ""
    time_zone: str = ""
    nation: str = ""
    room: str = ""
    closed: tuple[Span, ...] = ()  # its own closed days
    calendar_file: str = ""  # an iCal file with more of them
    at_most: int | None = Field(default=None, ge=1)  # questions in hand at a time
    locked: bool = False

    _check_zone = field_validator("time_zone")(_zone)
    _check_hours = field_validator("hours")(_hours)
    _read_closed = field_validator("closed", mode="before")(_closed)
    _check_nation = field_validator("nation")(_nation)


class LimitsSettings(Section):
    """What keeps a room readable."""

    replies_per_minute: int = Field(default=20, ge=0)


class ExchangeSettings(Section):
    """What is taken from elsewhere and given on."""

    licence: str = "CC-BY-4.0"  # of what people of the community say; other rows have their sources'
    urls: bool = False  # whether `import` may fetch https addresses
    megabytes: int = Field(default=16, ge=1, le=64)  # of one file or page
    seconds: int = Field(default=30, ge=1, le=600)  # for one page
    pages: int = Field(default=50, ge=1, le=1000)  # of one catalogue
