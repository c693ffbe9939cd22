"""Phrases of the likeliest intents laid along a message: which words fill which slot, and how well it all fits."""

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
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
Try = tuple[float, float, int, int, Pattern]  # its least share of cost, its scale, its place, the part it is laid along


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


class Contest:
    """The readings of one intent. What can't be a finalist is kept out; and, while `hopeful`, what can't beat one that
    needs no looking up.
    """

    def __init__(self, *, hopeful: bool = True) -> None:
        self._hopeful = hopeful
        self._found: list[Reading] = []
        self._leading: list[Rank] = []  # the finalists' ranks so far, the worst first
        self._sure = NO_RANK
        self.farthest = 1.0  # the share of a pattern's scale that it may cost at least, to be tried

    def most(self, pattern: Pattern, share: float, around: float) -> float:
        """What the pattern may cost; below 0 if it needn't be tried."""
        last = self._last
        if (round(1.0 - share - around / pattern.scale + NOISE, 2), pattern.told) < max(last, self._sure):
            return -1.0
        return (1.0 - max(ENOUGH, last[0] - ROUNDED)) * pattern.scale - around

    def enter(self, reading: Reading) -> None:
        """One more."""
        rank = reading.rank[:2]
        self._found.append(reading)
        insort(self._leading, rank)
        del self._leading[:-FINALISTS]
        if self._hopeful and rank > self._sure and _is_sure(reading):
            self._sure = rank
        self.farthest = 1.0 - max(self._last, self._sure)[0] + ROUNDED

    @property
    def _last(self) -> Rank:
        return self._leading[0] if len(self._leading) == FINALISTS else NO_RANK

    @cached_property
    def _winner(self) -> tuple[Reading | None, Rank]:
        """The best of the finalists with their names looked up, and its rank before."""
        finalists = sorted(self._found, key=lambda reading: reading.rank, reverse=True)[:FINALISTS]
        looked_up = [(_resolved(reading), reading.rank[:2]) for reading in finalists]
        return max(looked_up, key=lambda one: one[0].rank, default=(None, NO_RANK))

    @property
    def best(self) -> Reading | None:
        """The winner."""
        return self._winner[0]

    @property
    def doubtful(self) -> bool:
        """Whether it won by a name that was looked up, and was perhaps a finalist only because others were kept out."""
        return self._winner[1] < self._sure


def readings(parts: Sequence[Part], tongue: Tongue, intents: Sequence[str]) -> Mapping[str, Reading]:
    """The best reading of each of these intents that has one."""
    tries = _tries(parts, tongue, intents)
    contests = _held(tries, parts, {intent: Contest() for intent in intents})
    again = {intent: Contest(hopeful=False) for intent, contest in contests.items() if contest.doubtful}
    contests |= _held(tries, parts, again) if again else {}
    best = {intent: contest.best for intent, contest in contests.items()}
    return {intent: reading for intent, reading in best.items() if reading and reading.fit >= ENOUGH}


def named(sentence: Sentence, slot: Slot, start: int, end: int) -> Named:
    """The tool or organisation in a slot, found by likeness if need be."""
    typed = sentence.typed(start, end)
    return sentence.names.find_tool(typed) if slot.kind == "tool" else sentence.names.find_organisation(typed)


def _tries(parts: Sequence[Part], tongue: Tongue, intents: Sequence[str]) -> list[Try]:
    """The patterns that may fit, the likeliest first."""
    tries = [
        (share, -pattern.scale, order, at, pattern)
        for at, part in enumerate(parts)
        for share, order, pattern in candidates(part.sentence, tongue, intents, 1.0 - ENOUGH)
        if part.trust == WHOLE or not pattern.intent.brief
    ]
    tries.sort(key=itemgetter(0, 1, 2, 3))
    return tries


def _held(tries: Sequence[Try], parts: Sequence[Part], contests: dict[str, Contest]) -> dict[str, Contest]:
    """The contests, once every pattern that may win was tried, or the allowance is used up."""
    whole = max(sum(part.sentence.weight for part in parts if part.trust == trust) for trust in (WHOLE, SENTENCE))
    asks = any(part.sentence.asks for part in parts)
    left, farthest = STEPS, 1.0
    for share, _, _, at, pattern in tries:
        sentence = parts[at].sentence
        left -= len(sentence.tokens) * len(pattern.elements)
        if left < 0 or share > farthest:
            break
        contest = contests.get(pattern.intent.name)
        if contest is None or share > contest.farthest:
            continue
        around = _around(pattern, parts[at], whole, asks=asks)
        if (most := contest.most(pattern, share, around)) >= 0 and (alignment := align(pattern, sentence, most)):
            contest.enter(Reading(pattern, sentence, alignment, around))
            farthest = max(contest.farthest for contest in contests.values())
    return contests


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
