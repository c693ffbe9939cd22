"""The ways a message may be read: the likeliest phrases laid along its sentences, best first."""

from dataclasses import dataclass, replace

from bot.language.alignment import Alignment, align
from bot.language.candidates import candidates
from bot.language.meaning import Match, Named
from bot.language.phrases import Pattern, Slot
from bot.language.sentence import KNOWN, SHARED, Sentence
from bot.language.tongue import Tongue

PASSED_OVER = "_"  # the slot for free text that nobody asks for
ENOUGH = 0.6  # a reading that explains less is none
STEPS = 6_000  # cells of alignment per message: what bounds the work
FINALISTS = 6  # readings whose names are looked up by likeness
OTHER_SENTENCES, MOST_OTHERS = 0.2, 0.9  # what the sentences around the understood one cost
BARE = 1.0  # a message that is nothing but an unknown name is no question
ASKED = 0.6  # a statement with a question mark isn't one
BESIDE_TEXT = 0.8  # an unknown name could be any word, beside free text or where words are missing
NAMELESS = 0.4  # a problem told in any words that names no tool may be about anything
MISSED = 1.2  # per weight of the words that are missing
RESOLVED = {Match.EXACT: KNOWN, Match.AMBIGUOUS: SHARED, Match.TYPO: 0.1, Match.NEAR: 0.4}


@dataclass(frozen=True)
class Reading:
    """One pattern laid along one sentence; `around` is the cost of what the phrase says nothing about."""

    pattern: Pattern
    sentence: Sentence
    alignment: Alignment
    around: float

    @property
    def certainty(self) -> float:
        """How much of sentence and phrase explain each other."""
        return max(0.0, 1.0 - (self.alignment.cost + self.around) / self.pattern.scale)

    @property
    def rank(self) -> tuple[float, float, int]:
        """Surer first, then more of it told apart, then fewer tokens left to slots."""
        told = len(self.pattern.elements) - 0.5 * self.pattern.free
        return round(self.certainty, 2), told, -sum(end - start for _, start, end in self.alignment.spans)


def best_reading(sentences: list[Sentence], tongue: Tongue, *, statements: bool = False) -> Reading | None:
    """The reading that explains most, if it explains enough; perhaps only of `statements`."""
    found = sorted(_readings(sentences, tongue, statements), key=lambda reading: reading.rank, reverse=True)
    weighed = [_resolved(reading) for reading in found[:FINALISTS]]
    best = max(weighed, key=lambda reading: reading.rank, default=None)
    return best if best is not None and best.certainty >= ENOUGH else None


def named(sentence: Sentence, slot: Slot, start: int, end: int) -> Named:
    """The tool or organisation in a slot, found by likeness if need be."""
    typed = sentence.typed(start, end)
    return sentence.names.find_tool(typed) if slot.kind == "tool" else sentence.names.find_organisation(typed)


def _readings(sentences: list[Sentence], tongue: Tongue, statements: bool) -> list[Reading]:
    """Alignments of the likeliest patterns first, until the allowance is used up."""
    spoken = [s.weight for s in sentences if not s.again]
    total = sum(spoken) if statements else max(spoken[0], sum(spoken[1:])) if spoken else 0.0
    asks = any(s.asks for s in sentences)
    tries = [
        (share, order, pattern, sentence)
        for sentence in sentences
        for share, order, pattern in candidates(sentence, tongue, 1.0 - ENOUGH)
        if pattern.intent.statement or not statements
    ]
    tries.sort(key=lambda t: (t[0], -t[2].scale, t[1]))
    found: list[Reading] = []
    left = STEPS
    for _, _, pattern, sentence in tries:
        left -= len(sentence.tokens) * len(pattern.elements)
        if left < 0:
            break
        around = _around(pattern, sentence, total, asks=asks)
        if alignment := align(pattern, sentence, (1.0 - ENOUGH) * pattern.scale - around):
            found.append(Reading(pattern, sentence, alignment, around))
    return found


def _around(pattern: Pattern, sentence: Sentence, total: float, *, asks: bool) -> float:
    asked = ASKED if pattern.intent.statement and asks else 0.0
    others = OTHER_SENTENCES * max(0.0, total - sentence.weight)
    return asked if pattern.intent.whole else asked + min(MOST_OTHERS, others)


def _resolved(reading: Reading) -> Reading:
    """The reading with its names looked up by likeness too."""
    cost = reading.alignment.cost + _nameless(reading)
    for slot, start, end in reading.alignment.spans:
        if slot.kind in ("tool", "organisation"):
            found = named(reading.sentence, slot, start, end)
            priced = reading.sentence.slot(slot.kind, start, end)
            cost += min(0.0, RESOLVED.get(found.match, priced) - priced) + _doubt(reading, found)
    return replace(reading, alignment=replace(reading.alignment, cost=cost))


def _nameless(reading: Reading) -> float:
    """What it costs that a problem in any words ("how do I …") names no tool."""
    pattern = reading.pattern
    passed = any(isinstance(e, Slot) and e.name == PASSED_OVER for e in pattern.elements)
    if not (pattern.intent.whole and passed) or "tool" in pattern.kinds or reading.sentence.mentioned("tool"):
        return 0.0
    return NAMELESS


def _doubt(reading: Reading, found: Named) -> float:
    """What else it costs that a name isn't known, where the phrase says little without it."""
    if found.match not in (Match.UNKNOWN, Match.NEAR):
        return 0.0
    if len(reading.pattern.elements) == 1 and found.match is Match.UNKNOWN:
        return BARE
    return BESIDE_TEXT if reading.pattern.free else min(BESIDE_TEXT, MISSED * reading.alignment.missing)
