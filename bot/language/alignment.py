"""Laying an example phrase along a sentence at the least cost, as a spelling checker does with letters."""

from dataclasses import dataclass
from math import inf

from bot.language.phrases import Element, Pattern, Slot, Word
from bot.language.sentence import Sentence

_SKIPPED, _MISSING = -1, -2
NO_COLON = 0.3  # the phrase has a colon and the sentence has none there
TAIL = 0.3  # what it costs that a message goes on after a phrase of an intent that keeps it whole
SURELY = 0.2  # a slot that costs less needs no colon to say where it ends


Spans = tuple[tuple[Slot, int, int], ...]


@dataclass(frozen=True)
class Alignment:
    """What the phrase leaves unexplained, and which tokens each slot got."""

    cost: float
    spans: Spans
    missing: float = 0.0  # the weight of the words that the sentence hasn't


def align(pattern: Pattern, sentence: Sentence, most: float) -> Alignment | None:
    """The cheapest alignment, or None if every one costs more than `most`."""
    row = [0.0]
    for cost in sentence.skip:
        row.append(row[-1] + cost)
    steps: list[list[int]] = []
    for place, element in enumerate(pattern.elements, start=1):
        row, step = _advance(element, row, sentence, most)
        if place in pattern.colon and isinstance(element, Slot) and element.kind == "title":
            row = [cost if sentence.after_colon(at) else cost + NO_COLON for at, cost in enumerate(row)]
        if min(row) > most:
            return None
        steps.append(step)
    cost, end = row[-1], len(sentence.tokens)
    if pattern.intent.whole:  # a problem told at length goes on after the phrase
        end = min(range(len(row)), key=lambda at: row[at] + (TAIL if at < len(row) - 1 else 0.0))
        cost = row[end] + (TAIL if end < len(row) - 1 else 0.0)
    if cost > most:
        return None
    spans, words = _trace(pattern, steps, end)
    if pattern.colon:
        cost += _colons(pattern, sentence, spans, words)
    worded = words or all(isinstance(element, Slot) for element in pattern.elements)
    places = enumerate(pattern.elements, start=1)
    missing = sum(e.weight for at, e in places if isinstance(e, Word) and at not in words)
    return Alignment(cost, spans, missing) if worded and cost <= most else None


def _advance(element: Element, row: list[float], sentence: Sentence, most: float) -> tuple[list[float], list[int]]:
    """One more element of the phrase: `row[i]` is the least cost of having read i tokens by then."""
    if isinstance(element, Word):
        new, step = _word(element, row, sentence)
    elif element.kind == "text":
        new, step = _text(row, sentence)
    else:
        new, step = _slot(element, row, sentence, most)
    before = new[0]
    for at, cost in enumerate(sentence.skip, start=1):
        if (skipped := before + cost) < new[at]:
            new[at], step[at] = skipped, _SKIPPED
        before = new[at]
    return new, step


def _word(element: Word, row: list[float], sentence: Sentence) -> tuple[list[float], list[int]]:
    weight = element.weight
    new = [cost + weight for cost in row]
    step = [_MISSING] * len(row)
    for at, cost in sentence.closeness(element.symbols):
        if (taken := row[at] + cost) <= new[at + 1]:
            new[at + 1], step[at + 1] = taken, at
    return new, step


def _text(row: list[float], sentence: Sentence) -> tuple[list[float], list[int]]:
    """Free text may be as long as it likes, so only its best beginning is carried along."""
    new, step = [inf] * len(row), [_SKIPPED] * len(row)
    best, start = inf, 0
    for at in range(1, len(row)):
        if row[at - 1] < best:
            best, start = row[at - 1], at - 1
        new[at], step[at] = best + sentence.slot("text", start, at), start
    return new, step


def _slot(element: Slot, row: list[float], sentence: Sentence, most: float) -> tuple[list[float], list[int]]:
    new, step = [inf] * len(row), [_SKIPPED] * len(row)
    kind, longest = element.kind, sentence.longest(element.kind)
    for start, before in enumerate(row[:-1]):
        if before > most:
            continue
        for end, cost in enumerate(sentence.slots(kind, start, longest), start=start + 1):
            if (cost := before + cost) < new[end]:
                new[end], step[end] = cost, start
    return new, step


def _trace(pattern: Pattern, steps: list[list[int]], end: int) -> tuple[Spans, dict[int, int]]:
    """The tokens of each slot, and after which token each word that was found ended, by its place."""
    spans: list[tuple[Slot, int, int]] = []
    words: dict[int, int] = {}
    for place in range(len(steps), 0, -1):
        element, step = pattern.elements[place - 1], steps[place - 1]
        while end > 0 and step[end] == _SKIPPED:
            end -= 1
        start = step[end] if step[end] >= 0 else end
        if isinstance(element, Slot):
            spans.append((element, start, end))
        elif start < end:
            words[place] = end
        end = start
    return tuple(reversed(spans)), words


def _colons(pattern: Pattern, sentence: Sentence, spans: Spans, words: dict[int, int]) -> float:
    """A colon of the phrase should be one in the sentence, unless it follows a name that is known."""
    ends = dict(words)
    slots = [at for at, element in enumerate(pattern.elements, start=1) if isinstance(element, Slot)]
    for at, (slot, start, end) in zip(slots, spans, strict=True):
        if sentence.slot(slot.kind, start, end) > SURELY:
            ends[at] = end
    missing = [at for at in pattern.colon if at in ends and not sentence.after_colon(ends[at])]
    return NO_COLON * len(missing)
