"""Weekly hours as people say them: "weekdays 9 to 5", "lun-ven 9h-12h30 13h30-17h", "rund um die Uhr"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.domain.hours import DAY_NAMES, WorkingHours
from bot.language.day_words import WEEKDAY, Key, names, plain, table

NOON, MIDNIGHT, HALF = 12 * 60, 24 * 60, 12 * 60
AFTERNOON = 13 * 60
EARLY = 7 * 60  # nobody opens before that who doesn't say "am"
WORKING, EVERY = tuple(range(5)), tuple(range(7))
SETS: Mapping[str, Sequence[int]] = {"working_days": WORKING, "weekend": (5, 6), "every_day": EVERY}

_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2})?(?![0-9])|(?P<glued>[0-9]{2})(?![0-9]))?\s{0,3}(?:(?P<half>[ap])\.?m\b\.?)?(?![0-9:])"
)
_TOKEN = re.compile(rf"(?P<time>{_TIME.pattern})|(?P<word>[^\W\d_]+)|(?P<dash>-)|(?P<other>[^\s.,;:'’()\"!?&+])")


@dataclass(frozen=True)
class _Sign:
    """A word of hours: what it is, the days or the minutes since midnight it stands for, "am", "pm" or nothing."""

    kind: str
    days: Sequence[int] = ()
    minutes: int = 0
    half: str = ""


def read_hours(text: str, language: str) -> WorkingHours:
    """The weekly hours that a text says. "9-5" is 09:00 to 17:00, hours without days are those of Monday to Friday.

    Raises ValueError if a word of it isn't about hours, or the hours make no sense.
    """
    signs = [sign for sign in _signs(plain(text), language) if sign.kind != "dropped"]
    if [sign.kind for sign in signs] == ["always"]:
        return WorkingHours.parse("always")
    if not signs:
        raise ValueError("no hours are named")
    return WorkingHours.parse(", ".join(_lines(signs)))


def _signs(folded: str, language: str) -> Iterator[_Sign]:
    lexicon = _lexicon(language)
    tokens = list(_TOKEN.finditer(folded))
    longest = max(map(len, lexicon))
    at = 0
    while at < len(tokens):
        words = [token[0].strip() for token in tokens[at : at + longest]]
        length = next((n for n in range(len(words), 0, -1) if tuple(words[:n]) in lexicon), 0)
        yield lexicon[tuple(words[:length])] if length else _sign(tokens[at])
        at += length or 1


@cache
def _lexicon(language: str) -> Mapping[Key, _Sign]:
    signs: dict[Key, _Sign] = {}
    for kind, phrases in table("hours", language).items():
        if kind == "telling":
            continue
        sign = _Sign(kind)
        if kind in SETS:
            sign = _Sign("days", days=SETS[kind])
        elif kind in ("noon", "midnight"):
            sign = _Sign("time", minutes=NOON if kind == "noon" else MIDNIGHT, half="said")
        signs |= {tuple(token[0].strip() for token in _TOKEN.finditer(plain(phrase))): sign for phrase in phrases}
    for name, number in names(language, WEEKDAY).items():
        day = _Sign("day", days=(number,))
        signs |= {(name,): day, (f"{name}s",): day}
    return signs


def _sign(token: re.Match[str]) -> _Sign:
    if token["dash"]:
        return _Sign("to")
    if not token["time"]:
        raise ValueError(f"“{token[0]}” isn't about hours")
    hour, minute, half = int(token["hour"]), int(token["minute"] or token["glued"] or 0), token["half"] or ""
    if minute > 59 or hour > 24 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        raise ValueError(f"there is no time of day “{token[0].strip()}”")
    if half:
        hour = hour % 12 + 12 * (half == "p")
    told = half or ("said" if len(token["hour"]) == 2 and token["hour"][0] == "0" else "")
    return _Sign("time", minutes=hour * 60 + minute, half=told)


# --- days with their times --------------------------------------------------------------------------


def _lines(signs: Sequence[_Sign]) -> Iterator[str]:
    """Each run of days with its times, as `WorkingHours.parse` reads them."""
    at = 0
    if signs and signs[0].kind == "time":  # "9-5 Monday to Friday"
        periods, end = _periods(signs, 0)
        days, after = _days(signs, end)
        if days and after == len(signs):
            signs = [*signs[end:], *signs[:end]]
    while at < len(signs):
        days, at = _days(signs, at)
        periods, at = _periods(signs, at)
        if not periods:
            raise ValueError("days are named without hours" if days else "no hours are named")
        times = " ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in periods)
        yield f"{', '.join(DAY_NAMES[day] for day in days or WORKING)} {times}"


def _days(signs: Sequence[_Sign], at: int) -> tuple[list[int], int]:
    """The days named from here on: "Monday to Thursday and Saturday", "weekdays"."""
    days: list[int] = []
    while at < len(signs) and signs[at].kind in ("day", "days", "and"):
        first = signs[at]
        if [sign.kind for sign in signs[at : at + 3]] == ["day", "to", "day"]:
            start, end = first.days[0], signs[at + 2].days[0]
            days += [(start + n) % 7 for n in range((end - start) % 7 + 1)]
            at += 3
        else:
            days += first.days
            at += 1
    return sorted(set(days)), at


def _periods(signs: Sequence[_Sign], at: int) -> tuple[list[tuple[int, int]], int]:
    periods: list[tuple[int, int]] = []
    while at < len(signs) and signs[at].kind in ("time", "and", "always"):
        if signs[at].kind == "and":
            at += 1
            continue
        if signs[at].kind == "always":
            periods.append((0, MIDNIGHT))
            at += 1
            continue
        kinds = [sign.kind for sign in signs[at : at + 4]]
        between = kinds[:3] == ["time", "and", "time"] and kinds[3:] != ["to"]  # "between 9 and 5"
        if kinds[:3] != ["time", "to", "time"] and not between:
            raise ValueError("a time is named without the other that belongs to it")
        periods.append(_period(signs[at], signs[at + 2], periods[-1][1] if periods else 0))
        at += 3
    if at < len(signs) and signs[at].kind not in ("day", "days"):
        raise ValueError("hours are read as from one time to another")
    return periods, at


def _period(opens: _Sign, closes: _Sign, before: int) -> tuple[int, int]:
    """Both times on the clock of 24 hours: "9-5" closes in the afternoon, "1-5" after "9-12" opens there too."""
    begin, end = opens.minutes, closes.minutes
    afternoon = begin < before or (closes.half == "p" and begin < EARLY)
    if not opens.half and begin < HALF and afternoon and begin + HALF < (end if closes.half else end + HALF):
        begin += HALF
    if not closes.half and opens.minutes < AFTERNOON and end <= begin and end < HALF:
        end += HALF
    return begin, end


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
