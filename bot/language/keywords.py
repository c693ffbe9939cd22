"""The words of a question that carry its meaning, as they are found again: folded, without endings, without fillers."""

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from bot.language.keys import fold
from bot.language.noise import WORDS
from bot.language.vocabulary import shared_words

MOST = 64
LONGEST = 64  # letters of a word; what is longer is cut

_READ = 20_000  # letters of a text; the rest is passed over
_TOKEN = re.compile(r"[^\W_]+(?:_[^\W_]+)*(?:'[^\W_]+)*")
_STEMMERS = {"en": "english", "fr": "french", "de": "german"}
_DATA = tomllib.loads((WORDS / "keywords.toml").read_text(encoding="utf-8"))
_ALIKE = {tuple(said.split()): word for word, ways in _DATA["alike"].items() for said in ways}
_LONGEST_SAID = max(len(said) for said in _ALIKE)


def keywords(text: str, language: str) -> tuple[str, ...]:
    """The first 64 of them, each once. Numbers of two figures or more and codes ("e_login") are among them."""
    stop, contractions = _passed_over(language)
    typed = _TOKEN.findall(fold(text[:_READ]))
    tokens = [word for token in typed for word in contractions.get(token) or token.split("'")]
    found = dict.fromkeys(_stem(word, language) for word in _same(tokens) if word not in stop and len(word) > 1)
    return tuple(found)[:MOST]


def _same(tokens: list[str]) -> Iterator[str]:
    """The words, of two ways to say one thing always the same one."""
    at = 0
    while at < len(tokens):
        for size in range(min(_LONGEST_SAID, len(tokens) - at), 0, -1):
            word = _ALIKE.get(tuple(tokens[at : at + size]))
            if word:
                break
        yield word or tokens[at][:LONGEST]
        at += size


@lru_cache(maxsize=20_000)
def _stem(word: str, language: str) -> str:
    """A code or a number has no ending to lose; Welsh has no stemmer."""
    if language not in _STEMMERS or not word.isalpha() or word in _DATA["alike"]:
        return word
    stemmed: str = _stemmer(language).stemWord(word)
    return stemmed


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...


@lru_cache
def _stemmer(language: str) -> _Stemmer:
    import snowballstemmer  # only where a question is looked for: it brings every language there is, 2 MB

    stemmer: _Stemmer = snowballstemmer.stemmer(_STEMMERS[language])
    return stemmer


@lru_cache
def _passed_over(language: str) -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    """The words that say nothing, and what is one word for two; folded."""
    words = shared_words(language)
    families = [word for name in _DATA["families"]["names"] for word in words.families.get(name, ())]
    said = (*words.light, *words.fillers, *words.hedges, *words.negations, *words.dates, *words.it, *families)
    single = (word for word in (*said, *_DATA.get(language, {}).get("stop", ())) if " " not in word)
    contractions = {fold(short): tuple(map(fold, full)) for short, full in words.contractions.items()}
    return frozenset(map(fold, single)), contractions
