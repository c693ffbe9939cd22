"""What the classifier learns from: each example phrase spelt out a few ways, and the chatter that means nothing."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bot.language.classifier import Example
from bot.language.features import Speech, Term
from bot.language.meaning import NOTHING
from bot.language.phrases import Phrase, ways

VARIANTS, MOST_VARIANTS = 2, 4  # of a phrase that has optional groups, alternatives or slots
UNKNOWN = "{?}"
NAMED = {"tool": 0.8, "organisation": 0.75, "region": 0.7, "category": 0.6}  # how often a name is one we know
ASKED = 0.4  # how often somebody puts a question mark where it belongs
LONGEST_TEXT = 8  # words of free text
LONGEST_TITLE = 3  # words of what somebody calls a thing
COUNCIL = 0.2  # how often a council stands where a person would
PLACES = frozenset({"number", "since"})
_SAMPLE = ("{?}", "the {?}")

Mark = Callable[[Sequence[str]], list[bool]]  # for each word whether it is a politeness


class Examples:
    """Spells phrases out, always the same way."""

    def __init__(
        self,
        speech: Speech,
        mark: Mark,
        texts: Sequence[Sequence[str]],
        choices: Mapping[str, Mapping[tuple[str, ...], str]],
        stretches: Mapping[str, Sequence[Sequence[str]]],
    ) -> None:
        self._speech, self._mark = speech, mark
        self._choices = {kind: list(words) for kind, words in choices.items()}
        self._texts = texts or [text.split() for text in _SAMPLE]
        self._stretches = {kind: [tuple(map(_as_met, words)) for words in some] for kind, some in stretches.items()}
        self._chance = random.Random(1)

    def of(self, phrases: Iterable[Phrase], chatter: Sequence[Sequence[str]]) -> Iterator[Example]:
        """Examples of every intent, `none` among them."""
        for phrase in phrases:
            seen: set[tuple[str, ...]] = set()
            for turn in range(turns(phrase)):
                spelt = tuple(self._spelt(phrase, turn))
                if spelt and spelt not in seen:
                    seen.add(spelt)
                    asked = phrase.source.rstrip().endswith("?") or self._chance.random() < ASKED
                    asks = asked and not phrase.intent.statement
                    yield self._example(spelt, phrase.intent.name, asks=asks)
        counts = Counter(word for words in chatter for word in set(words))
        for words in chatter:
            for rare in (False, True):  # once more with its rare words unknown: chatter may be about anything
                told = [self._vague(word) if not rare or counts[word] > 1 else UNKNOWN for word in words]
                yield self._example(told, NOTHING.intent, asks=not rare and "?" in words)

    def _example(self, words: Sequence[str], intent: str, *, asks: bool) -> Example:
        said = [word for word in merged(words) if word != "?"]
        fillers = self._mark(said)
        terms = [Term(word, filler) for word, filler in zip(said, fillers, strict=True)]
        return Example(self._speech.features(terms, asks=asks), intent)

    def _spelt(self, phrase: Phrase, turn: int) -> Iterator[str]:
        present = [turn > 0 and self._chance.random() < 0.5 for _ in range(phrase.groups)]
        if phrase.groups and turn > 0 and not any(present):
            present[turn % phrase.groups] = True
        for group, kind, text in phrase.pieces:
            if group >= 0 and not present[group]:
                continue
            if kind == "slot":
                yield from self._filling(phrase, text, turn)
            elif kind == "word":
                said = ways(text)
                yield said[turn] if turn < len(said) else self._chance.choice(said)

    def _filling(self, phrase: Phrase, slot: str, turn: int) -> Sequence[str]:
        kind = phrase.kinds[slot]
        if kind in self._choices:
            return self._chance.choice(self._choices[kind])
        if kind in NAMED:
            known = turn == 0 or self._chance.random() < NAMED[kind]
            return (f"{{{kind}}}" if known else UNKNOWN,)
        if kind in self._stretches:
            return self._chance.choice(self._stretches[kind] or [(UNKNOWN,)])
        if kind == "person":
            return ("{organisation}" if self._chance.random() < COUNCIL else UNKNOWN,)
        if kind in PLACES:
            return (f"{{{kind}}}",)
        text = self._chance.choice(self._texts)
        if kind == "title":
            return text[: self._chance.randint(1, LONGEST_TITLE)]
        return text[: self._chance.randint(1, LONGEST_TEXT)] if slot == "_" else text[:LONGEST_TEXT]

    def _vague(self, word: str) -> str:
        kind = word.strip("{}")
        if kind == word or kind not in NAMED:
            return word
        return word if self._chance.random() < NAMED[kind] else UNKNOWN


def _as_met(word: str) -> str:
    """A word of days or hours as it is met in a message: figures may be any."""
    if word.isdigit():
        return "{since}" if len(word) == 4 else "{number}"
    return UNKNOWN if any(letter.isdigit() for letter in word) else word


def turns(phrase: Phrase) -> int:
    """How often a phrase is spelt out: enough for each alternative, within bounds."""
    most = max((len(ways(text)) for _, kind, text in phrase.pieces if kind == "word"), default=1)
    return min(MOST_VARIANTS, max(VARIANTS, most))


def merged(words: Iterable[str]) -> list[str]:
    """Unknown words beside each other count as one."""
    kept: list[str] = []
    for word in words:
        if word != UNKNOWN or kept[-1:] != [UNKNOWN]:
            kept.append(word)
    return kept
