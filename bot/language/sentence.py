"""One sentence laid out for alignment: what a token may stand for, what a stretch costs as a slot."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import inf
from typing import TypeVar

from bot.language.fillers import Filler
from bot.language.names import Names
from bot.language.stretches import STRETCHES, belongs, tells
from bot.language.tokens import COLON, NONE, STOP, Token
from bot.language.tongue import Tongue

_NUMBER = re.compile(r"#?\d{1,9}")
_DATED = re.compile(r"(?:19|20)\d\d(?:[-/.]\d{1,2}){0,2}|'?\d\ds?|(?:19|20)\d\ds|\d{1,2}(?:st|nd|rd|th)?")

KNOWN, SHARED = 0.0, 0.05  # a name that is in the register, or several's
UNKNOWN = {"tool": 0.55, "organisation": 0.8, "region": 0.25, "category": 0.2, "words": 0.1}
LONGEST = {
    "tool": 6, "organisation": 8, "region": 6, "category": 5, "number": 1, "since": 5, "words": 6,
    "person": 4, "title": 8, "days": 14, "hours": 24, "count": 1,
}  # fmt: skip
PER_WORD, PER_FIXED_WORD, PER_PAUSE = 0.2, 0.3, 0.5  # an unknown name that is long, or not like a name
NOT_A_CATEGORY = 1.0  # a council's tools aren't tools for something
NOT_A_NAME = 0.5  # nothing but words of the language: "it", "someone else"
TITLE, POLITE = 0.05, 0.02  # what somebody calls a thing may be any words; but "please" rather isn't one of them

Found = TypeVar("Found", tuple[tuple[int, int], str], tuple[tuple[int, int], list[str]])


class Sentence:
    """A stretch of a message's tokens. Costs are worked out when asked for, and kept."""

    def __init__(
        self, text: str, tokens: list[Token], tongue: Tongue, names: Names, misspelt: bool = True, again: bool = False
    ) -> None:
        self.text, self.tokens, self.names, self.tongue = text, tokens, names, tongue
        words = [token.word for token in tokens]
        self.filler = tongue.fillers(words)
        said = list(zip(words, self.filler, strict=True))
        self.again = again  # a question repeated with the name that its "it" stands for
        self.asks = again or Filler.ASKING in self.filler or "?" in text[tokens[-1].end : tokens[-1].end + 4]
        sealed = not all(self.filler)  # where there is nothing else, a politeness is all that was meant
        self.meanings = [{} if sealed and f is Filler.SEALED else tongue.meanings(w, misspelt) for w, f in said]
        self.skip = [tongue.weight(word, filler) for word, filler in said]
        self.weight = sum(self.skip)
        self.shouted = text.isupper()
        self.places: dict[str, int] = {}  # for each word and family, the tokens that may stand for it, as bits
        for at, meanings in enumerate(self.meanings):
            for symbol in meanings:
                self.places[symbol] = self.places.get(symbol, 0) | 1 << at
        self._closeness: dict[frozenset[str], Sequence[tuple[int, float]]] = {}
        self._named: dict[str, Mapping[tuple[int, int], list[str]]] = {}
        self._terms: dict[str, Mapping[tuple[int, int], str]] = {}
        self._slots: dict[tuple[str, int, int], float] = {}
        self._costs: dict[tuple[str, int], list[float]] = {}
        self._pricers: dict[str, Callable[[int, int], float]] = {
            "number": self._number,
            "since": self._since,
            "person": self._person,
            "title": self._title,
            "text": lambda start, end: 0.05,
            **{kind: partial(self._stretch, kind) for kind in STRETCHES},
        }

    def closeness(self, symbols: frozenset[str]) -> Sequence[tuple[int, float]]:
        """The tokens that may stand for this word, each with what that costs."""
        if (found := self._closeness.get(symbols)) is None:
            mine = [symbol for symbol in symbols if symbol in self.places]
            rows = ((at, [m[s] for s in mine if s in m]) for at, m in enumerate(self.meanings)) if mine else ()
            found = self._closeness[symbols] = [(at, min(costs)) for at, costs in rows if costs]
        return found

    def has(self, kind: str) -> bool:
        """Whether any token begins something for a slot of this kind, one that not every word fits."""
        if kind.startswith("="):
            return any(words[0] in self.places for words in self.tongue.choices[kind])
        return any(self.slot(kind, at, at + 1) < inf for at in range(len(self.tokens)))

    def longest(self, kind: str) -> int:
        """The most tokens that such a slot may hold."""
        return LONGEST.get(kind, 4)

    def slot(self, kind: str, start: int, end: int) -> float:
        """The cost of taking the tokens from `start` to `end` for such a slot."""
        at = (kind, start, end)
        if at not in self._slots:
            self._slots[at] = self._price(kind, start, end)
        return self._slots[at]

    def slots(self, kind: str, start: int, longest: int) -> list[float]:
        """The costs of taking one token from `start` for such a slot, two, and so on."""
        if (costs := self._costs.get((kind, start))) is None:
            ends = range(start + 1, min(len(self.tokens), start + longest) + 1)
            costs = self._costs[kind, start] = [self.slot(kind, start, end) for end in ends]
        return costs

    def capital(self, at: int) -> bool:
        """Whether a capital letter marks this word as a name; the first word of a sentence has one anyway."""
        token = self.tokens[at]
        typed = self.text[token.start : token.end]
        if any(letter.isupper() for letter in typed[1:]):
            return not self.shouted
        told = self.tongue.capitals_tell and at > 0 and token.before != STOP
        return told and typed[:1].isupper() and len(typed) > 1

    def typed(self, start: int, end: int) -> str:
        """The tokens as they were typed, with what stood between them."""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    def known(self, kind: str, start: int, end: int) -> list[str]:
        """The ids of those with exactly this name; a stretch of small words is never a name."""
        return self.named(kind).get((start, end), [])

    def named(self, kind: str) -> Mapping[tuple[int, int], list[str]]:
        """The stretches that are exactly the name of a tool or organisation, the longest first, with the ids."""
        if kind not in self._named:
            self._named[kind] = dict(_longest_first(self._found_names(kind)))
        return self._named[kind]

    def _found_names(self, kind: str) -> Iterator[tuple[tuple[int, int], list[str]]]:
        index = self.names.tool_index if kind == "tool" else self.names.organisation_index
        small = [cost < 1.0 and not token.word.isupper() for cost, token in zip(self.skip, self.tokens, strict=True)]
        may_name = [all(map(index.may_name, token.name)) for token in self.tokens]
        for start, end in _stretches(may_name, LONGEST[kind]):
            words = tuple(word for token in self.tokens[start:end] for word in token.name)
            if words and not all(small[start:end]) and (ids := index.exactly(words)):
                yield (start, end), ids

    def mentioned(self, kind: str) -> tuple[int, int] | None:
        """Where the longest known name of this kind stands, if one does."""
        return next(iter(self.named(kind)), None)

    def _price(self, kind: str, start: int, end: int) -> float:
        if kind.startswith("="):
            words = tuple(token.word for token in self.tokens[start:end])
            return 0.0 if words in self.tongue.choices[kind] else inf
        if kind in self._pricers:
            return self._pricers[kind](start, end)
        if (cost := self._in_register(kind, start, end)) is not None:
            return cost
        return UNKNOWN[kind] + PER_WORD * (end - start - 1) + self._unlike_a_name(start, end)

    def _in_register(self, kind: str, start: int, end: int) -> float | None:
        if kind in ("tool", "organisation"):
            found = self.known(kind, start, end)
            return None if not found else KNOWN if len(found) == 1 else SHARED
        if kind == "category" and self.known("organisation", start, end):
            return NOT_A_CATEGORY
        return KNOWN if kind in ("region", "category") and self.term(kind, start, end) else None

    def term(self, kind: str, start: int, end: int) -> str:
        """The region or category that these tokens are, as the register writes it; empty if they are none."""
        return self.terms(kind).get((start, end), "")

    def terms(self, kind: str) -> Mapping[tuple[int, int], str]:
        """The stretches that are a region or category, the longest first, as the register writes them."""
        if kind not in self._terms:
            self._terms[kind] = dict(_longest_first(self._found_terms(kind)))
        return self._terms[kind]

    def _found_terms(self, kind: str) -> Iterator[tuple[tuple[int, int], str]]:
        terms = self.tongue.terms
        may_be = [terms.may_have(kind, self.typed(at, at + 1), self.names) for at in range(len(self.tokens))]
        for start, end in _stretches(may_be, LONGEST[kind]):
            known = terms.canonical(kind, self.typed(start, end), self.names)
            if known and not self._goes_on(start, end):
                yield (start, end), known

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether a stretch that begins with "the" goes on after it: "the east" is a region, "the east wing" none."""
        if self.skip[start] >= 1.0 or end == len(self.tokens) or self.tokens[end].before != NONE:
            return False
        return self.skip[end] >= 1.0 and not self.filler[end] and "~council" not in self.meanings[end]

    def _unlike_a_name(self, start: int, end: int) -> float:
        lexicon = self.tongue.lexicon
        cost = NOT_A_NAME if all(token.word in lexicon for token in self.tokens[start:end]) else 0.0
        for at in range(start, end):
            if self.filler[at] or self.tokens[at].word in lexicon:
                cost += PER_FIXED_WORD
            if at > start and self.tokens[at].before != NONE:
                cost += PER_PAUSE
        return cost

    def _number(self, start: int, end: int) -> float:
        return 0.0 if _NUMBER.fullmatch(self.tokens[start].word) else inf

    def _person(self, start: int, end: int) -> float:
        """Any words that aren't the language's own: "@ana:leeds.example", "Ana Jones"."""
        cost = 0.0
        for at in range(start, end):
            word = self.tokens[at].word
            if _NUMBER.fullmatch(word) or (at > start and self.tokens[at].before >= COLON):
                return inf
            cost += NOT_A_NAME if word in self.tongue.lexicon and not self.capital(at) else 0.0
        return cost

    def _title(self, start: int, end: int) -> float:
        """Any words up to a colon or the sentence's end."""
        if any(self.tokens[at].before >= COLON for at in range(start + 1, end)):
            return inf
        return TITLE + POLITE * sum(map(bool, self.filler[start:end]))

    def _since(self, start: int, end: int) -> float:
        words = [token.word for token in self.tokens[start:end]]
        dated = [_DATED.fullmatch(word) is not None for word in words]
        if not all(d or word in self.tongue.dates for d, word in zip(dated, words, strict=True)):
            return inf
        return 0.0 if any(dated) else 0.1

    def _stretch(self, kind: str, start: int, end: int) -> float:
        """Days, hours or a number: words that tell of them, and such as stand beside them."""
        words, language = [token.word for token in self.tokens[start:end]], self.tongue.language
        if not all(belongs(kind, word, language) for word in words):
            return inf
        return 0.0 if any(tells(kind, word, language) for word in words) else inf

    def after_colon(self, at: int) -> bool:
        """Whether a colon stands before this token, or what serves as one: "help! …"."""
        return at < len(self.tokens) and self.tokens[at].before in (COLON, STOP)


def _stretches(fitting: Sequence[bool], longest: int) -> Iterator[tuple[int, int]]:
    """Every stretch of so many tokens at most that all fit."""
    for start in range(len(fitting)):
        for end in range(start, min(len(fitting), start + longest)):
            if not fitting[end]:
                break
            yield start, end + 1


def _longest_first(found: Iterable[Found]) -> list[Found]:
    return sorted(found, key=lambda one: (one[0][0] - one[0][1], one[0][0]))
