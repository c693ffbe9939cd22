"""Spans of time as people write them in settings: "4h", "30m", "1h30m"."""

import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

_SECOND = timedelta(seconds=1)
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}  # in seconds
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_WRITTEN = re.compile("".join(rf"(?:(?P<{unit}>{_NUMBER})\s*{unit}\s*)?" for unit in _UNITS))


def parse(text: str) -> timedelta:
    """The span that "1d", "1h30m", "1.5h" or "0" means; a day is 24 hours, whatever the clock is measuring."""
    if text.strip() == "0":
        return timedelta(0)
    written = _WRITTEN.fullmatch(text.strip().casefold())
    if not written or not any(written.groups()):
        raise ValueError(f"“{text}” is not a span of time; write it like 4h, 30m, 2s, 1d or 1h30m")
    seconds = sum(Fraction(number or 0) * _UNITS[unit] for unit, number in written.groupdict().items())
    try:
        return timedelta(microseconds=round(seconds * 1_000_000))
    except OverflowError:
        raise ValueError(f"“{text}” is too long a span of time") from None


def show(span: timedelta) -> str:
    """The shortest way to write a span that `parse` reads back as exactly the same."""
    if span < timedelta(0):
        raise ValueError(f"a span of time can't be negative, and this is {span.total_seconds()} seconds")
    rest = span
    written = ""
    for unit in ("d", "h", "m"):
        count, rest = divmod(rest, _UNITS[unit] * _SECOND)
        written += f"{count}{unit}" if count else ""
    if rest:
        seconds = Decimal(rest // timedelta(microseconds=1)).scaleb(-6).normalize()
        written += f"{seconds:f}s"
    return written or "0s"
