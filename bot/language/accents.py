"""Which language a message is in: by its words, and by its letters where nobody knows the word."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log

from bot.language.keys import fold
from bot.language.vocabulary import Vocabulary, Words

LETTERS = 3  # in a bundle
MOST_WORDS, LONGEST = 60, 1_000  # of a message, words and letters
FAR, FAR_UNMET = 3.0, 0.8  # the most that one word tells; a word that nobody knows may be a name
ASSUMED = 2.0  # how much the language people here speak is ahead: a name and a word tell nothing
KEPT = 5_000  # words
UNMET = 0.5  # how often a word or bundle counts that a language hasn't

_WORD = re.compile(r"[^\W\d_]+")
_SLOT = re.compile(r"\{\w*\}")


class Accents:
    """Has heard each language's words, and judges by them."""

    def __init__(self, heard: Iterable[tuple[str, str]]) -> None:
        self._words = {language: Counter(spoken(text)) for language, text in heard}
        self._letters = {language: _letters(words) for language, words in self._words.items()}
        self._known = frozenset(word for words in self._words.values() for word in words)
        self._totals = {language: sum(words.values()) + 1.0 for language, words in self._words.items()}
        self._tells: dict[str, Mapping[str, float]] = {}  # what each word met tells for each language
        self._bundles = {language: sum(letters.values()) + 1.0 for language, letters in self._letters.items()}

    def ranked(self, text: str, languages: Sequence[str]) -> list[tuple[str, float]]:
        """These languages by how much speaks for each, the first of them with a start; the likeliest first."""
        words = spoken(text[:LONGEST])
        scores = {language: 0.0 for language in languages if language in self._words}
        for word in words[:MOST_WORDS]:
            told = self._of_word(word)
            best = max([told[language] for language in scores], default=0.0)
            least = -FAR if word in self._known else -FAR_UNMET
            for language in scores:
                scores[language] += max(told[language] - best, least)
        for language in scores:
            scores[language] += ASSUMED
            break
        return sorted(scores.items(), key=lambda score: -score[1])

    def _of_word(self, word: str) -> Mapping[str, float]:
        if (told := self._tells.get(word)) is None:
            if len(self._tells) > KEPT:
                self._tells.clear()
            told = self._tells[word] = {language: self._told(word, language) for language in self._words}
        return told

    def _told(self, word: str, language: str) -> float:
        if word in self._known:
            return log((self._words[language].get(word, 0) + UNMET) / self._totals[language])
        letters, total = self._letters[language], self._bundles[language]
        bundles = _bundles(word)
        return sum(log((letters.get(b, 0) + UNMET) / total) for b in bundles) / max(1, len(bundles)) * 0.7


def spoken(text: str) -> list[str]:
    """The words of a text, folded; no digits, no slots of a phrase."""
    return _WORD.findall(fold(_SLOT.sub(" ", text)))


def heard(words: Words, vocabularies: Sequence[Vocabulary]) -> str:
    """Everything that is said in this language, for telling it from others."""
    phrases = [phrase for vocabulary in vocabularies for intent in vocabulary.intents for phrase in intent.phrases]
    fillers = (*words.fillers, *words.asking, *words.hedges, *words.sealed)
    samples = words.samples.get("text", ())
    return " ".join([*phrases, *fillers, *words.light, *words.contractions, *words.chatter, *samples])


def _letters(words: Mapping[str, int]) -> Counter[str]:
    return Counter(bundle for word in words for bundle in _bundles.__wrapped__(word))  # each once: not worth keeping


@lru_cache(maxsize=20_000)
def _bundles(word: str) -> tuple[str, ...]:
    marked = f"<{word[:20]}>"
    return tuple(marked[at : at + LETTERS] for at in range(len(marked) - LETTERS + 1))
