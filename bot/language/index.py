"""An index of names that answers what somebody typed: exactly, by a weaker key, or by its likeness."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from rapidfuzz import fuzz, process

from bot.language.keys import digits, key, skeleton, sorted_key, words_of
from bot.language.meaning import Match, Named
from bot.language.noise import Noise

SURE, DOUBTFUL, MARGIN = 90.0, 70.0, 5.0  # measured: no wrong guess at 1,000 names, 0.3 % at 10,000
SHORT = 4  # letters; a shorter name has too many neighbours one slip away
SKELETON_PENALTY = 6.0
PART_OF_NAME = 80.0  # "Notify" for "GOV.UK Notify": worth a question, never a guess
LONGEST = 80  # letters; nothing longer is a name
_MIXED = 1  # the place of the sorted keys among the three kinds
KEPT = 10_000  # answers kept until a name changes


@dataclass(frozen=True)
class _Entry:
    names: tuple[tuple[str, ...], ...]
    codes: tuple[str, ...]
    current: bool
    words: frozenset[str]


class NameIndex:
    """Names of things with an id. The first name of an entry is its own, the others are aliases."""

    def __init__(self, entries: Iterable[tuple[str, Sequence[str]]] = (), noise: Noise | None = None) -> None:
        self._noise = noise or Noise()
        self._entries: dict[str, _Entry] = {}
        self._own: dict[str, list[str]] = defaultdict(list)
        self._alias: dict[str, list[str]] = defaultdict(list)
        self._lean: dict[str, list[str]] = defaultdict(list)
        self._by_word: dict[str, set[str]] = defaultdict(set)
        self._fuzzy: list[tuple[list[str], list[str], float]] | None = None
        self._answers: dict[str, Named] = {}
        self._exact: dict[tuple[str, ...], list[str]] = {}
        for entry_id, names in entries:
            self.add(entry_id, names)

    def add(self, entry_id: str, names: Sequence[str], codes: Sequence[str] = (), current: bool = True) -> None:
        """A new entry. Codes are matched as they are, never by likeness."""
        worded = tuple(dict.fromkeys(words for name in names if (words := words_of(name[:LONGEST]))))
        entry = _Entry(worded, tuple(codes), current, frozenset(w for words in worded for w in words))
        self._entries[entry_id] = entry
        for table, keyed in self._keys(entry):
            if entry_id not in table[keyed]:
                table[keyed].append(entry_id)
        for word in entry.words:
            self._by_word[word].add(entry_id)
        self._changed()

    def remove(self, entry_id: str) -> None:
        """Forget an entry, if it is there."""
        entry = self._entries.pop(entry_id, None)
        if entry is None:
            return
        for table, keyed in self._keys(entry):
            if entry_id in table[keyed]:
                table[keyed].remove(entry_id)
        for word in entry.words:
            self._by_word[word].discard(entry_id)
        self._changed()

    def replace(self, entry_id: str, names: Sequence[str], codes: Sequence[str] = (), current: bool = True) -> None:
        """The entry's names are these now."""
        self.remove(entry_id)
        self.add(entry_id, names, codes, current)

    def find(self, typed: str) -> Named:
        """What somebody means who typed this."""
        if typed not in self._answers:
            if len(self._answers) > KEPT:
                self._answers.clear()
            self._answers[typed] = self._find(typed)
        return self._answers[typed]

    def exactly(self, words: tuple[str, ...]) -> list[str]:
        """The ids that have this name, or this name but for noise; no likeness. Several share it."""
        if words not in self._exact:
            if len(self._exact) > KEPT:
                self._exact.clear()
            self._exact[words] = self._exactly(words)
        return self._exact[words]

    def _exactly(self, words: tuple[str, ...]) -> list[str]:
        found = self._whole(words)
        if found and (any(self._entries[i].current for i in found) or self._noise.strip(words) != words):
            return self._preferred(found)
        return self._preferred(self._without_noise(words)[0] or found)

    def _find(self, typed: str) -> Named:
        words = words_of(typed[:LONGEST]) if len(typed) <= LONGEST else ()
        if not words:
            return Named(typed, Match.UNKNOWN)
        if found := self.exactly(words):
            return Named(typed, Match.EXACT if len(found) == 1 else Match.AMBIGUOUS, tuple(found))
        return self._likeness(typed, words)

    def _whole(self, words: tuple[str, ...]) -> list[str]:
        for table in (self._own, self._alias):
            for keyed in (key(words), sorted_key(words)):
                if found := table.get(keyed):
                    return found
        return []

    def _without_noise(self, words: tuple[str, ...]) -> tuple[list[str], list[str]]:
        """Those whose name is this but for noise, and those whose kind the typed name contradicts."""
        lean = self._noise.strip(words)
        found = self._lean.get(sorted_key(lean), [])
        told = frozenset(words) & self._noise.kinds - frozenset(lean)
        fitting = [i for i in found if told <= self._entries[i].words]
        return fitting, [i for i in found if i not in fitting]

    def _preferred(self, ids: Sequence[str]) -> list[str]:
        return [i for i in ids if self._entries[i].current] or list(ids)

    def _likeness(self, typed: str, words: tuple[str, ...]) -> Named:
        scores = self._scores(words)
        for i in self._parts(words):
            scores[i] = max(scores.get(i, 0.0), PART_OF_NAME)
        for i in self._without_noise(words)[1]:
            scores[i] = SURE - 1  # the same place but another kind of body: the first to be asked about
        current = {i: s + (0.5 if self._entries[i].current else 0.0) for i, s in scores.items()}
        best = sorted(scores, key=lambda i: (-current[i], i))[:3]
        if not best or scores[best[0]] < DOUBTFUL:
            return Named(typed, Match.UNKNOWN)
        second = scores[best[1]] if len(best) > 1 else 0.0
        if scores[best[0]] >= SURE and scores[best[0]] - second >= MARGIN:
            return Named(typed, Match.TYPO, (best[0],))
        return Named(typed, Match.NEAR, tuple(i for i in best if scores[i] >= DOUBTFUL))

    def _parts(self, words: tuple[str, ...]) -> set[str]:
        """Entries that have all these words in their names, if they aren't too many to be a hint."""
        lean = self._noise.strip(words)
        sets = [self._by_word.get(word, set()) for word in lean]
        shared = set.intersection(*sets) if sets else set()
        return shared if len(shared) <= 3 and len(key(lean)) >= SHORT else set()

    def _scores(self, words: tuple[str, ...]) -> dict[str, float]:
        lean = self._noise.strip(words)
        asked = (key(lean), sorted_key(lean), skeleton(key(lean)))
        scores: dict[str, float] = {}
        for at, (choices, owners, penalty) in enumerate(self._likenesses()):
            if at == _MIXED and len(lean) == 1:
                continue  # one word has no other order
            least = DOUBTFUL + penalty
            hits = process.extract(asked[at], choices, scorer=fuzz.ratio, limit=8, score_cutoff=least)
            for choice, score, place in hits:
                owner = owners[place]
                sure = self._trusted(asked[0], owner, score - penalty, skeletal=penalty > 0, hit=choice)
                scores[owner] = max(scores.get(owner, 0.0), sure)
        return {i: s for i, s in scores.items() if s >= DOUBTFUL}

    def _trusted(self, typed: str, entry_id: str, score: float, *, skeletal: bool, hit: str) -> float:
        """A likeness made less of where slips and other names look the same: short names and numbers."""
        entry = self._entries[entry_id]
        names = [key(self._noise.strip(words)) for words in entry.names]
        nearest = max(names, key=partial(fuzz.ratio, typed), default="")
        doubtful = min(len(typed), len(nearest)) <= SHORT or digits(typed) != digits(nearest)
        if skeletal and len(hit) < SHORT:
            return DOUBTFUL - 1
        if skeletal and abs(len(typed) - len(nearest)) > 1:  # "hiring" has the consonants of "Haringey"
            return min(score, PART_OF_NAME)
        return min(score, PART_OF_NAME) if doubtful else score

    def _likenesses(self) -> list[tuple[list[str], list[str], float]]:
        """The three kinds of keys side by side with their owners; rebuilt after a change."""
        if self._fuzzy is None:
            plain: dict[tuple[str, str], None] = {}
            mixed: dict[tuple[str, str], None] = {}
            bones: dict[tuple[str, str], None] = {}
            for entry_id, entry in self._entries.items():
                for words in entry.names:
                    lean = self._noise.strip(words)
                    plain[key(lean), entry_id] = None
                    if len(lean) > 1:
                        mixed[sorted_key(lean), entry_id] = None
                    bones[skeleton(key(lean)), entry_id] = None
            for table in (plain, mixed):
                table.pop(("", ""), None)
            self._fuzzy = [
                ([k for k, _ in table], [i for _, i in table], penalty)
                for table, penalty in ((plain, 0.0), (mixed, 0.0), (bones, SKELETON_PENALTY))
            ]
        return self._fuzzy

    def _keys(self, entry: _Entry) -> Iterable[tuple[dict[str, list[str]], str]]:
        for at, words in enumerate(entry.names):
            table = self._alias if at else self._own
            yield table, key(words)
            yield table, sorted_key(words)
            yield self._lean, sorted_key(self._noise.strip(words))
        for code in entry.codes:
            yield self._alias, key(words_of(code))

    def _changed(self) -> None:
        self._fuzzy = None
        self._answers.clear()
        self._exact.clear()
