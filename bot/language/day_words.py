"""The words that days are spoken of with, each as a sign of what it does: names from Babel, the rest from a file."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel import Locale

from bot.language.keys import fold

SPOKEN = ("en", "cy", "fr", "de")
LONGEST = 500  # characters of a message that speaks of days or hours
WORDS = Path(__file__).parent / "words"
WEEKDAY, MONTH = "weekday", "month"
WIDTHS = ("wide", "abbreviated")  # not the shortest: "We" is Wednesday, and "Je" Thursday

_DASHES = re.compile(r"\s*[\u2010-\u2015\u2212]\s*")
_TOKEN = re.compile(
    r"(?P<iso>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?![0-9])"
    r"|(?P<dmy>[0-9]{1,2}([./-])[0-9]{1,2}\3(?:[0-9]{4}|[0-9]{2})|[0-9]{1,2}[./][0-9]{1,2})(?![0-9])\.?"
    r"|(?P<number>[0-9]+)|(?P<word>[^\W\d_]+)|(?P<dash>-)|(?P<other>[^\s.,;:'’()\"!?])"
)

Key = tuple[str, ...]
Numbers = Mapping[str, int]


@dataclass(frozen=True)
class Sign:
    """What a word, figure or mark may be, each with its value; nothing for a word that has no part in it.

    `marked`: something beside it tells that it is meant as a date: "the 24th". `figures`: year, month and day of a
    date in figures, the year 0 where there is none.
    """

    kinds: Numbers
    typed: str
    marked: bool = False
    doubtful: bool = False
    figures: tuple[int, int, int] | None = None

    def has(self, *kinds: str) -> bool:
        """Whether it may be one of these."""
        return any(kind in self.kinds for kind in kinds)


@dataclass(frozen=True)
class _Lexicon:
    kinds: Mapping[Key, Numbers]
    doubtful: frozenset[str]
    longest: int


def signs(text: str, language: str) -> list[Sign]:
    """The signs of a text, without the words that only lead up to others ("the", "of", the "th" of "24th")."""
    lexicon = _lexicon(language)
    found: list[Sign] = []
    article = False
    for sign in _read(plain(text), lexicon):
        if sign.has("dropped"):
            if found and found[-1].has("number") and found[-1].typed.isdigit():
                found[-1] = replace(found[-1], marked=True)
            article = True
            continue
        found.append(replace(sign, marked=article) if article else sign)
        article = False
    return found


def plain(text: str) -> str:
    """The text folded, its dashes hyphens. Raises ValueError if it is too long to be about days or hours."""
    if len(text) > LONGEST:
        raise ValueError(f"that is longer than {LONGEST} letters")
    return fold(_DASHES.sub("-", text))


def key(text: str) -> Key:
    """A phrase of the file cut as a text is."""
    return tuple(token[0] for token in _TOKEN.finditer(fold(text)))


@cache
def numbers(language: str) -> Mapping[Key, int]:
    """The numbers that are written as words."""
    table: Mapping[str, int] = _file("days")[spoken(language)]["numbers"]
    return MappingProxyType({key(text): number for text, number in table.items()})


@cache
def names(language: str, kind: str) -> Mapping[str, int]:
    """The names of weekdays or months, long and short, folded: Monday is 0, January 1."""
    locale = Locale(spoken(language))
    found: dict[str, int] = {}
    for form in ("format", "stand-alone"):
        tables: Mapping[str, Mapping[int, str]] = (locale.days if kind == WEEKDAY else locale.months)[form]
        for width in WIDTHS:
            for number, name in tables.get(width, {}).items():
                found[fold(name).strip(".").split()[-1]] = int(number)  # "Dydd Llun" is "Llun"
    for number, others in _file("days")[spoken(language)].get(f"{kind}s", {}).items():
        found |= dict.fromkeys(map(fold, others), int(number))
    return MappingProxyType(found)


def table(name: str, language: str) -> Mapping[str, Sequence[str]]:
    """A language's lists from `words/NAME.toml`."""
    found: Mapping[str, Sequence[str]] = _file(name)[spoken(language)]
    return found


def spoken(language: str) -> str:
    """The language, or English for one that nobody wrote the words of."""
    return language if language in SPOKEN else "en"


@cache
def _file(name: str) -> Mapping[str, Any]:
    return tomllib.loads((WORDS / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def _lexicon(language: str) -> _Lexicon:
    lists = table("days", language)
    kinds: dict[Key, dict[str, int]] = {}
    for kind, phrases in lists.items():
        if isinstance(phrases, list) and kind not in ("doubtful", "telling"):
            for phrase in phrases:
                for written in {phrase, phrase.replace("-", " ")}:
                    kinds.setdefault(key(written), {})[kind] = 1
    for kind in (WEEKDAY, MONTH):
        for name, number in names(language, kind).items():
            kinds.setdefault((name,), {})[kind] = number
    for words, number in numbers(language).items():
        kinds.setdefault(words, {})["number"] = number
    return _Lexicon(kinds, frozenset(map(fold, lists["doubtful"])), max(map(len, kinds)))


def _read(folded: str, lexicon: _Lexicon) -> Iterator[Sign]:
    tokens = list(_TOKEN.finditer(folded))
    at = 0
    while at < len(tokens):
        length = _length(tokens, at, lexicon)
        words = tuple(token[0] for token in tokens[at : at + length])
        if length:
            yield Sign(lexicon.kinds[words], " ".join(words), doubtful=words[0] in lexicon.doubtful)
        else:
            yield _figure(tokens[at])
        at += length or 1


def _length(tokens: Sequence[re.Match[str]], at: int, lexicon: _Lexicon) -> int:
    """How many tokens the longest phrase has that begins here."""
    for length in range(min(lexicon.longest, len(tokens) - at), 0, -1):
        if tuple(token[0] for token in tokens[at : at + length]) in lexicon.kinds:
            return length
    return 0


def _figure(token: re.Match[str]) -> Sign:
    kind, typed = str(token.lastgroup), token[0]
    if kind == "number" and len(typed) <= 4:
        return Sign({"number": int(typed)}, typed)
    if kind in ("iso", "dmy"):
        parts = [int(part) for part in re.findall("[0-9]+", typed)]
        year, month, day = parts if kind == "iso" else ([*parts, 0] if len(parts) < 3 else parts)[::-1]
        return Sign({"date": 1}, typed, figures=(year + 2000 * (0 < year < 100), month, day))
    return Sign({"number": -1} if kind == "number" else {"dash": 1} if kind == "dash" else {}, typed)
