"""Example phrases as patterns: `who uses {tool} (in {region})` has an optional group, `a/b` alternatives."""

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.language.vocabulary import BrokenVocabulary, Intent, Vocabulary

_PIECE = re.compile(r"\{(?P<slot>[^{}]*)\}|(?P<open>\()|(?P<close>\))|(?P<mark>[:,?!.]+)|(?P<word>[^\s{}():,?!]+)")
STRICT = 2.0  # how much more a missing word costs beside free text
MOST_GROUPS = 4  # optional groups in a phrase: each doubles the patterns

Piece = tuple[int, str, str]  # its optional group or -1, what it is (slot, word, mark), its text
Symbols = Callable[[str], tuple[frozenset[str], float]]
Expand = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """An example phrase cut into pieces. `kinds` are those of every slot it may have."""

    intent: Intent
    source: str
    pieces: Sequence[Piece]
    groups: int
    kinds: Mapping[str, str]

    @property
    def slots(self) -> Mapping[str, str]:
        """The slots it has, with their kinds."""
        return {text: self.kinds[text] for _, kind, text in self.pieces if kind == "slot"}

    @property
    def words(self) -> frozenset[str]:
        """Every word in it, of every alternative."""
        return frozenset(way for _, kind, text in self.pieces if kind == "word" for way in ways(text))


@dataclass(frozen=True)
class Word:
    """A fixed word, with everything that may stand for it (words, and families as `~name`)."""

    symbols: frozenset[str]
    weight: float


@dataclass(frozen=True)
class Slot:
    """A place for what the person names; one of a fixed choice has the kind `=source#name`."""

    name: str
    kind: str


Element = Word | Slot


@dataclass(frozen=True)
class Pattern:
    """One way to say an intent. `scale` is how much a cost counts: long phrases forgive more."""

    intent: Intent
    source: str
    elements: tuple[Element, ...]
    scale: float
    text_last: bool
    colon: frozenset[int]  # the elements that a colon follows in the phrase
    kinds: frozenset[str]  # of its slots

    @property
    def demands(self) -> list[tuple[frozenset[str], float]]:
        """Its words' symbols and weights, the heaviest first."""
        words = ((e.symbols, e.weight) for e in self.elements if isinstance(e, Word))
        return sorted(words, key=lambda word: -word[1])

    @property
    def free(self) -> int:
        """How many of its slots take any text."""
        return sum(isinstance(e, Slot) and e.kind == "text" for e in self.elements)

    @cached_property
    def told(self) -> float:
        """How much it tells apart."""
        return len(self.elements) - 0.5 * self.free


def ways(text: str) -> list[str]:
    """The alternatives of a word."""
    return [way for way in text.split("/") if way]


def cut(vocabulary: Vocabulary, intent: Intent, phrase: str, kinds: Mapping[str, str], expand: Expand) -> Phrase:
    """The phrase in pieces; raises BrokenVocabulary if it can't be read."""
    where = f"{vocabulary.source}: intent {intent.name!r}, phrase {phrase!r}"
    pieces: list[Piece] = []
    group, groups, end = -1, 0, 0
    for match in _PIECE.finditer(phrase):
        if phrase[end : match.start()].strip():
            break
        end = match.end()
        kind = str(match.lastgroup)
        if kind in ("open", "close"):
            if (kind == "open") != (group < 0):
                end = -1
                break
            group, groups = (groups, groups + 1) if kind == "open" else (-1, groups)
        else:
            words = _word(match[kind], expand, where) if kind == "word" else (match[kind],)
            pieces += [(group, kind, word) for word in words]
    if group >= 0 or end < 0 or phrase[end:].strip():
        raise BrokenVocabulary(f"{where}: has a bracket without its partner")
    _check(pieces, groups, kinds, where)
    return Phrase(intent, phrase, pieces, groups, kinds)


def sparing(phrases: Iterable[Phrase], once: dict[Piece, Piece]) -> list[Phrase]:
    """The same phrases; a piece that is in several is kept once."""
    return [replace(p, pieces=tuple(once.setdefault(piece, piece) for piece in p.pieces)) for p in phrases]


def _check(pieces: Sequence[Piece], groups: int, kinds: Mapping[str, str], where: str) -> None:
    if groups > MOST_GROUPS:
        raise BrokenVocabulary(f"{where}: has more than {MOST_GROUPS} optional groups")
    if all(kind == "mark" for _, kind, _ in pieces):
        raise BrokenVocabulary(f"{where}: has no words")
    for _, kind, text in pieces:
        if kind == "slot" and text not in kinds:
            raise BrokenVocabulary(f"{where}: has the unknown slot {{{text}}}; known are {', '.join(sorted(kinds))}")


def _word(text: str, expand: Expand, where: str) -> tuple[str, ...]:
    if "/" not in text:
        return expand(text)
    if not ways(text):
        raise BrokenVocabulary(f"{where}: has a / without words")
    return ("/".join("".join(expand(way)) if len(expand(way)) == 1 else way for way in ways(text)),)


def patterns(phrase: Phrase, symbols: Symbols) -> list[Pattern]:
    """Every pattern of a phrase, one for each choice of its optional groups."""
    made = [None if kind == "mark" else _element(phrase, kind, text, symbols) for _, kind, text in phrase.pieces]
    found: dict[tuple[Element, ...], Pattern] = {}
    for present in itertools.product((True, False), repeat=phrase.groups):
        elements: list[Element] = []
        colons: set[int] = set()
        for (group, _, text), element in zip(phrase.pieces, made, strict=True):
            if group >= 0 and not present[group]:
                continue
            if element is not None:
                elements.append(element)
            elif text == ":":
                colons.add(len(elements))
        if elements and tuple(elements) not in found:
            found[tuple(elements)] = _pattern(phrase, tuple(elements), frozenset(colons))
    return list(found.values())


def _element(phrase: Phrase, kind: str, text: str, symbols: Symbols) -> Element:
    if kind == "slot":
        return Slot(text, phrase.kinds[text])
    alternatives = [symbols(way) for way in ways(text)]
    return Word(frozenset().union(*(s for s, _ in alternatives)), max(w for _, w in alternatives))


def _pattern(phrase: Phrase, elements: tuple[Element, ...], colon: frozenset[int]) -> Pattern:
    words = [e for e in elements if isinstance(e, Word)]
    slots = [e for e in elements if isinstance(e, Slot)]
    lightest = 0.0 if any(word.weight >= 1.0 for word in words) else 1.0  # "on it" has nothing else to go by
    weights = [max(word.weight, lightest) for word in words]
    scale = sum(weights) + sum(0.5 if slot.kind == "text" else 1.0 for slot in slots)
    if any(slot.kind == "text" for slot in slots):  # it explains anything: then the words must be there
        weights = [max(weight, 0.5) * STRICT for weight in weights]
    left = iter(weights)
    weighed = [replace(e, weight=next(left)) if isinstance(e, Word) else e for e in elements]
    text_last = isinstance(elements[-1], Slot) and elements[-1].kind == "text"
    return Pattern(
        intent=phrase.intent,
        source=phrase.source,
        elements=tuple(weighed),
        scale=max(2.0, scale),
        text_last=text_last,
        colon=colon,
        kinds=frozenset(slot.kind for slot in slots),
    )
