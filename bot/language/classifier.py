"""Softmax regression over named features: which intent a sentence has, learnt from examples when the bot starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.language.features import Features

EPOCHS, BATCH, RATE, DECAY = 4, 32, 1.2, 2e-5
SEED = 20_26
KEPT_FROM = 2  # a bundle of letters met only once tells nothing
LETTERS = "#"  # what the names of such features begin with

Floats = NDArray[np.float32]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Example:
    """A sentence as features, and the intent it has."""

    features: Features
    intent: str


class Classifier:
    """Learns in a fraction of a second; the same examples always give the same classifier."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.intents = tuple(sorted({example.intent for example in examples}))
        self._places = _vocabulary(examples)
        self._weights = self._learnt(examples) if self.intents else np.zeros((1, 0), np.float32)

    def likelihoods(self, features: Features) -> Mapping[str, float]:
        """How likely each intent is."""
        if not self.intents:
            return {}
        places, values = self._row(features)
        scores = values @ self._weights[places]
        odds = np.exp(scores - scores.max())
        return dict(zip(self.intents, (odds / odds.sum()).tolist(), strict=True))

    def _row(self, features: Features) -> tuple[Places, Floats]:
        known = [(self._places[name], value) for name, value in features.items() if name in self._places]
        places = np.array([0] + [place for place, _ in known], np.intp)
        values = np.array([1.0] + [value for _, value in known], np.float32)
        return places, values

    def _learnt(self, examples: Sequence[Example]) -> Floats:
        """Mini-batches with AdaGrad: rare features take long steps, common ones short ones."""
        rows = [self._row(example.features) for example in examples]
        wanted = np.array([self.intents.index(example.intent) for example in examples], np.intp)
        counts = np.bincount(wanted, minlength=len(self.intents))
        importance = (counts.mean() / counts) ** 0.5
        weights = np.zeros((len(self._places) + 1, len(self.intents)), np.float32)
        squares = np.full_like(weights, 1e-2)
        chance = np.random.default_rng(SEED)
        order = chance.permutation(len(rows))
        batches = [
            _Batch.of([rows[i] for i in part], wanted[part], importance[wanted[part]])
            for part in np.array_split(order, max(1, len(rows) // BATCH))
        ]
        for epoch in range(EPOCHS):
            rate = RATE / (1 + 0.3 * epoch)
            for at in chance.permutation(len(batches)):
                batches[at].improve(weights, squares, rate)
        return weights


@dataclass(frozen=True)
class _Batch:
    """Some examples, laid out so that a step is a few operations on arrays."""

    used: Places  # the features of the batch, each once
    cells: Floats  # examples by used features
    wanted: Places
    importance: Floats

    @classmethod
    def of(cls, rows: Sequence[tuple[Places, Floats]], wanted: Places, importance: Floats) -> "_Batch":
        used, columns = np.unique(np.concatenate([places for places, _ in rows]), return_inverse=True)
        cells = np.zeros((len(rows), len(used)), np.float32)
        at = np.repeat(np.arange(len(rows)), [len(places) for places, _ in rows])
        cells[at, columns] = np.concatenate([values for _, values in rows])
        return cls(used, cells, wanted, importance.astype(np.float32))

    def improve(self, weights: Floats, squares: Floats, rate: float) -> None:
        mine = weights[self.used]
        scores = self.cells @ mine
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        wrong = odds / odds.sum(axis=1, keepdims=True)
        wrong[np.arange(len(wrong)), self.wanted] -= 1.0
        wrong *= self.importance[:, None] / len(wrong)
        slope = self.cells.T @ wrong + DECAY * mine
        seen = squares[self.used] + slope * slope
        squares[self.used] = seen
        weights[self.used] = mine - rate * slope / np.sqrt(seen)


def _vocabulary(examples: Sequence[Example]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for example in examples:
        for name in example.features:
            counts[name] = counts.get(name, 0) + 1
    kept = (name for name, count in counts.items() if count >= KEPT_FROM or not name.startswith(LETTERS))
    return {name: place for place, name in enumerate(kept, start=1)}
