"""Times and numbers as a language writes them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit

from bot.words import Moment, WorkingTime, date_pattern

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def as_written(value: object, language: str) -> str:
    """The value in words and figures; empty if it is neither a time nor a number with a fraction."""
    match value:
        case Moment():
            return _moment(value, language)
        case date() if not isinstance(value, datetime):
            return str(format_date(value, date_pattern(language, "d MMMM y"), locale=language))
        case WorkingTime(span=span) if span >= _DAY:
            return str(format_unit(round(span / _HOUR), "duration-hour", locale=language))
        case WorkingTime(span=span):
            return as_written(span, language)
        case timedelta():
            return str(format_timedelta(value, threshold=1.5, locale=language))
        case float():
            return str(format_decimal(value, locale=language))
    return ""


def _moment(moment: Moment, language: str) -> str:
    local = moment.at.astimezone(ZoneInfo(moment.time_zone))
    at = format_time(local, "HH:mm" if moment.at.second == 0 else "HH:mm:ss", locale=language)
    return f"{format_date(local, date_pattern(language, 'EEEE d MMMM'), locale=language)}, {at}"
