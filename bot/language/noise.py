"""The words that names carry without being told apart by them, read from `words/names.toml`."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.keys import words_of

SHORTEST, LONG = 6, 7  # letters of a word that may be misspelt, and of one that may be so twice
REST = 4  # letters that noise may be run into: "CamdenCouncil"
WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True)
class Noise:
    """Words to leave out of the weaker key; `kinds` gives those that may contradict their tier of government."""

    phrases: re.Pattern[str] | None = None
    words: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    hints: frozenset[str] = frozenset()  # without any of these there is nothing to leave out
    spelt: tuple[str, ...] = ()  # the hints that are long enough to be recognised when misspelt

    run_in: tuple[str, ...] = ()  # words that a name is never made with, so that they may be taken off its end

    def strip(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """What is left without noise; nothing left counts as nothing stripped."""
        if self.hints.isdisjoint(words):
            return words
        text = " ".join(words)
        if self.phrases is not None:
            text = self.phrases.sub(" ", text)
        kept = tuple(self.same.get(word, word) for word in text.split() if word not in self.words)
        return kept or words

    def corrected(self, words: tuple[str, ...], known: Callable[[str], bool]) -> tuple[str, ...]:
        """With misspelt noise set right and noise that was run into a name apart; a word of some name is itself."""
        right: list[str] = []
        for word in words:
            if word in self.hints or known(word):
                right.append(word)
            else:
                right += self._unglued(word) or [self._spelt(word) if len(words) > 1 else word]
        return tuple(right)

    def _unglued(self, word: str) -> list[str]:
        for noise in self.run_in:
            rest = len(word) - len(noise)
            if rest >= REST and word.endswith(noise):
                return [word[:rest], noise]
        return []

    def _spelt(self, word: str) -> str:
        if len(word) < SHORTEST - 1:
            return word
        slips = 2 if len(word) >= LONG else 1
        found = process.extractOne(word, self.spelt, scorer=OSA.distance, score_cutoff=slips)
        return found[0] if found and (slips == 1 or len(found[0]) >= LONG or found[1] == 1) else word

    def of(self, words: Iterable[str]) -> frozenset[str]:
        """Those of the words that are noise."""
        return self.words.intersection(words)

    def tiers(self, words: frozenset[str]) -> frozenset[str]:
        """The tiers that these words name."""
        return frozenset(self.kinds[word] for word in words if word in self.kinds)


def _read(section: str) -> Noise:
    table = tomllib.loads((WORDS / "names.toml").read_text(encoding="utf-8"))[section]
    phrases = sorted((" ".join(words_of(phrase)) for phrase in table["phrases"]), key=len, reverse=True)
    hints = frozenset(table["words"]) | {word for phrase in phrases for word in phrase.split()} | set(table["same"])
    return Noise(
        phrases=re.compile(r"\b(?:" + "|".join(map(re.escape, phrases)) + r")\b") if phrases else None,
        words=frozenset(table["words"]),
        kinds={word: tier for tier, words in table["kinds"].items() for word in words},
        same=table["same"],
        hints=hints,
        run_in=tuple(table["run_in"]),
        spelt=tuple(sorted(word for word in hints if len(word) >= SHORTEST)),
    )


ORGANISATIONS = _read("organisations")
TOOLS = _read("tools")
