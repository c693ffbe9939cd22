"""The words that names carry without being told apart by them, read from `words/names.toml`."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from bot.language.keys import words_of


@dataclass(frozen=True)
class Noise:
    """Words to leave out of the weaker key; `kinds` are those that may contradict: "county" isn't "city"."""

    phrases: re.Pattern[str] | None = None
    words: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    hints: frozenset[str] = frozenset()  # without any of these there is nothing to leave out

    def strip(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """What is left without noise; nothing left counts as nothing stripped."""
        if self.hints.isdisjoint(words):
            return words
        text = " ".join(words)
        if self.phrases is not None:
            text = self.phrases.sub(" ", text)
        kept = tuple(word for word in text.split() if word not in self.words)
        return kept or words


def _read(section: str) -> Noise:
    path = Path(__file__).parent / "words" / "names.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))[section]
    phrases = sorted((" ".join(words_of(phrase)) for phrase in table["phrases"]), key=len, reverse=True)
    return Noise(
        phrases=re.compile(r"\b(?:" + "|".join(map(re.escape, phrases)) + r")\b") if phrases else None,
        words=frozenset(table["words"]),
        kinds=frozenset(table["kinds"]),
        hints=frozenset(table["words"]) | {word for phrase in phrases for word in phrase.split()},
    )


ORGANISATIONS = _read("organisations")
TOOLS = _read("tools")
