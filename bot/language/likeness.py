"""Names that are like what was typed, nearest first, and whether the nearest is what was meant."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA, LCSseq

from bot.language.keys import digits, key, skeleton, sorted_key
from bot.language.noise import Noise
from bot.language.sieve import Rows, Sieve
from bot.language.slips import MOST, Evidence, Sequences, is_slip

Words = tuple[str, ...]
Known = Callable[[str], bool]

SUGGESTED = 3  # names
SLIPS = 3  # that one of them may have
SHORT, MEDIUM = 4, 8  # letters of a key that is suggested for one slip only, and for two
CROWDED = 100  # names as near as each other are none of them a suggestion
ORDERS = 5  # words that are tried in another order
TOLD = 4  # letters of a name for each slip in it, where the noise is run into it
BONES = 4  # consonants that tell a name
INITIALS = 2  # letters of a word that one slip makes another word
TWICE = 6  # letters of a word that two slips leave recognisable


@dataclass(frozen=True, order=True)
class Like:
    """A key of an entry that is so many slips from what was typed; of equals the likelier slip comes first."""

    slips: int
    unlikely: int
    owner: str
    key: str
    typed: str
    moved: bool  # the words changed places
    crowd: tuple[int, ...]  # how many keys are one, two, … slips further


class Likeness:
    """The keys of all names: without noise, and in full for those who run the noise into the name."""

    def __init__(self, noise: Noise) -> None:
        self._noise = noise
        self._rows = Sieve()
        self._sequences = Sequences()

    def add(self, owner: str, names: Sequence[Words]) -> None:
        """Another entry's names."""
        for row, lean in self._keys(names):
            self._rows.add(row, owner)
            if lean:
                self._sequences.add(row)

    def remove(self, owner: str, names: Sequence[Words]) -> None:
        """The entry goes; `names` are those it was added with."""
        for row, lean in self._keys(names):
            self._rows.remove(row, owner)
            if lean:
                self._sequences.remove(row)

    def _keys(self, names: Sequence[Words]) -> Iterator[tuple[str, bool]]:
        lean = dict.fromkeys(key(self._noise.strip(words)) for words in names)
        yield from ((row, True) for row in lean)
        yield from ((row, False) for row in dict.fromkeys(map(key, names)) if row not in lean)

    def near(self, typed: Iterable[Words]) -> list[Like]:
        """The keys nearest to any of these, at least as many as are suggested; words may have changed places."""
        found: list[Like] = []
        for words in dict.fromkeys(typed):
            orders = [key(words)]
            if len(words) <= ORDERS:
                turned = {sorted_key(words), *(key(words[at:] + words[:at]) for at in range(1, len(words)))}
                orders += sorted(turned - {orders[0]})
            for order, counts, rows in self._rows.near(orders, SLIPS):
                found += _nearest(order, counts, rows, moved=order != orders[0])
        return sorted(found)

    def with_consonants(self, lean: Words) -> list[str]:
        """The owners of names of which vowels were left out or mixed up."""
        bones = skeleton(key(lean))
        if len(bones) < BONES:
            return []
        return sorted({owner for row, owner in self._rows.with_consonants(key(lean)) if skeleton(row) == bones})

    def is_meant(self, found: Sequence[Like], names: Sequence[Words], typed: Words, known: Known) -> bool:
        """Whether the nearest, whose names these are, is what `typed` stands for, rather than a name not heard of."""
        same = (like for like in found if (like.owner, like.slips) == (found[0].owner, found[0].slips))
        return any(self._is_slip(like, names, typed, known) for like in same)

    def _is_slip(self, like: Like, names: Sequence[Words], typed: Words, known: Known) -> bool:
        if digits(like.typed) != digits(like.key) or like.key.isascii() > like.typed.isascii():
            return False
        lean = self._lean(like, names)
        if lean is None:
            return like.slips <= MOST and all(word in like.typed for word in self._telling(like, names))
        if _another_word(like, self._noise.strip(typed), lean, known):
            return False
        evidence = Evidence(
            slips=like.slips,
            odd=self._sequences.odd(like.typed),
            complete=self._sequences.complete,
            sparse=self._sequences.sparse,
            crowd=self._crowd(like, names),
            other_kind=self._other_kind(typed, names),
        )
        return is_slip(like.typed, like.key, evidence)

    def _crowd(self, like: Like, names: Sequence[Words]) -> tuple[int, int]:
        """How many other keys than the entry's own are one and two slips further."""
        own = [OSA.distance(like.typed, row) for row, _ in self._keys(names)]
        away = OSA.distance(like.typed, like.key)
        one, two, *_ = (max(0, count - own.count(away + more)) for more, count in enumerate((*like.crowd, 0, 0), 1))
        return one, two

    def _other_kind(self, typed: Words, names: Sequence[Words]) -> bool:
        """Whether the noise that was typed and that of the names have nothing in common."""
        told, own = self._noise.of(typed), self._noise.of(word for words in names for word in words)
        return bool(told) and bool(own) and told.isdisjoint(own)

    def tells(self, like: Like, names: Sequence[Words]) -> bool:
        """Whether it is like the name itself, not only like a name in full for the noise that they share."""
        if self._lean(like, names) is not None:
            return True
        telling = self._telling(like, names)
        return all(word in like.typed for word in telling) or like.slips <= max(1, len(key(telling)) // TOLD)

    def _telling(self, like: Like, names: Sequence[Words]) -> Words:
        """What tells the name in full apart from others."""
        return next(self._noise.strip(words) for words in names if key(words) == like.key)

    def _lean(self, like: Like, names: Sequence[Words]) -> Words | None:
        """The words of the key, if it is one without noise."""
        return next((lean for words in names if key(lean := self._noise.strip(words)) == like.key), None)


def _nearest(typed: str, counts: list[int], rows: Rows, moved: bool) -> Iterator[Like]:
    owners: set[str] = set()
    level = 0
    for row, owner, slips in rows:
        if (slips > level and len(owners) >= SUGGESTED) or counts[slips] > CROWDED:
            return
        level = slips
        if slips + moved <= _suggested(typed, row):
            owners.add(owner)
            further = tuple(counts[slips + 1 :])
            yield Like(slips + moved, _unlikely(typed, row), owner, row, typed, moved, further)


def _suggested(typed: str, row: str) -> int:
    """How many slips a suggestion of this length may have; a short name must still be there to be seen."""
    if len(row) <= SHORT:
        return 2 if LCSseq.similarity(typed, row) >= SHORT - 1 else 1
    return 2 if len(row) <= MEDIUM else SLIPS


def _unlikely(typed: str, meant: str) -> int:
    """A letter left out or two swapped are likelier than this very letter typed instead of that one."""
    left_out = len(typed) < len(meant) or sorted(typed) == sorted(meant)
    return int(not left_out) + int(typed[:1] != meant[:1])


def _another_word(best: Like, typed: Words, lean: Words, known: Known) -> bool:
    """Whether a word was typed that is one, or has too few letters for its slips: "South" is no slip of "North"."""
    extra, missing = [w for w in typed if w not in lean], [w for w in lean if w not in typed]
    if len(extra) != len(missing):
        return best.moved
    if any(known(word) for word in extra):
        return True
    short = min((len(word) for word in (*extra, *missing)), default=0)
    return len(lean) > 1 and (short <= INITIALS or (len(extra) == 1 and best.slips > 1 and short < TWICE))
