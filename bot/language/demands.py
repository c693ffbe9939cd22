"""The words that the patterns of an intent demand, in arrays: a sentence rules most patterns out at once."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.language.phrases import Pattern

NOISE = 1e-4  # of a sum of costs: more is let through, and looked at again

Symbols = frozenset[str]


class Demanded:
    """Every set of symbols that a pattern demands, numbered as they are met."""

    def __init__(self) -> None:
        self._numbers: dict[Symbols, int] = {}
        self._having: dict[str, list[Symbols]] = {}

    def number(self, symbols: Symbols) -> int:
        """The number of this set."""
        if symbols not in self._numbers:
            self._numbers[symbols] = len(self._numbers)
            for symbol in symbols:
                self._having.setdefault(symbol, []).append(symbols)
        return self._numbers[symbols]

    def masks(self, places: Mapping[str, int]) -> dict[Symbols, int]:
        """For each set that a sentence has a word of, the tokens that may stand for it, as bits."""
        found: dict[Symbols, int] = {}
        for symbol, bits in places.items():
            for symbols in self._having.get(symbol, ()):
                found[symbols] = found.get(symbols, 0) | bits
        return found

    def missing(self, masks: Mapping[Symbols, int]) -> NDArray[np.bool_]:
        """By the number of each set, whether a sentence with these masks has no word of it."""
        missing = np.ones(len(self._numbers), np.bool_)
        missing[[self._numbers[symbols] for symbols in masks]] = False
        return missing


class Demands:
    """The demands of one intent's patterns."""

    def __init__(self, patterns: Sequence[Pattern], demanded: Demanded) -> None:
        self.patterns = patterns
        rows = [(place, symbols, weight) for place, p in enumerate(patterns) for symbols, weight in p.demands]
        self._places = np.array([place for place, _, _ in rows], np.int32)
        self._numbers = np.array([demanded.number(symbols) for _, symbols, _ in rows], np.int32)
        self._weights = np.array([weight for _, _, weight in rows], np.float32)
        self._scales = np.array([pattern.scale for pattern in patterns], np.float32)

    def met(self, missing: NDArray[np.bool_], most: float) -> Iterator[tuple[int, Pattern]]:
        """The patterns, with their places, whose missing words may cost no more than this share of their scale."""
        costs = np.bincount(self._places, self._weights * missing[self._numbers], len(self.patterns))
        for place in np.flatnonzero(costs <= most * self._scales + NOISE).tolist():
            yield place, self.patterns[place]
