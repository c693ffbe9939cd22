"""Phrases of the likeliest intents laid along a message: which words fill which slot, and how well it all fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.language.alignment import Alignment, align
from bot.language.candidates import candidates
from bot.language.meaning import Match, Named
from bot.language.parts import CLAUSE, SENTENCE, WHOLE, Part
from bot.language.phrases import Pattern, Slot
from bot.language.sentence import KNOWN, SHARED, Sentence
from bot.language.tongue import Tongue

PASSED_OVER = "_"  # the slot for free text that nobody asks for
ENOUGH = 0.6  # a reading that explains less is none
STEPS = 1_500  # cells of alignment per message: what bounds the work
NOISE, ROUNDED = 1e-9, 0.005 + 1e-9  # of a sum of costs, and of a fit that is ranked by two figures
FINALISTS = 4  # readings of an intent whose names are looked up by likeness
OTHER_SENTENCES, MOST_OTHERS = 0.2, 0.9  # what the sentences around the understood one cost
BARE = 1.0  # a message that is nothing but an unknown name is no question
ASKED = 0.6  # a statement with a question mark isn't one
BESIDE_TEXT = 0.8  # an unknown name could be any word, beside free text or where words are missing
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
    def fit(self) -> float:
        """How much of sentence and phrase explain each other."""
        return max(0.0, 1.0 - (self.alignment.cost + self.around) / self.pattern.scale)

    @property
    def rank(self) -> tuple[float, float, int]:
        """The better fit first, then more of it told apart, then fewer tokens left to slots."""
        return round(self.fit, 2), self.pattern.told, -sum(end - start for _, start, end in self.alignment.spans)


def readings(parts: Sequence[Part], tongue: Tongue, intents: Sequence[str]) -> Mapping[str, Reading]:
    """The best reading of each of these intents that has one."""
    best: dict[str, Reading] = {}
    found = sorted(_readings(parts, tongue, intents), key=lambda reading: reading.rank, reverse=True)
    for intent in intents:
        mine = [reading for reading in found if reading.pattern.intent.name == intent][:FINALISTS]
        if mine:
            reading = max(map(_resolved, mine), key=lambda reading: reading.rank)
            if reading.fit >= ENOUGH:
                best[intent] = reading
    return best


def named(sentence: Sentence, slot: Slot, start: int, end: int) -> Named:
    """The tool or organisation in a slot, found by likeness if need be."""
    typed = sentence.typed(start, end)
    return sentence.names.find_tool(typed) if slot.kind == "tool" else sentence.names.find_organisation(typed)


def _readings(parts: Sequence[Part], tongue: Tongue, intents: Sequence[str]) -> list[Reading]:
    """Alignments of the likeliest patterns first, until the allowance is used up; none that can't be a finalist."""
    whole = max(sum(part.sentence.weight for part in parts if part.trust == trust) for trust in (WHOLE, SENTENCE))
    asks = any(part.sentence.asks for part in parts)
    tries = [
        (share, order, pattern, part)
        for part in parts
        for share, order, pattern in candidates(part.sentence, tongue, intents, 1.0 - ENOUGH)
        if part.trust == WHOLE or not pattern.intent.brief
    ]
    tries.sort(key=lambda t: (t[0], -t[2].scale, t[1]))
    found: list[Reading] = []
    leading: dict[str, list[tuple[float, float]]] = {intent: [] for intent in intents}  # ranks, the worst first
    left = STEPS
    for share, _, pattern, part in tries:
        sentence = part.sentence
        left -= len(sentence.tokens) * len(pattern.elements)
        if left < 0:
            break
        around = _around(pattern, part, whole, asks=asks)
        most = (1.0 - ENOUGH) * pattern.scale - around
        leaders = leading[pattern.intent.name]
        if len(leaders) == FINALISTS:
            if (round(1.0 - share - around / pattern.scale + NOISE, 2), pattern.told) < leaders[0]:
                continue
            most = min(most, (1.0 - leaders[0][0] + ROUNDED) * pattern.scale - around)
        if alignment := align(pattern, sentence, most):
            found.append(Reading(pattern, sentence, alignment, around))
            leaders.append(found[-1].rank[:2])
            leaders.sort()
            del leaders[:-FINALISTS]
    return found


def _around(pattern: Pattern, part: Part, whole: float, *, asks: bool) -> float:
    asked = ASKED if pattern.intent.statement and asks and not pattern.source.endswith("?") else 0.0
    others = OTHER_SENTENCES * max(0.0, whole - part.sentence.weight)
    told_at_length = pattern.intent.whole and part.trust > CLAUSE
    return asked if told_at_length else asked + min(MOST_OTHERS, others)


def _resolved(reading: Reading) -> Reading:
    """The reading with its names looked up by likeness too."""
    cost = reading.alignment.cost
    for slot, start, end in reading.alignment.spans:
        if slot.kind in ("tool", "organisation"):
            found = named(reading.sentence, slot, start, end)
            priced = reading.sentence.slot(slot.kind, start, end)
            cost += min(0.0, RESOLVED.get(found.match, priced) - priced) + _doubt(reading, found)
    return replace(reading, alignment=replace(reading.alignment, cost=cost))


def _doubt(reading: Reading, found: Named) -> float:
    """What else it costs that a name isn't known, where the phrase says little without it."""
    if found.match not in (Match.UNKNOWN, Match.NEAR):
        return 0.0
    if len(reading.pattern.elements) == 1 and found.match is Match.UNKNOWN:
        return BARE
    return BESIDE_TEXT if reading.pattern.free else min(BESIDE_TEXT, MISSED * reading.alignment.missing)
