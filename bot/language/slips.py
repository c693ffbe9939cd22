"""Whether what was typed is a slip of a known name, or rather another name that nobody has registered yet.

A slip makes letter sequences that no name has and stands alone; another name reads like the others and has neighbours.
The weights are a logistic regression over names with random edits on one side and names that weren't in the register
on the other: British towns beside the starter register, European towns and package names at 10,000 names, and names
made up like those of `make bench`, which measures what comes of it.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple


class Weights(NamedTuple):
    """What speaks for a slip, and against it."""

    base: float
    complete: float  # the index has seen most letter sequences there are: a new name seldom brings one
    next: float  # other names one slip further
    further: float  # and two
    edge: float  # it only goes on, or stops sooner: "Hill" and "Hills"


WEIGHTS = {1: Weights(-2.0, 0.4, -0.75, -0.8, -0.8), 2: Weights(-5.3, 0.9, -1.8, 0.0, -2.8)}
ODD, ODD_IF_COMPLETE, MOST_ODD = 1.3, 0.13, 4  # for each sequence of three letters that no name has
SWAPPED, DROPPED = 3.5, 2.3  # the same letters in another order; letters missing: other names seldom differ so
FIRST = -0.4  # the first letter is another one
OTHER_KIND = -8.0  # "Stadt Hyndburn" and "Hyndbury District Council"
LONG, LONG_FROM, LONG_TO = 0.18, 8, 16  # each letter above eight
SHORTEST = {1: 5, 2: 7}  # letters; a shorter name has too many neighbours so many slips away
MOST = max(WEIGHTS)  # slips
SPARSE, DENSE, FEWEST = 0.35, 7_000, 60  # names; the weights were found where there are as many as DENSE


class Sequences:
    """How often each sequence of three letters occurs in the names of the index."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._total = 0
        self._single = 0
        self._names = 0

    def add(self, key: str) -> None:
        """Count a name's."""
        self._names += 1
        for three in _threes(key):
            count = self._counts[three] = self._counts.get(three, 0) + 1
            self._total += 1
            self._single += (count == 1) - (count == 2)

    def remove(self, key: str) -> None:
        """Forget a name's."""
        self._names -= 1
        for three in _threes(key):
            count = self._counts[three] = self._counts[three] - 1
            self._total -= 1
            self._single += (count == 1) - (count == 0)
            if not count:
                del self._counts[three]

    @property
    def sparse(self) -> float:
        """How much room there is between the names: among few, a new one seldom comes near another by chance."""
        return max(0.0, math.log(DENSE / max(FEWEST, self._names)))

    def odd(self, key: str) -> int:
        """How many of its sequences no name has."""
        return sum(three not in self._counts for three in _threes(key))

    @property
    def complete(self) -> float:
        """How surely a new name has only known sequences, by Good and Turing: 0 for an empty index, 5 at most."""
        return -math.log((self._single / self._total if self._total else 1.0) + 0.005)


@dataclass(frozen=True)
class Evidence:
    """What is known of a name and what was typed, besides their letters."""

    slips: int
    odd: int
    complete: float
    sparse: float
    crowd: tuple[int, int]  # how many other names are one and two slips further
    other_kind: bool


def is_slip(typed: str, meant: str, seen: Evidence) -> bool:
    """Whether `typed` is `meant` with that many slips."""
    letters = min(len(typed), len(meant))
    if not seen.slips:
        return True
    if seen.slips > MOST or letters < SHORTEST[seen.slips]:
        return False
    weights = WEIGHTS[seen.slips]
    next_, further = map(math.log1p, seen.crowd)
    weight = weights.base + weights.complete * seen.complete + weights.next * next_ + weights.further * further
    weight += SPARSE * seen.sparse
    weight += min(seen.odd, MOST_ODD) * (ODD + ODD_IF_COMPLETE * seen.complete)
    weight += SWAPPED * (sorted(typed) == sorted(meant)) + DROPPED * (len(typed) < len(meant))
    weight += FIRST * (typed[0] != meant[0]) + OTHER_KIND * seen.other_kind
    weight += weights.edge * (_goes_on(typed, meant) or _goes_on(meant, typed))
    return weight + LONG * (min(max(letters, LONG_FROM), LONG_TO) - LONG_FROM) > 0


def _goes_on(longer: str, shorter: str) -> bool:
    return longer.startswith(shorter) or longer.endswith(shorter)


def _threes(key: str) -> list[str]:
    edged = f"^{key}$"
    return [edged[at : at + 3] for at in range(len(edged) - 2)]
