"""Softmax regression over named features: which intent a sentence has, learnt from examples when the bot starts."""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import adler32, crc32

import numpy as np
from numpy.typing import NDArray

from bot.language.features import Features

EPOCHS, BATCH, RATE, DECAY = 4, 32, 1.2, 2e-5
SEED = 20_26
KEPT_FROM = 2  # a bundle of letters met only once tells nothing
LETTERS = "#"  # what the names of such features begin with

Floats = NDArray[np.float32]
Marks = NDArray[np.uint64]
Places = NDArray[np.int32]


@dataclass(frozen=True)
class Example:
    """A sentence as features, and the intent it has."""

    features: Features
    intent: str


@dataclass(frozen=True)
class Classifier:
    """What each feature says for each intent. Row 0 is in every sentence; row n + 1 is the feature whose name has the
    mark at n: in order, they take a twentieth of what the names would in a dict.
    """

    intents: tuple[str, ...]
    marks: Marks
    weights: Floats

    @classmethod
    def learn(cls, examples: Iterable[Example]) -> "Classifier":
        """From these; the same examples always give the same classifier."""
        met = _Met.of(examples)
        intents = tuple(sorted(set(met.intents)))
        places, rows = met.kept()
        if not intents:
            return cls((), np.zeros(0, np.uint64), np.zeros((1, 0), np.float32))
        wanted = np.array([intents.index(intent) for intent in met.intents], np.int32)
        weights = _learnt(rows, wanted, len(places) + 1, len(intents))
        marks = _marks(places)
        order = np.argsort(marks)
        return cls(intents, marks[order], weights[np.concatenate(([0], order + 1))])

    def likelihoods(self, features: Features) -> Mapping[str, float]:
        """How likely each intent is."""
        if not self.intents:
            return {}
        places, values = self._row(features)
        scores = values @ self.weights[places]
        odds = np.exp(scores - scores.max())
        return dict(zip(self.intents, (odds / odds.sum()).tolist(), strict=True))

    def _row(self, features: Features) -> tuple[Places, Floats]:
        marks = _marks(features)
        places = np.searchsorted(self.marks, marks)
        places[places == len(self.marks)] = 0
        known = self.marks[places] == marks if len(self.marks) else np.zeros(len(marks), np.bool_)
        return _with_base(places[known] + 1, np.fromiter(features.values(), np.float32, len(features))[known])


def _marks(names: Collection[str]) -> Marks:
    """A number for each name; that two of a language share one is as likely as a machine's mistake."""
    spelt = [name.encode(errors="surrogatepass") for name in names]
    return np.fromiter((crc32(name) << 32 | adler32(name) for name in spelt), np.uint64, len(spelt))


def _learnt(rows: Sequence[tuple[Places, Floats]], wanted: Places, places: int, intents: int) -> Floats:
    """Mini-batches with AdaGrad: rare features take long steps, common ones short ones."""
    counts = np.bincount(wanted, minlength=intents)
    importance = (counts.mean() / counts) ** 0.5
    weights = np.zeros((places, intents), np.float32)
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
    rows: Places  # for each value the example it belongs to,
    columns: Places  # and which of the used features it is
    values: Floats
    wanted: Places
    importance: Floats

    @classmethod
    def of(cls, rows: Sequence[tuple[Places, Floats]], wanted: Places, importance: Floats) -> "_Batch":
        used, columns = np.unique(np.concatenate([places for places, _ in rows]), return_inverse=True)
        at = np.repeat(np.arange(len(rows), dtype=np.int32), [len(places) for places, _ in rows])
        values = np.concatenate([values for _, values in rows])
        return cls(used, at, columns.astype(np.int32), values, wanted, importance.astype(np.float32))

    def improve(self, weights: Floats, squares: Floats, rate: float) -> None:
        mine = weights[self.used]
        cells = np.zeros((len(self.wanted), len(self.used)), np.float32)  # most of it empty: not worth keeping
        cells[self.rows, self.columns] = self.values
        scores = cells @ mine
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        wrong = odds / odds.sum(axis=1, keepdims=True)
        wrong[np.arange(len(wrong)), self.wanted] -= 1.0
        wrong *= self.importance[:, None] / len(wrong)
        slope = cells.T @ wrong + DECAY * mine
        seen = squares[self.used] + slope * slope
        squares[self.used] = seen
        weights[self.used] = mine - rate * slope / np.sqrt(seen)


@dataclass(frozen=True)
class _Met:
    """Examples as they were met: features by number, so that their names are kept once."""

    numbers: dict[str, int]
    counts: list[int]
    rows: "list[tuple[array[int], array[float]]]"
    intents: list[str]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> "_Met":
        met = cls({}, [], [], [])
        for example in examples:
            places = array("i")
            for name in example.features:
                number = met.numbers.setdefault(name, len(met.numbers))
                if number == len(met.counts):
                    met.counts.append(0)
                met.counts[number] += 1
                places.append(number)
            met.rows.append((places, array("f", example.features.values())))
            met.intents.append(example.intent)
        return met

    def kept(self) -> tuple[dict[str, int], list[tuple[Places, Floats]]]:
        """The features that tell something, by their place, and the examples by these; place 0 is in all."""
        names = (n for n, number in self.numbers.items() if self.counts[number] >= KEPT_FROM or n[0] != LETTERS)
        places = {name: place for place, name in enumerate(names, start=1)}
        place_of = np.array([places.get(name, 0) for name in self.numbers], np.int32)
        found = [(place_of[np.asarray(numbers)], np.asarray(values)) for numbers, values in self.rows]
        return places, [_with_base(row[row > 0], values[row > 0]) for row, values in found]


def _with_base(places: Places, values: Floats) -> tuple[Places, Floats]:
    """With what is in every sentence."""
    return np.concatenate((np.zeros(1, np.int32), places)), np.concatenate((np.ones(1, np.float32), values))
