"""The days somebody speaks of: "until Monday", "24–27 December", "for two weeks", in the language they say it in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.language import anchors
from bot.language.anchors import Anchor, Stretch
from bot.language.day_grammar import Grammar
from bot.language.day_pieces import End, Length, Piece, Span, Start
from bot.language.day_words import signs, spoken

LONGEST = timedelta(days=2 * 366)
AROUND = 335  # days: a range without years that takes longer has its ends mixed up
YEAR, MONTH = timedelta(days=365), timedelta(days=31)
NEAREST = ("fr",)  # where "Friday next" is the nearest Friday, not the one of next week


@dataclass(frozen=True)
class Days:
    """From the first day to the last, both counted in; until further notice if there is no last."""

    first: date
    last: date | None


def read_days(text: str, today: date, language: str) -> Days:
    """The one stretch of days that a text speaks of, words that tell nothing about days left aside.

    A date without a year is the next such date, and a range that contains today is the present one. English and
    Welsh "until Monday" ends on Sunday; "bis" and "jusqu'à" count the day in, as "through" and "inclusive" do.
    Raises ValueError if it can't be read, says several stretches, ends in the past or before it begins.
    """
    try:
        pieces = list(Grammar(signs(text, language), today, spoken(language) in NEAREST).pieces())
        days = _joined(pieces, today)
    except OverflowError:
        raise ValueError("the calendar doesn't go so far") from None
    if days.last is not None:
        _check(days.first, days.last, today)
    elif days.first < today:
        raise ValueError(f"{days.first.isoformat()} is in the past")
    return days


def _check(first: date, last: date, today: date) -> None:
    if last < first:
        raise ValueError(f"{last.isoformat()} is before {first.isoformat()}")
    if last < today:
        raise ValueError(f"{last.isoformat()} is in the past")
    if last - first > LONGEST or first - today > LONGEST:
        raise ValueError("that is more than two years")


def _joined(pieces: Sequence[Piece], today: date) -> Days:
    """One stretch of the pieces; each sort of them once, and no end beside another."""
    spans = [piece for piece in pieces if isinstance(piece, Span | Start)]
    ends = [piece for piece in pieces if isinstance(piece, End | Length)]
    if not pieces:
        raise ValueError("no day is named")
    if len(spans) > 1 or len(ends) > 1:
        raise ValueError("several stretches of days are named; one at a time")
    stretch = _begun(spans[0], today) if spans else None
    if not ends:
        assert stretch is not None
        return Days(stretch[0], None if isinstance(spans[0], Start) else stretch[1])
    if isinstance(spans[0] if spans else None, Span) and stretch and _too_long(spans[0], stretch, ends[0]):
        raise ValueError("two ends are named")
    first = stretch[0] if stretch else today
    end = ends[0]
    if stretch and isinstance(spans[0], Span) and spans[0].last is not None:
        return Days(*stretch)  # "3-14 August, back on the 17th"
    return Days(first, _ended(end, first, today) if isinstance(end, End) else _lasting(end, first))


def _too_long(span: Span | Start, stretch: Stretch, end: End | Length) -> bool:
    """Whether it has an end already: "from Monday to Friday for two weeks"."""
    paired = isinstance(span, Span) and span.last is not None and not (isinstance(end, End) and end.how == "back")
    return paired or (isinstance(end, Length) and stretch[0] != stretch[1])


def _begun(span: Span | Start, today: date) -> Stretch:
    if isinstance(span, Start):
        return (today, today) if span.running else span.anchor.find(today)
    if span.last is None:
        return span.first.find(today)
    first, last = _between(span.first, span.last, today)
    if span.side_by_side and last - first != anchors.DAY:
        raise ValueError("several days are named that aren't neighbours; one stretch at a time")
    return first, last


def _between(start: Anchor, end: Anchor, today: date) -> Stretch:
    if start.number and not end.number:
        last = end.find(today)[1]
        if start.number > last.day:
            raise ValueError(f"the {start.number}. comes after the {last.day}.")
        return last.replace(day=start.number), last
    if end.dated and not start.dated:
        last = end.find(today)[1]
        return (start.find(last - YEAR) if start.floats else start.find(today))[0], last
    if present := _present(start, end, today):
        return present
    first = start.find(today)[0]
    last = end.find(first)[1]
    if start.floats and end.floats and (last - first).days > AROUND:
        raise ValueError("its end comes before its beginning")
    return first, last


def _present(start: Anchor, end: Anchor, today: date) -> Stretch | None:
    """The range that contains today, if one of these does."""
    if not (start.floats and end.floats) and not (start.number and end.number):
        return None
    first = start.find(today - (YEAR if start.floats else MONTH))[0]
    last = end.find(first)[1]
    longest = AROUND if start.floats else MONTH.days
    return (first, last) if first <= today <= last and (last - first).days <= longest else None


def _ended(end: End, first: date, today: date) -> date:
    begin, last = end.anchor.find(max(first, today) if end.anchor.floats else max(first, today) + anchors.DAY)
    if end.how == "through" or (end.how == "upto" and (last - begin).days < 7):
        return last
    if begin <= first:
        begin, last = end.anchor.find(last + anchors.DAY)
    return begin - anchors.DAY if begin > first else begin


def _lasting(length: Length, first: date) -> date:
    if length.months:
        return anchors.after_months(first, length.months)
    return first + (length.days - 1) * anchors.DAY
