"""A message cut into tokens that remember where they stood, so that slots come out as typed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from bot.language.keys import fold, words_of

MOST_TOKENS = 400
LONGEST_TOKEN = 64
NONE, PAUSE, COLON, STOP = 0, 1, 2, 3  # what stands between two tokens

_CHUNK = re.compile(r"\S+")
_LEAD = "\"'“”‘’«»([*_`¿¡"
_TRAIL = ".,;:!?…\"'“”‘’«»)]*_`"
_SPLIT = re.compile(r"(?<=[^\W\d_])(?:[,;?!](?=[^\W_])|:(?=[^\W_]))")
_LINE = re.compile(r"[\r\n]")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)


@dataclass(frozen=True)
class Token:
    """A word as typed (`text[start:end]`) and folded, the words of a name in it, and what came before."""

    word: str
    start: int
    end: int
    before: int
    name: tuple[str, ...]


def tokens(text: str, contractions: Mapping[str, tuple[str, ...]], openers: frozenset[str]) -> list[Token]:
    """The first tokens of a message. `openers` are the words that a colon may be glued to ("help:login")."""
    found: list[Token] = []
    before, last = NONE, 0
    for start, end in islice(_chunks(text, openers), MOST_TOKENS):
        gap = text[last:start]
        before = max(before, STOP if _LINE.search(gap) else NONE, _pause(gap))
        found.extend(_expanded(text, start, end, before, contractions))
        last = end
        before = NONE
    return found


def _chunks(text: str, openers: frozenset[str]) -> Iterator[tuple[int, int]]:
    for chunk in _CHUNK.finditer(text):
        start, end = chunk.span()
        if end - start <= LONGEST_TOKEN:
            for cut in _SPLIT.finditer(text, start, end):
                glued_colon = text[cut.start()] == ":" and fold(text[start : cut.start()]) not in openers
                if not glued_colon:
                    yield from _stripped(text, start, cut.start())
                    start = cut.end()
        yield from _stripped(text, start, end)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start] in _LEAD:
        start += 1
    while start < end and text[end - 1] in _TRAIL:
        end -= 1
    if start < end and (end - start > 1 or text[start].isalnum() or text[start] == "&"):
        yield start, end


def _pause(gap: str) -> int:
    if any(mark in gap for mark in ".!?…"):
        return STOP
    if ":" in gap:
        return COLON
    return PAUSE if any(mark in gap for mark in ",;()–—") else NONE


def _expanded(
    text: str, start: int, end: int, before: int, contractions: Mapping[str, tuple[str, ...]]
) -> Iterator[Token]:
    raw = text[start : min(end, start + LONGEST_TOKEN)]
    folded = fold(raw)
    if folded in contractions:
        for at, word in enumerate(contractions[folded]):
            yield Token(word, start, end, NONE if at else before, (word,))
    elif cut := _glued(raw, folded, contractions):
        yield from _expanded(text, start, start + cut, before, contractions)
        yield from _expanded(text, start + cut, end, NONE, contractions)
    elif (owner := _POSSESSIVE.search(raw)) and owner.start() and end - start <= LONGEST_TOKEN:
        cut = start + owner.start()
        yield Token(fold(text[start:cut]), start, cut, before, words_of(text[start:cut]))
        yield Token("'s", cut, end, NONE, ("s",))
    else:
        yield Token(folded, start, end, before, words_of(raw))


def _glued(raw: str, folded: str, contractions: Mapping[str, tuple[str, ...]]) -> int:
    """Where a word that is glued to another ends or begins: "l'outil", "utilise-t-on", "mae'r"; else 0."""
    if len(raw) != len(folded):
        return 0
    begins = folded.find("'") + 1
    if begins and folded[:begins] in contractions:
        return begins if begins < len(raw) else 0
    endings = (at for at in range(1, len(folded)) if folded[at] in "-'" and folded[at:] in contractions)
    return next(endings, 0)
