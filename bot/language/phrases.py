"""Example phrases as patterns: `who uses {tool} (in {region})` has an optional group, `a/b` alternatives."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.language.keys import fold
from bot.language.vocabulary import BrokenVocabulary, Intent, Vocabulary

_PIECE = re.compile(r"\{(?P<slot>[^{}]*)\}|(?P<open>\()|(?P<close>\))|(?P<mark>[:,?!.]+)|(?P<word>[^\s{}():,?!]+)")
STRICT = 2.0  # how much more a missing word costs beside free text
MOST_GROUPS = 4  # optional groups in a phrase: each doubles the patterns


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
    asked: bool  # the phrase ends with a question mark
    demands: tuple[tuple[frozenset[str], float], ...]  # its words' symbols and weights, the heaviest first
    kinds: frozenset[str]  # of its slots

    @property
    def free(self) -> int:
        """How many of its slots take any text."""
        return sum(isinstance(e, Slot) and e.kind == "text" for e in self.elements)


Symbols = Callable[[str], tuple[frozenset[str], float]]
Expand = Callable[[str], tuple[str, ...]]


def patterns(vocabulary: Vocabulary, intent: Intent, phrase: str, symbols: Symbols, expand: Expand) -> list[Pattern]:
    """Every pattern of a phrase, one for each choice of its optional groups."""
    where = f"{vocabulary.source}: intent {intent.name!r}, phrase {phrase!r}"
    pieces, groups = _pieces(phrase, where, expand)
    found: dict[tuple[Element, ...], Pattern] = {}
    for present in itertools.product((True, False), repeat=groups):
        kept = [(kind, text) for group, kind, text in pieces if group < 0 or present[group]]
        elements: list[Element] = []
        colons: set[int] = set()
        for kind, text in kept:
            if kind == "mark":
                colons |= {len(elements)} if text == ":" else set()
            else:
                elements.append(_element(vocabulary, kind, text, symbols, where))
        if elements:
            found.setdefault(tuple(elements), _pattern(intent, phrase, tuple(elements), frozenset(colons)))
    if not found:
        raise BrokenVocabulary(f"{where}: has no words")
    return list(found.values())


def _pieces(phrase: str, where: str, expand: Expand) -> tuple[list[tuple[int, str, str]], int]:
    pieces: list[tuple[int, str, str]] = []
    group, groups, end = -1, 0, 0
    for match in _PIECE.finditer(phrase):
        if phrase[end : match.start()].strip():
            raise BrokenVocabulary(f"{where}: has a bracket without its partner")
        end = match.end()
        kind = str(match.lastgroup)
        if kind in ("open", "close"):
            if (kind == "open") != (group < 0):
                raise BrokenVocabulary(f"{where}: has a bracket without its partner")
            group, groups = (groups, groups + 1) if kind == "open" else (-1, groups)
        else:
            parts = expand(match.group(kind)) if kind == "word" else (match.group(kind),)
            pieces.extend((group, kind, part) for part in parts)
    if group >= 0 or phrase[end:].strip():
        raise BrokenVocabulary(f"{where}: has a bracket without its partner")
    if groups > MOST_GROUPS:
        raise BrokenVocabulary(f"{where}: has more than {MOST_GROUPS} optional groups")
    return pieces, groups


def _element(vocabulary: Vocabulary, kind: str, text: str, symbols: Symbols, where: str) -> Element:
    if kind == "slot":
        choice = f"={vocabulary.source}#{text}" if text in vocabulary.values else ""
        slot = choice or vocabulary.slots.get(text)
        if not slot:
            known = ", ".join(sorted({*vocabulary.slots, *vocabulary.values}))
            raise BrokenVocabulary(f"{where}: has the unknown slot {{{text}}}; known are {known}")
        return Slot(text, slot)
    alternatives = [symbols(fold(word)) for word in text.split("/") if word]
    if not alternatives:
        raise BrokenVocabulary(f"{where}: has a / without words")
    return Word(frozenset().union(*(s for s, _ in alternatives)), max(w for _, w in alternatives))


def _pattern(intent: Intent, phrase: str, elements: tuple[Element, ...], colon: frozenset[int]) -> Pattern:
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
        intent=intent,
        source=phrase,
        elements=tuple(weighed),
        scale=max(2.0, scale),
        text_last=text_last,
        colon=colon,
        asked=phrase.rstrip().endswith("?"),
        demands=tuple(
            sorted(((e.symbols, e.weight) for e in weighed if isinstance(e, Word)), key=lambda word: -word[1])
        ),
        kinds=frozenset(slot.kind for slot in slots),
    )
