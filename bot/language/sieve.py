"""A hundred thousand keys narrowed to the few that a slip could have made of what was typed, by their letters."""

from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

_BITS, _AGAIN = 36, 26  # letters and figures; letters that come twice
_ALPHABET = {c: at for at, c in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}
_VOWELS = frozenset("aeiouy")

Rows = Iterator[tuple[str, str, int]]  # key, owner and slips, the nearest first


class Sieve:
    """Rows of keys with their owners; a row's bits say which letters are in its key once and twice."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._owners: list[str] = []
        self._marks = np.zeros(64, np.uint64)
        self._lengths = np.zeros(64, np.int16)

    def add(self, key: str, owner: str) -> None:
        """A new row, at the end."""
        at = len(self._keys)
        if at == len(self._marks):
            self._marks = np.concatenate([self._marks, np.zeros(at, np.uint64)])
            self._lengths = np.concatenate([self._lengths, np.zeros(at, np.int16)])
        self._marks[at] = _mark(key)
        self._lengths[at] = len(key)
        self._keys.append(key)
        self._owners.append(owner)

    def remove(self, key: str, owner: str) -> None:
        """Forget a row; the last one takes its place."""
        count = len(self._keys)
        same = (self._marks[:count] == np.uint64(_mark(key))) & (self._lengths[:count] == len(key))
        for at in map(int, np.flatnonzero(same)):
            if self._keys[at] == key and self._owners[at] == owner:
                self._marks[at], self._lengths[at] = self._marks[count - 1], self._lengths[count - 1]
                for column in (self._keys, self._owners):
                    column[at] = column[-1]
                    column.pop()
                return

    def near(self, orders: Sequence[str], slips: int) -> Iterator[tuple[str, list[int], Rows]]:
        """For each order of the same letters: how many rows are 0, 1, … slips from it, and these rows."""
        rows = self._alike(orders[0], slips)
        keys = [self._keys[row] for row in rows]
        table = process.cdist(orders, keys, scorer=OSA.distance, score_cutoff=slips, dtype=np.uint8)
        for order, away in zip(orders, table, strict=True):
            counts = np.bincount(away, minlength=slips + 2)[: slips + 1].tolist()
            levels = ((int(at), level) for level in range(slips + 1) for at in np.flatnonzero(away == level))
            yield order, counts, ((keys[at], self._owners[rows[at]], level) for at, level in levels)

    def _alike(self, key: str, slips: int) -> list[int]:
        """Rows with nearly the letters of the key."""
        count = len(self._keys)
        length = np.abs(self._lengths[:count] - np.int16(len(key)))
        bits = np.bitwise_count(self._marks[:count] ^ np.uint64(_mark(key)))
        # A letter more or less changes one bit at most, another letter two, a swap none.
        found: list[int] = np.flatnonzero((bits + length <= 2 * slips) & (length <= slips)).tolist()
        return found

    def with_consonants(self, key: str) -> Iterator[tuple[str, str]]:
        """Key and owner of the rows with the consonants of the key, in any order and number."""
        count = len(self._keys)
        rows = np.flatnonzero(((self._marks[:count] ^ np.uint64(_mark(key))) & _CONSONANTS) == 0)
        for row in map(int, rows):
            yield self._keys[row], self._owners[row]


def _mark(key: str) -> int:
    mark = 0
    for c in key:
        at = _ALPHABET.get(c)
        at = _AGAIN + ord(c) % (_BITS - _AGAIN) if at is None else at  # other scripts share the figures' bits
        bit = 1 << at
        if mark & bit and at < _AGAIN:
            bit <<= _BITS
        mark |= bit
    return mark


_CONSONANTS = np.uint64(sum(1 << at for c, at in _ALPHABET.items() if at < _AGAIN and c not in _VOWELS))
