"""The days somebody speaks of, held to what makes sense for hours and absences."""

from datetime import date

from bot.domain.community import Span
from bot.errors import UserError
from bot.language.days import Days, read_days
from bot.language.meaning import Meaning
from bot.words import phrase

LONGEST = 366  # days


def typed(meant: Meaning, slot: str) -> str:
    """What was said there, if anything."""
    return meant.slots.get(slot, "").strip()


def days_meant(text: str, today: date, language: str) -> Days:
    """The days that this text names; raises UserError unless they lie ahead and are a year at most."""
    try:
        days = read_days(text, today, language)
    except ValueError:
        raise UserError(phrase("availability.days_unclear", typed=text)) from None
    if ((days.last or days.first) - days.first).days >= LONGEST:
        raise UserError(phrase("availability.days_long", typed=text, most=LONGEST))
    return days


def closed_days_meant(meant: Meaning, today: date, language: str) -> Span:
    """Those of a message about closed days, with an end: what is closed for good isn't on holiday."""
    text = typed(meant, "days")
    if not text:
        raise UserError(phrase("availability.which_days"))
    days = days_meant(text, today, language)
    if days.last is None:
        raise UserError(phrase("availability.until_when", typed=text))
    return days.first, days.last
