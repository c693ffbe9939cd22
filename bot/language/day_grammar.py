"""How words are put together to speak of days: "from … to …", "until …", "for two weeks", a day, a week, a month."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bot.language import anchors
from bot.language.anchors import Anchor
from bot.language.day_pieces import End, Length, Piece, Span, Start
from bot.language.day_words import MONTH, WEEKDAY, Sign

UNITS = {"unit_day": 1, "unit_week": 7, "unit_fortnight": 14, "unit_month": 0, "unit_year": 0}
FEASTS = {"christmas": (12, 25), "christmas_eve": (12, 24), "boxing_day": (12, 26), "new_years_eve": (12, 31),
          "new_year": (1, 1)}  # fmt: skip
OFFSETS = {"today": 0, "tomorrow": 1, "overmorrow": 2}
TURNED = ("this", "next", "coming")
ENDS = ("until", "upto", "through", "back")
LINKS = ("to", "dash", "until", "upto", "through", "and")
STRANGERS = ("date", "spoils", "unit_week", "unit_fortnight", "unit_month", "unit_year", "weekend", WEEKDAY, MONTH)


class Grammar:
    """Reads signs from left to right. `pieces` raises ValueError where figures or dates stand that it can't place."""

    def __init__(self, signs: Sequence[Sign], today: date, next_is_nearest: bool) -> None:
        self._signs, self._today = signs, today
        self._next_is_nearest = next_is_nearest  # "vendredi prochain" is the nearest, "next Friday" next week's

    def pieces(self) -> Iterator[Piece]:
        """What is said, in order."""
        at = 0
        while at < len(self._signs):
            read = self._length(at) or self._bounded(at) or self._span(at)
            if read:
                piece, at = read
                yield piece
            else:
                self._refuse(at)
                at += 1

    def _is(self, at: int, *kinds: str) -> bool:
        return 0 <= at < len(self._signs) and self._signs[at].has(*kinds)

    def _value(self, at: int, kind: str) -> int:
        return self._signs[at].kinds[kind]

    def _refuse(self, at: int) -> None:
        sign = self._signs[at]
        counted = sign.has("number") and (sign.typed.isdigit() or sign.kinds["number"] > 1)
        strange = sign.has(*STRANGERS, *OFFSETS, *FEASTS) and not sign.has("within")
        strange = strange and (not sign.doubtful or self._meant(at))
        if counted or strange:
            raise ValueError(f"“{sign.typed}” isn't a day that stands by itself")

    # --- pieces ---------------------------------------------------------------------------------------

    def _length(self, at: int) -> tuple[Piece, int] | None:
        """ "for two weeks", "the next three days", "a fortnight"."""
        counted = self._is(at, "for", "next", "number", "article", "unit_fortnight", "coming")
        start = at
        while counted and self._is(at, "for", "next", "coming") and not self._is(at, "number"):
            at += 1
        amount = 1
        if self._is(at, "number", "article"):
            amount = self._value(at, "number") if self._is(at, "number") else 1
            at += 1
        elif not self._is(at, "unit_fortnight") and not self._is(start, "for"):
            return None
        if self._is(at, "next", "coming") and at > start:
            at += 1
        unit = next((unit for unit in UNITS if self._is(at, unit)), "")
        if not counted or not unit or not amount > 0:
            return None
        if self._is(start - 1, "within") and not self._is(start, "for", "next", "coming"):
            raise ValueError("“in two weeks” tells when it begins, not how long it takes")
        months = {"unit_month": amount, "unit_year": 12 * amount}.get(unit, 0)
        return Length(amount * UNITS[unit], months), at + 1

    def _bounded(self, at: int) -> tuple[Piece, int] | None:
        """ "until Monday", "back on Monday", "from Monday", "since Monday", "until further notice"."""
        if self._is(at, *ENDS) and (found := self._anchor(at + 1) or self._present(at + 1)):
            anchor, end = found
            how = next(kind for kind in ENDS if self._is(at, kind))
            inclusive = self._is(end, "inclusive")
            return End(anchor, "through" if inclusive else how), end + inclusive
        if self._is(at, "open_ended"):
            return Start(anchors.on(self._today)), at + 1
        if self._is(at, "since") and (found := self._anchor(at + 1)):
            return Start(found[0], running=True), found[1]
        if self._is(at, "from", "between") and (read := self._span(at + 1)):
            span, end = read
            return (Start(span.first), end) if isinstance(span, Span) and span.last is None else (span, end)
        return None

    def _present(self, at: int) -> tuple[Anchor, int] | None:
        """ "the week", behind "until the end of"."""
        spans = {"unit_week": anchors.weeks, "unit_month": anchors.months}
        unit = next((unit for unit in spans if self._is(at, unit)), "")
        return (spans[unit](self._today, 0), at + 1) if unit else None

    def _span(self, at: int) -> tuple[Piece, int] | None:
        found = self._anchor(at)
        if not found:
            return None
        first, end = found
        if self._is(end, *LINKS) and (last := self._anchor(end + 1)):
            linked = self._is(end, "and") and not self._is(at - 1, "between", "from")
            after = last[1] + self._is(last[1], "inclusive")
            return Span(first, last[0], side_by_side=linked), after
        if first.number and not self._dateable(at):
            return None
        return Span(first), end

    def _dateable(self, at: int) -> bool:
        """Whether a bare number is a day of the month: "the 24th", "on 24", not "24"."""
        while self._is(at, "within"):
            at += 1
        return self._signs[at].marked or self._is(at - 1, "within", "from", "since", *ENDS)

    # --- anchors --------------------------------------------------------------------------------------

    def _anchor(self, at: int) -> tuple[Anchor, int] | None:
        while self._is(at, "within") and not self._is(at, WEEKDAY, MONTH):
            if self._is(at, "unit_month") and self._is(at + 1, *TURNED):
                break  # Welsh "mis nesaf" is next month, "mis Mawrth" the month of March
            at += 1
        if at >= len(self._signs):
            return None
        return self._relative(at) or self._feast(at) or self._turned(at) or self._weekday(at) or self._date(at)

    def _relative(self, at: int) -> tuple[Anchor, int] | None:
        for kind, ahead in OFFSETS.items():
            if self._is(at, kind):
                return anchors.on(self._today + timedelta(days=ahead)), at + 1
        return None

    def _feast(self, at: int) -> tuple[Anchor, int] | None:
        if self._is(at, "christmas_week"):
            return anchors.holidays(), at + 1
        if self._is(at, "week_of") and (found := self._weekday(at + 1) or self._date(at + 1)):
            return anchors.week_from(found[0]), found[1]
        for kind, (month, day) in FEASTS.items():
            if self._is(at, kind):
                year, end = self._year(at + 1)
                return anchors.dated(year, month, day), end
        return None

    def _turned(self, at: int) -> tuple[Anchor, int] | None:
        """ "this week", "next Monday", "semaine prochaine": the word may stand before or behind."""
        turns: set[str] = set()
        while at < len(self._signs) and self._is(at, *TURNED):
            turns |= self._signs[at].kinds.keys() & set(TURNED)
            at += 1
        noun = at
        while noun + 1 < len(self._signs) and self._is(at + 1, *TURNED):
            turns |= self._signs[at + 1].kinds.keys() & set(TURNED)
            at += 1
        if not turns or noun >= len(self._signs):
            return None
        ahead = int(bool(turns & {"next", "coming"}))
        if self._is(noun, WEEKDAY):
            return self._turned_weekday(noun, turns), at + 1
        if self._is(noun, MONTH):
            return anchors.whole_month(0, self._value(noun, MONTH)), at + 1
        spans = {"unit_week": anchors.weeks, "weekend": anchors.weekend, "unit_month": anchors.months}
        unit = next((unit for unit in spans if self._is(noun, unit)), "")
        if unit == "weekend" and "next" not in turns:
            ahead = 0
        return (spans[unit](self._today, ahead), at + 1) if unit else None

    def _turned_weekday(self, at: int, turns: set[str]) -> Anchor:
        next_week = "next" in turns and not self._next_is_nearest
        return anchors.weekday(self._value(at, WEEKDAY), self._today, next_week=next_week, later="this" not in turns)

    def _weekday(self, at: int) -> tuple[Anchor, int] | None:
        """ "Monday", and "Monday 3 May" if that is one."""
        if self._is(at, "weekend"):
            return anchors.weekend(self._today, 0), at + 1
        if not self._is(at, WEEKDAY) or self._names_month(at) or not self._meant(at):
            return None
        number = self._value(at, WEEKDAY)
        if found := self._date(at + 1):
            return anchors.checked(found[0], number), found[1]
        return anchors.weekday(number, self._today, next_week=False, later=False), at + 1

    def _names_month(self, at: int) -> bool:
        """Whether "Mawrth", which is Tuesday and March, is March here."""
        return self._is(at, MONTH) and self._is(at - 1, "month_of")

    def _date(self, at: int) -> tuple[Anchor, int] | None:
        """ "24 December 2026", "December 24", "24/12", "December", "24"."""
        if at >= len(self._signs):
            return None
        figures = self._signs[at].figures
        if figures and not self._is(at + 1, *UNITS):
            return anchors.dated(*figures), at + 1
        if self._is(at, "number") and not self._is(at + 1, *UNITS):
            month = at + 1 + (self._is(at + 1, "from", "within") and self._is(at + 2, MONTH))
            if self._is(month, MONTH):
                year, end = self._year(month + 1)
                return anchors.dated(year, self._value(month, MONTH), self._value(at, "number")), end
            if self._signs[at].typed.isdigit() and not self._is(at, MONTH):
                return (anchors.day_of_month(self._value(at, "number")), at + 1) if self._small(at) else None
        if self._is(at, MONTH) and not self._is(at + 1, *UNITS) and (self._meant(at) or self._names_month(at)):
            return self._month_first(at)
        return None

    def _month_first(self, at: int) -> tuple[Anchor, int]:
        month = self._value(at, MONTH)
        if self._is(at + 1, "number") and self._small(at + 1) and not self._is(at + 2, MONTH, *UNITS):
            year, end = self._year(at + 2)
            return anchors.dated(year, month, self._value(at + 1, "number")), end
        year, end = self._year(at + 1)
        return anchors.whole_month(year, month), end

    def _small(self, at: int) -> bool:
        return 1 <= self._value(at, "number") <= 31

    def _year(self, at: int) -> tuple[int, int]:
        if self._is(at, "number") and 1900 <= self._value(at, "number") < 2200:
            return self._value(at, "number"), at + 1
        return 0, at

    def _meant(self, at: int) -> bool:
        """Whether a name that is also a plain word ("may", "so", "mer") stands where a day would."""
        if not self._signs[at].doubtful or len(self._signs) == 1:
            return True
        before = ("number", "within", "from", "to", "dash", "since", "between", *ENDS, *TURNED, WEEKDAY)
        if self._is(at - 1, *before) or self._is(at + 1, "number", "dash", "next", "coming"):
            return True
        return self._is(at + 1, "to", *ENDS) and self._is(at + 2, WEEKDAY, MONTH, "number")
