"""The words that the patterns of an intent demand, in arrays: a sentence rules most patterns out at once."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.language.phrases import Pattern

Symbols = frozenset[str]


class Demanded:
    """Every set of symbols that a pattern demands, numbered as they are met."""

    def __init__(self) -> None:
        self._numbers: dict[Symbols, int] = {}
        self._having: dict[str, list[int]] = {}

    def number(self, symbols: Symbols) -> int:
        """The number of this set."""
        if symbols not in self._numbers:
            number = self._numbers[symbols] = len(self._numbers)
            for symbol in symbols:
                self._having.setdefault(symbol, []).append(number)
        return self._numbers[symbols]

    def masks(self, places: Mapping[str, int]) -> dict[int, int]:
        """For each set that a sentence has a word of, the tokens that may stand for it, as bits."""
        found: dict[int, int] = {}
        for symbol, bits in places.items():
            for number in self._having.get(symbol, ()):
                found[number] = found.get(number, 0) | bits
        return found

    def missing(self, masks: Mapping[int, int]) -> NDArray[np.bool_]:
        """For each set whether a sentence with these masks has no word of it."""
        missing = np.ones(len(self._numbers), np.bool_)
        missing[[*masks]] = False
        return missing


class Demands:
    """The patterns of one intent, and what each costs whose words are missing."""

    def __init__(self, patterns: Sequence[Pattern], demanded: Demanded) -> None:
        self.patterns = patterns
        rows = [(place, symbols, weight) for place, p in enumerate(patterns) for symbols, weight in p.demands]
        self._places = np.array([place for place, _, _ in rows], np.int32)
        self._numbers = np.array([demanded.number(symbols) for _, symbols, _ in rows], np.int32)
        self._weights = np.array([weight for _, _, weight in rows], np.float64)
        self._scales = np.array([pattern.scale for pattern in patterns], np.float64)

    def met(self, missing: NDArray[np.bool_], most: float) -> Iterator[tuple[int, float, float]]:
        """The places of the patterns whose missing words cost no more than this share of their scale, the cost, and
        the share.
        """
        costs = np.bincount(self._places, self._weights * missing[self._numbers], len(self.patterns))
        found = np.flatnonzero(costs <= most * self._scales)
        costs = costs[found]
        return zip(found.tolist(), costs.tolist(), (costs / self._scales[found]).tolist(), strict=True)

    def numbers(self, place: int) -> list[int]:
        """The sets that a pattern demands."""
        start, end = np.searchsorted(self._places, (place, place + 1))
        found: list[int] = self._numbers[start:end].tolist()
        return found
