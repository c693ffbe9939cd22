"""Phrases of the likeliest intents laid along a message: which words fill which slot, and how well it all fits."""

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from bot.language.alignment import Alignment, align
from bot.language.candidates import candidates
from bot.language.meaning import Match, Named
from bot.language.parts import CLAUSE, SENTENCE, WHOLE, Part
from bot.language.phrases import Pattern, Slot
from bot.language.sentence import KNOWN, SHARED, Sentence
from bot.language.tongue import Tongue

NAMED = frozenset({"tool", "organisation"})
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


Rank = tuple[float, float]
NO_RANK = (-1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Try:
    """A pattern that may be laid along a sentence; `share` of its scale is what that costs at least."""

    pattern: Pattern
    sentence: Sentence
    around: float
    share: float

    @property
    def best(self) -> Rank:
        """What a reading may rank at most."""
        return round(1.0 - self.share - self.around / self.pattern.scale + NOISE, 2), self.pattern.told


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
    tries: dict[str, list[Try]] = {intent: [] for intent in intents}
    for one in _tries(parts, tongue, intents):
        tries[one.pattern.intent.name].append(one)
    best = {intent: _best(some) for intent, some in tries.items()}
    return {intent: reading for intent, reading in best.items() if reading and reading.fit >= ENOUGH}


def named(sentence: Sentence, slot: Slot, start: int, end: int) -> Named:
    """The tool or organisation in a slot, found by likeness if need be."""
    typed = sentence.typed(start, end)
    return sentence.names.find_tool(typed) if slot.kind == "tool" else sentence.names.find_organisation(typed)


def _tries(parts: Sequence[Part], tongue: Tongue, intents: Sequence[str]) -> Iterator[Try]:
    """The likeliest patterns first, until the allowance is used up."""
    whole = max(sum(part.sentence.weight for part in parts if part.trust == trust) for trust in (WHOLE, SENTENCE))
    asks = any(part.sentence.asks for part in parts)
    tries = [
        (share, -pattern.scale, order, at, pattern)
        for at, part in enumerate(parts)
        for share, order, pattern in candidates(part.sentence, tongue, intents, 1.0 - ENOUGH)
        if part.trust == WHOLE or not pattern.intent.brief
    ]
    tries.sort(key=itemgetter(0, 1, 2, 3))
    left = STEPS
    for share, _, _, at, pattern in tries:
        left -= len(parts[at].sentence.tokens) * len(pattern.elements)
        if left < 0:
            return
        yield Try(pattern, parts[at].sentence, _around(pattern, parts[at], whole, asks=asks), share)


def _best(tries: Sequence[Try], *, hopeful: bool = True) -> Reading | None:
    """The best reading of one intent, of the finalists with their names looked up.

    What can't be a finalist isn't aligned; nor, while `hopeful`, what can't beat a reading that needs no looking up.
    """
    found: list[Reading] = []
    leading: list[Rank] = []  # the finalists' ranks so far, the worst first
    sure = NO_RANK
    for one in tries:
        last = leading[0] if len(leading) == FINALISTS else NO_RANK
        if one.best < max(last, sure):
            continue
        most = (1.0 - max(ENOUGH, last[0] - ROUNDED)) * one.pattern.scale - one.around
        if alignment := align(one.pattern, one.sentence, most):
            reading = Reading(one.pattern, one.sentence, alignment, one.around)
            found.append(reading)
            insort(leading, reading.rank[:2])
            del leading[:-FINALISTS]
            if hopeful and reading.rank[:2] > sure and _is_sure(reading):
                sure = reading.rank[:2]
    finalists = sorted(found, key=lambda reading: reading.rank, reverse=True)[:FINALISTS]
    looked_up = [(_resolved(reading), reading.rank[:2]) for reading in finalists]
    best, before = max(looked_up, key=lambda one: one[0].rank, default=(None, sure))
    # One that won by a name that was looked up may be a finalist only because others were passed over.
    return best if before >= sure else _best(tries, hopeful=False)


def _is_sure(reading: Reading) -> bool:
    """Whether looking its names up changes nothing."""
    spans = [span for span in reading.alignment.spans if span[0].kind in NAMED]
    if any(reading.sentence.slot(slot.kind, start, end) > SHARED for slot, start, end in spans):
        return False
    return not spans or _resolved(reading).alignment.cost == reading.alignment.cost


def _around(pattern: Pattern, part: Part, whole: float, *, asks: bool) -> float:
    asked = ASKED if pattern.intent.statement and asks and not pattern.source.endswith("?") else 0.0
    others = OTHER_SENTENCES * max(0.0, whole - part.sentence.weight)
    told_at_length = pattern.intent.whole and part.trust > CLAUSE
    return asked if told_at_length else asked + min(MOST_OTHERS, others)


def _resolved(reading: Reading) -> Reading:
    """The reading with its names looked up by likeness too."""
    cost = reading.alignment.cost
    for slot, start, end in reading.alignment.spans:
        if slot.kind in NAMED:
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
