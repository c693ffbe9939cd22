"""Understanding by tell-tale words when no phrase fits: a "who", a "use" and a known tool are a question."""

from bot.language.alignment import Alignment
from bot.language.phrases import Pattern, Slot, Word
from bot.language.readings import ENOUGH, Reading
from bot.language.sentence import Sentence
from bot.language.tongue import Tongue

BY_EVIDENCE = 0.74  # never as sure as a phrase
PER_STRAY_WORD = 0.02
PER_WORD_TOLD = 0.01  # of two, the one that says more
MOST_SENTENCES = 3


def evident(sentences: list[Sentence], tongue: Tongue) -> tuple[Reading, float] | None:
    """The intent whose tell-tale words are all there, in any order, and how sure that is."""
    best: tuple[Reading, float] | None = None
    for sentence in sentences[:MOST_SENTENCES]:
        for pattern in tongue.evidence:
            found = _found(pattern, sentence)
            if found and (best is None or found[1] > best[1]):
                best = found
    return best


def _found(pattern: Pattern, sentence: Sentence) -> tuple[Reading, float] | None:
    if (sentence.asks and pattern.intent.statement) or (pattern.asked and not sentence.asks):
        return None
    spans: list[tuple[Slot, int, int]] = []
    told: set[int] = set()
    for element in pattern.elements:
        if isinstance(element, Word):
            row = sentence.closeness(element.symbols)
            if row is None:
                return None
            told.add(min(range(len(row)), key=row.__getitem__))
        elif place := sentence.mentioned(element.kind):
            spans.append((element, *place))
            told.update(range(*place))
        else:
            return None
    if pattern.intent.statement and any(
        token.word in sentence.tongue.negations for at, token in enumerate(sentence.tokens) if at not in told
    ):
        return None
    stray = sum(cost for at, cost in enumerate(sentence.skip) if at not in told)
    certainty = BY_EVIDENCE - PER_STRAY_WORD * stray + PER_WORD_TOLD * len(pattern.elements)
    if certainty < ENOUGH:
        return None
    return Reading(pattern, sentence, Alignment(0.0, tuple(spans)), 0.0), certainty
