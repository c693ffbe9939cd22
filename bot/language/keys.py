"""Folding words so that what people type alike is alike: case, accents, width, invisible characters."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "✕": "x", "×": "x"}
)
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "＇": "'"})
_INVISIBLE = frozenset({"Cf", "Cc", "Mn", "Me", "Cs"})
_VOWELS = str.maketrans("", "", "aeiouy")
_PARTS = re.compile(r"[^\W_]+")
_ELIDED = re.compile(r"\b(d|l|dell|all|nell)'(?=[^\W\d_]{2})")  # "d'Orléans" is two words, "King's" is one


def fold(text: str) -> str:
    """Compatible forms, no case, no accents, straight apostrophes, nothing invisible; spaces stay."""
    if text.isascii():
        return "".join(c for c in text.casefold() if c.isprintable() or c.isspace())
    marked = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text.translate(_QUOTES)).casefold())
    kept = (c for c in marked if c.isspace() or unicodedata.category(c) not in _INVISIBLE)
    return "".join(kept).translate(_LETTERS).translate(_QUOTES)


@lru_cache(maxsize=50_000)
def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a name: "Modern.Gov" is two, "King's" is one, "&" is "and"."""
    folded = fold(text)
    if "'" in folded:
        folded = _ELIDED.sub(r"\1 ", folded).replace("'", "")
    return tuple(_PARTS.findall(folded.replace("&", " and ")))


def name_words(text: str) -> tuple[str, ...]:
    """Likewise; a name without any letter or figure ("🌍🔥") is the signs that it has."""
    return words_of(text) or tuple(_signs(fold(text)).split())


def _signs(folded: str) -> str:
    return "".join(c if unicodedata.category(c) == "So" else " " for c in folded)


def key(words: Sequence[str]) -> str:
    """The words run together, so that spaces, hyphens and dots do not matter."""
    return "".join(words)


def sorted_key(words: Sequence[str]) -> str:
    """The same whatever the order of the words."""
    return "".join(sorted(words))


def skeleton(joined: str) -> str:
    """The consonants of a key: what stays when vowels are left out or mixed up."""
    return joined[:1] + joined[1:].translate(_VOWELS)


def digits(joined: str) -> str:
    """The digits of a key: two names that differ in them are never a typo of each other."""
    return "".join(c for c in joined if c.isdigit())
