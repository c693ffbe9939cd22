"""How many, in figures or in words."""

import re

from bot.language.day_words import key, numbers, plain

MOST = 100
_FIGURES = re.compile("[0-9]+")


def read_count(text: str, language: str) -> int:
    """The one number from 1 to 100 that a text names: "3", "at most three". Raises ValueError if there isn't one."""
    words = key(plain(text))
    known = numbers(language)
    found: list[int] = []
    at = 0
    while at < len(words):
        length = next((length for length in (3, 2, 1) if words[at : at + length] in known), 0)
        if length:
            found.append(known[words[at : at + length]])
        elif _FIGURES.fullmatch(words[at]):
            found.append(int(words[at][:9]))
        at += length or 1
    if len(found) != 1:
        raise ValueError("no number is named" if not found else "several numbers are named")
    if not 1 <= found[0] <= MOST:
        raise ValueError(f"{found[0]} isn't between 1 and {MOST}")
    return found[0]
