"""An index of names that answers what somebody typed: exactly, by a weaker key, or by its likeness."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.language.keys import key, name_words, sorted_key, words_of
from bot.language.likeness import SHORT, SUGGESTED, Like, Likeness, Words
from bot.language.lookalikes import in_latin, look_alike
from bot.language.meaning import Match, Named
from bot.language.noise import Noise
from bot.language.shelf import Shelf

LONGEST = 300  # letters; nothing longer is a name
FEW = 3  # names that share a word, if it is to be a hint
ADDRESS = frozenset({"http", "https", "www", "git"})
KEPT = 10_000  # answers kept until a name changes


@dataclass(frozen=True, slots=True)
class _Entry:
    names: tuple[Words, ...]
    codes: tuple[str, ...]
    current: bool


class NameIndex:
    """Names of things with an id. The first name of an entry is its own, the others are aliases.

    What it answers depends on its entries only, not on the order in which they came and changed.
    """

    def __init__(self, entries: Iterable[tuple[str, Sequence[str]]] = (), noise: Noise | None = None) -> None:
        self._noise = noise or Noise()
        self._entries: dict[str, _Entry] = {}
        self._own, self._alias, self._lean, self._by_word = Shelf(), Shelf(), Shelf(), Shelf()
        self._likeness = Likeness(self._noise)
        self._answers: dict[str, Named] = {}
        self._exact: dict[Words, list[str]] = {}
        self._letters = ""  # every key, one to a line, once somebody asks
        self._parts_of_names: dict[str, bool] = {}
        for entry_id, names in entries:
            self.add(entry_id, names)

    def add(self, entry_id: str, names: Sequence[str], codes: Sequence[str] = (), current: bool = True) -> None:
        """A new entry. Codes are matched as they are, never by likeness."""
        worded = tuple(dict.fromkeys(words for name in names if (words := name_words(name[:LONGEST]))))
        entry = self._entries[entry_id] = _Entry(worded, tuple(codes), current)
        for shelf, keyed in self._keys(entry):
            shelf.add(keyed, entry_id)
        self._likeness.add(entry_id, worded)
        self._changed()

    def remove(self, entry_id: str) -> None:
        """Forget an entry, if it is there."""
        entry = self._entries.pop(entry_id, None)
        if entry is None:
            return
        for shelf, keyed in self._keys(entry):
            shelf.discard(keyed, entry_id)
        self._likeness.remove(entry_id, entry.names)
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

    def may_name(self, word: str) -> bool:
        """Whether a name that is told exactly may have this word: most words are in none, however they are put."""
        if (known := self._parts_of_names.get(word)) is None:
            if not self._letters:
                shelves = (self._own, self._alias, self._lean)
                self._letters = "\n".join({keyed for shelf in shelves for keyed in shelf}) or "\n"
            if len(self._parts_of_names) > KEPT:
                self._parts_of_names.clear()
            known = word in self._letters or word in self._noise.hints or word in ADDRESS
            self._parts_of_names[word] = known
        return known

    def exactly(self, words: Words) -> list[str]:
        """The ids that have this name, or this name but for noise; no likeness. Several share it."""
        if words not in self._exact:
            if len(self._exact) > KEPT:
                self._exact.clear()
            self._exact[words] = self._exactly(_without_scheme(words))
        return self._exact[words]

    def _exactly(self, words: Words) -> list[str]:
        found = self._whole(words)
        if found and (any(self._entries[i].current for i in found) or self._noise.strip(words) != words):
            return self._preferred(found)
        return self._preferred(self._without_noise(words)[0] or found)

    def _find(self, typed: str) -> Named:
        words = name_words(typed) if len(typed) <= LONGEST else ()
        if found := self.exactly(words):
            return _sure(typed, Match.EXACT, found)
        if self._noise.words.issuperset(words):  # nothing at all, or "the council"
            return Named(typed, Match.UNKNOWN)
        latin = name_words(in_latin(typed))
        spelt = self._noise.corrected(latin, self._by_word.__contains__)
        if spelt != words and (found := self.exactly(spelt)):
            if latin != words:
                return Named(typed, Match.NEAR, tuple(found[:SUGGESTED]), lookalike=True)
            return _sure(typed, Match.TYPO, found)
        return self._like(typed, spelt, words, disguised=latin != words)

    def _whole(self, words: Words) -> list[str]:
        keys = (key(words), sorted_key(words))
        return next((sorted(found) for shelf in (self._own, self._alias) for k in keys if (found := shelf.get(k))), [])

    def _without_noise(self, words: Words) -> tuple[list[str], list[str]]:
        """Those whose name is this but for noise, and those whose tier of government the typed name contradicts."""
        lean = self._noise.strip(words)
        found = sorted({*self._lean.get(key(lean)), *self._lean.get(sorted_key(lean))})
        told = frozenset(words) - frozenset(lean)
        tiers = self._noise.tiers(told)
        if not tiers:
            return found, []
        named = {i: frozenset(word for name in self._entries[i].names for word in name) for i in found}
        fitting = [i for i in found if tiers <= self._noise.tiers(named[i])] or [
            i for i in found if not self._noise.tiers(named[i])
        ]
        literal = [i for i in fitting if told & self._noise.kinds.keys() <= named[i]]
        return literal or fitting, [i for i in found if i not in fitting]

    def _preferred(self, ids: Sequence[str]) -> list[str]:
        return [i for i in ids if self._entries[i].current] or list(ids)

    # --- by likeness -------------------------------------------------------------------------------

    def _like(self, typed: str, spelt: Words, words: Words, *, disguised: bool) -> Named:
        lean = self._noise.strip(spelt)
        contradicted = self._preferred(self._without_noise(spelt)[1])
        near = self._current(self._likeness.near((lean, spelt, words)))
        looks = [like.owner for like in near if like.key != like.typed and look_alike(like.key, like.typed)]
        if near and not contradicted and not looks and not disguised and self._meant(near, spelt):
            return Named(typed, Match.TYPO, (near[0].owner,))
        likely = [like.owner for like in near if self._likeness.tells(like, self._entries[like.owner].names)]
        hints = [*contradicted, *looks, *likely[:1], *self._parts(lean), *likely]
        suggested = tuple(dict.fromkeys(hints or self._likeness.with_consonants(lean)))[:SUGGESTED]
        seen = bool(suggested) and not contradicted and (bool(looks) or disguised)
        return Named(typed, Match.NEAR if suggested else Match.UNKNOWN, suggested, lookalike=seen)

    def _current(self, near: Sequence[Like]) -> list[Like]:
        """Without the ended ones whose name a current one has."""
        taken = {like.key for like in near if self._entries[like.owner].current}
        return [like for like in near if like.key not in taken or self._entries[like.owner].current]

    def _meant(self, near: Sequence[Like], spelt: Words) -> bool:
        best = near[0]
        if any(like.slips == best.slips and like.owner != best.owner for like in near):
            return False
        return self._likeness.is_meant(near, self._entries[best.owner].names, spelt, self._by_word.__contains__)

    def _parts(self, lean: Words) -> list[str]:
        """Entries that have all these words in their names, if they aren't too many to be a hint."""
        shared: set[str] | None = None
        for found in sorted((self._by_word.get(word) for word in lean), key=len):
            shared = set(found) if shared is None and len(found) < KEPT else (shared or set()).intersection(found)
        return sorted(shared) if shared and len(shared) <= FEW and len(key(lean)) >= SHORT else []

    def _keys(self, entry: _Entry) -> Iterable[tuple[Shelf, str]]:
        for at, words in enumerate(entry.names):
            shelf, lean = self._alias if at else self._own, self._noise.strip(words)
            yield from ((shelf, keyed) for keyed in (key(words), sorted_key(words)))
            yield from ((self._lean, keyed) for keyed in (key(lean), sorted_key(lean)))
            yield from ((self._by_word, word) for word in lean)
        for code in entry.codes:
            yield self._alias, key(_without_scheme(words_of(code)))

    def _changed(self) -> None:
        self._letters = ""
        for kept in (self._answers, self._exact, self._parts_of_names):
            kept.clear()


def _sure(typed: str, match: Match, found: Collection[str]) -> Named:
    return Named(typed, match if len(found) == 1 else Match.AMBIGUOUS, tuple(found))


def _without_scheme(words: Words) -> Words:
    """A web address as it is told: without https, www and .git."""
    if words[:1] not in (("http",), ("https",)):
        return words
    start = 2 if words[1:2] == ("www",) else 1
    return words[start : len(words) - (words[-1] == "git" and len(words) > start + 1)]
