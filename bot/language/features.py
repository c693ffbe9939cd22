"""What a sentence shows the classifier: its words and their families, pairs of them, bundles of letters."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import sqrt

WORD, FAMILY, PAIR, LEAP, LETTERS, FILLER, FLAG = 1.0, 0.8, 0.7, 0.6, 0.8, 0.25, 0.6
SCALE = 4.0  # the length of every sentence's features together
START, END = "^", "$"
MOST_TERMS = 60
SIZES = (4,)  # of a bundle of letters

Features = Mapping[str, float]


@dataclass(frozen=True)
class Term:
    """A word of a sentence, or what stands there instead of a name: `{tool}`, `{?}` for a word nobody knows."""

    word: str
    filler: bool = False
    spelt: str = ""  # the letters of a word nobody knows: an inflection shows by them


@dataclass(frozen=True)
class Speech:
    """What features are made with: the families a word belongs to, words of little weight, negations."""

    families: Mapping[str, Set[str]]
    light: Set[str]
    negations: Set[str]

    def features(self, terms: Sequence[Term], *, asks: bool) -> Features:
        """Everything that is told apart in a sentence, each with its weight."""
        terms = terms[:MOST_TERMS]
        found: dict[str, float] = {}
        said = [term.word for term in terms if not term.filler]
        for term in terms:
            _put(found, term.word, FILLER if term.filler else WORD)
        for word in said:
            for family in self.families.get(word, ()):
                _put(found, family, FAMILY)
        for name, weight in self._pairs(said):
            _put(found, name, weight)
        for term in terms:
            if not term.filler:
                found.update(letters(term.spelt or term.word))
        for flag in self._flags(said, asks=asks):
            found[flag] = FLAG
        length = sqrt(sum(value * value for value in found.values())) or 1.0
        return {name: SCALE * value / length for name, value in found.items()}

    def _pairs(self, said: list[str]) -> Iterator[tuple[str, float]]:
        general = [START, *(self._general(word) for word in said), END]
        for left, right in pairwise(general):
            yield f"{left} {right}", PAIR
        content = [START, *(self._general(word) for word in said if word not in self.light), END]
        for left, right in pairwise(content):
            yield f"{left}…{right}", LEAP
        for left, right in zip(content, content[2:], strict=False):
            yield f"{left}……{right}", LEAP / 2

    def _general(self, word: str) -> str:
        return min(self.families.get(word, ()), default=word)

    def _flags(self, said: list[str], *, asks: bool) -> Iterator[str]:
        if asks:
            yield "?"
        if not self.negations.isdisjoint(said):
            yield "!not"
        if said.count("{tool}") > 1:
            yield "!tools"
        for one in ("{tool}", "{organisation}"):
            if one not in said:
                yield f"!no {one}"
        if "{tool}" in said and "{organisation}" in said:
            yield "!both"
        yield f"!{min(len(said), 3) if len(said) < 4 else 6 if len(said) < 9 else 9}"


@lru_cache(maxsize=20_000)
def letters(word: str) -> tuple[tuple[str, float], ...]:
    """The bundles of three to five letters of a word, light in weight as they are many."""
    if len(word) < 4 or word.startswith("{"):
        return ()
    marked = f"<{word[:24]}>"
    bundles = [f"#{marked[at : at + size]}" for size in SIZES for at in range(len(marked) - size + 1)]
    return tuple((bundle, LETTERS / sqrt(len(bundles))) for bundle in bundles)


def _put(found: dict[str, float], name: str, weight: float) -> None:
    found[name] = max(found.get(name, 0.0), weight)
