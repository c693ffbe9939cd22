"""Dates as files have them: a year, a month or a day, written in the ways councils write them."""

import re
from calendar import monthrange
from datetime import date

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ]\d{2}:\d{2}\S*)?)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")  # Excel's in the UK, France and Germany
_YEARS = range(1900, 2200)


def iso_date(text: str) -> str:
    """The date in ISO 8601, as precise as it was written; ValueError if it is none."""
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise ValueError(text)
    date(int(year), int(month or 1), int(day or 1))
    if int(year) not in _YEARS:
        raise ValueError(text)
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])


def first_day(iso: str) -> date:
    """The first day that an ISO date, perhaps only a year or a month, can mean."""
    parts = [int(part) for part in iso.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)


def last_day(iso: str) -> date:
    """The last day that an ISO date, perhaps only a year or a month, can mean."""
    parts = [int(part) for part in iso.split("-")]
    month = parts[1] if len(parts) > 1 else 12
    return date(parts[0], month, parts[2] if len(parts) > 2 else monthrange(parts[0], month)[1])
