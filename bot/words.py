"""What a message is made of: phrases of the catalogue, lists of them, and what is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType


@dataclass(frozen=True)
class Person:
    """A person named in a text; shown as a link (pill), pinged only if also in the message's `mentions`."""

    user_id: str
    name: str | None = None


@dataclass(frozen=True)
class Link:
    """A link with its text; only https, http, mailto and matrix.to addresses become links."""

    url: str
    text: str


@dataclass(frozen=True)
class Quote:
    """What somebody said, passed on in full; any other text filled in is cut to the length of a name."""

    text: str


@dataclass(frozen=True)
class Moment:
    """An instant to be shown in a calendar: "Tuesday 5 May at 09:00"."""

    at: datetime
    time_zone: str


def date_pattern(language: str, fields: str) -> str:
    """The pattern by which a language writes these fields of a date, given as in English: "EEEE d MMMM y"."""
    return fields.replace("EEEE ", "EEEE, ").replace("d ", "d. ") if language == "de" else fields


@dataclass(frozen=True)
class WorkingTime:
    """A span of working time: shown in hours however long it is, for a working day has no length of its own."""

    span: timedelta


@dataclass(frozen=True)
class Phrase:
    """A sentence of the message catalogue with its fillings; `count` chooses the plural form."""

    key: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    count: int | None = None


def phrase(key: str, /, count: int | None = None, **values: object) -> Phrase:
    """`phrase("directory.unknown_tool", tool="Foo")`; a value may be another phrase, a Person, Link or Moment."""
    if count is not None:
        values.setdefault("count", count)
    return Phrase(key, MappingProxyType(values), count)


@dataclass(frozen=True)
class Written:
    """A line that somebody wrote for the catalogue's place, as an operator's template does; read like its sentences:
    the marks and {names} in `line` count, those in `values` don't.
    """

    line: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


Line = Phrase | Written


@dataclass(frozen=True)
class Items:
    """A list, one line each."""

    items: tuple[Line, ...]


Block = Line | Items
