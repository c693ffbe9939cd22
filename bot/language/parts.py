"""A message taken apart: as a whole, by sentences, by clauses, each with what the classifier makes of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.language.fillers import Filler
from bot.language.meaning import NOTHING
from bot.language.mentions import Mentions
from bot.language.names import Names
from bot.language.sentence import Sentence
from bot.language.tokens import NONE, PAUSE, STOP, Token
from bot.language.tongue import Tongue

LONGEST_SENTENCE, MOST_SENTENCES, MOST_CLAUSES = 40, 6, 4  # tokens; what is longer is a tale, not a question
MOST_CORRECTED = 2  # sentences whose words are looked at for slips of the keyboard
DOUBTFUL = 0.5  # below it a name that may be an everyday word is tried as a name
WHOLE, SENTENCE, CLAUSE = 1.0, 0.97, 0.9  # how much a likelihood counts


@dataclass(frozen=True)
class Part:
    """A stretch of the message that may be what was meant."""

    sentence: Sentence
    trust: float

    @cached_property
    def mentions(self) -> Mentions:
        """What it names."""
        return Mentions(self.sentence)

    @cached_property
    def likelihoods(self) -> Mapping[str, float]:
        """How likely each intent is, by this part alone."""
        found = self._judged(weak=False)
        told = 1.0 - found.get(NOTHING.intent, 0.0)
        if max(found.values(), default=0.0) > DOUBTFUL < told or not any(m.weak for m in self.mentions.all):
            return found
        other = self._judged(weak=True)
        return max(found, other, key=lambda some: max((p for i, p in some.items() if i != NOTHING.intent), default=0.0))

    @property
    def empty(self) -> bool:
        """Whether it is nothing but politeness."""
        return all(filler is not Filler.NO for filler in self.sentence.filler)

    @property
    def bare(self) -> bool:
        """Whether it is nothing but a name."""
        return all(term.filler or term.word.startswith("{") for term in self.mentions.terms())

    def _judged(self, *, weak: bool) -> Mapping[str, float]:
        tongue, terms = self.sentence.tongue, self.mentions.terms(weak=weak)
        return tongue.classifier.likelihoods(tongue.speech.features(terms, asks=self.sentence.asks))


def parts_of(text: str, found: list[Token], tongue: Tongue, names: Names) -> list[Part]:
    """The message whole if it is short, then its sentences, its clauses, its questions about "it"."""

    def made(tokens: list[Token], at: int = 0) -> Sentence:
        return Sentence(text, tokens, tongue, names, misspelt=at < MOST_CORRECTED)

    if not found:
        return []
    sentences = [made(part, at) for at, part in enumerate(_sentences(found))]
    if len(found) > LONGEST_SENTENCE:
        return [Part(sentence, SENTENCE) for sentence in sentences]
    whole = sentences[0] if len(sentences) == 1 else made(found)
    clauses = [made(part) for part in _clauses(found)]
    parts = [Part(whole, WHOLE)]
    parts += [Part(sentence, SENTENCE) for sentence in sentences if len(sentences) > 1]
    if [c.tokens for c in clauses] != [s.tokens for s in sentences]:
        parts += [Part(clause, CLAUSE) for clause in clauses]
    return parts + [Part(sentence, SENTENCE) for sentence in _referring(sentences if len(sentences) > 1 else clauses)]


def _referring(spoken: Sequence[Sentence]) -> Iterator[Sentence]:
    """Questions about "it", each with the tool in its place that a sentence before them named."""
    for at, sentence in enumerate(spoken):
        its = [place for place, token in enumerate(sentence.tokens) if token.word in sentence.tongue.words.it]
        if not at or len(its) != 1 or not sentence.asks or sentence.mentioned("tool"):
            continue
        for before in reversed(spoken[:at]):
            if place := before.mentioned("tool"):
                tokens = list(sentence.tokens)
                tokens[its[0] : its[0] + 1] = [replace(t, before=NONE) for t in before.tokens[slice(*place)]]
                yield Sentence(sentence.text, tokens, sentence.tongue, sentence.names, again=True)
                break


def _clauses(found: list[Token]) -> list[list[Token]]:
    """What stands between the commas of a short message, if it has any."""
    parts = _cut(found, PAUSE)
    return parts if 1 < len(parts) <= MOST_CLAUSES else []


def _sentences(found: list[Token]) -> list[list[Token]]:
    return _cut(found, STOP)[:MOST_SENTENCES]


def _cut(found: list[Token], mark: int) -> list[list[Token]]:
    parts: list[list[Token]] = []
    for token in found:
        if not parts or token.before >= mark or len(parts[-1]) >= LONGEST_SENTENCE:
            parts.append([])
        parts[-1].append(token)
    return parts
