"""Which words of a message may be days, hours or a number: what fills such slots."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bot.language.day_words import MONTH, WEEKDAY, key, names, numbers, spoken, table
from bot.language.keys import fold

DAYS, HOURS, COUNT = "days", "hours", "count"
STRETCHES = (DAYS, HOURS, COUNT)
TELLING_DAYS = (
    "today", "tomorrow", "overmorrow", "unit_week", "unit_fortnight", "unit_month", "unit_day", "weekend", "christmas",
    "christmas_eve", "new_years_eve", "new_year", "open_ended",
)  # fmt: skip
TELLING_HOURS = ("always", "working_days", "every_day", "weekend", "noon", "midnight")
BEHIND = ("next", "coming", "inclusive", "working_days", "weekend", "every_day")  # what may follow the last of them
ABBREVIATED = 4  # letters

_PIECES = re.compile(r"[0-9]+|[^\W\d_]+|[^\s0-9.:,'\u2010-\u2015\u2212-]")
_FIGURES = re.compile(r"[0-9]{1,4}")
_SUFFIXES = frozenset({"st", "nd", "rd", "th", "er", "h", "am", "pm", "ain", "af", "fed", "ydd", "eg", "il", "ed", "/"})


@dataclass(frozen=True)
class _Words:
    telling: frozenset[str]
    beside: frozenset[str]
    behind: frozenset[str]


def tells(kind: str, word: str, language: str) -> bool:
    """Whether this word alone shows that days, hours or a number are spoken of: "Monday", "24/12", "9-17", "three"."""
    words, pieces = _words(kind, spoken(language)), _PIECES.findall(word)
    told = any(piece in words.telling or _FIGURES.fullmatch(piece) for piece in pieces)
    return told and all(_part(piece, words) for piece in pieces)


def belongs(kind: str, word: str, language: str) -> bool:
    """Whether it may stand beside such a word: "until", "from", "next"."""
    words = _words(kind, spoken(language))
    return word in words.beside or all(_part(piece, words) for piece in _PIECES.findall(word))


def widened(kind: str, said: Sequence[str], start: int, end: int, language: str) -> tuple[int, int]:
    """The stretch with all that belongs to it, up to the last word that tells of the same; empty as (0, 0)."""
    told = [at for at, word in enumerate(said) if tells(kind, word, language)]
    if kind == COUNT:
        return (start, end) if start < end else (told[0], told[0] + 1) if told else (0, 0)
    if not told and start == end:
        return 0, 0
    start, end = min([start] * (start < end) + told), max([end] * (start < end) + [at + 1 for at in told])
    while start and belongs(kind, said[start - 1], language):
        start -= 1
    behind = _words(kind, spoken(language)).behind
    while end < len(said) and said[end] in behind:
        end += 1
    return start, end


def _part(piece: str, words: _Words) -> bool:
    return piece in words.telling or piece in words.beside or bool(_FIGURES.fullmatch(piece))


@cache
def _words(kind: str, language: str) -> _Words:
    counted = frozenset(word for phrase, number in numbers(language).items() for word in phrase)
    if kind == COUNT:
        return _Words(counted, frozenset(), frozenset())
    lists = table(kind, language)
    doubtful = frozenset(map(fold, lists.get("doubtful", ())))
    named = {name for sort in (WEEKDAY, MONTH)[: 2 if kind == DAYS else 1] for name in names(language, sort)}
    named |= {f"{name}s" for name in names(language, WEEKDAY) if len(name) > ABBREVIATED}
    alone = {phrase for sort in (TELLING_DAYS if kind == DAYS else TELLING_HOURS) for phrase in lists[sort]}
    telling = {fold(phrase) for phrase in (*alone, *lists["telling"]) if len(key(phrase)) == 1}
    beside = {word for phrases in lists.values() if isinstance(phrases, list) for word in _said(phrases)}
    behind = {word for sort in BEHIND for word in _said(lists.get(sort, ()))} | named | _SUFFIXES
    beside |= counted | _SUFFIXES | named
    return _Words(frozenset((telling | named) - doubtful), frozenset(beside), frozenset(behind))


def _said(phrases: Sequence[str]) -> set[str]:
    return {word for phrase in phrases for word in key(phrase)}
