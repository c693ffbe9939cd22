"""Choosing the phrases worth aligning: a quick bound on what each must cost at least."""

from collections.abc import Iterator, Sequence

from bot.language.phrases import Pattern
from bot.language.sentence import Sentence
from bot.language.tongue import Tongue

_ALWAYS = frozenset({"tool", "organisation", "region", "category", "text", "words"})


def candidates(
    sentence: Sentence, tongue: Tongue, intents: Sequence[str], most: float
) -> Iterator[tuple[float, int, Pattern]]:
    """The patterns of these intents that may still fit well enough: least share of cost, place, pattern."""
    kinds: dict[str, bool] = dict.fromkeys(_ALWAYS, True)
    content = sum(1 << at for at, cost in enumerate(sentence.skip) if cost >= 1.0)
    demands = [tongue.demands(intent) for intent in intents]
    masks = tongue.demanded.masks(sentence.places)
    missing = tongue.demanded.missing(masks)
    first = 0
    for some in demands:
        for place, pattern in some.met(missing, most):
            allowed = most * pattern.scale
            least, left = 0.0, content  # what the words that are nowhere cost, and the words that nothing explains
            for symbols, weight in pattern.demands:
                if mask := masks.get(symbols):
                    left &= ~mask
                else:
                    least += weight
            if not (pattern.kinds or pattern.intent.whole):
                least += left.bit_count()
            if least <= allowed and all(_may_hold(sentence, kind, kinds) for kind in pattern.kinds):
                yield least / pattern.scale, first + place, pattern
        first += len(some.patterns)


def _may_hold(sentence: Sentence, kind: str, kinds: dict[str, bool]) -> bool:
    """Whether the sentence has anything at all for a slot that takes only numbers, dates or fixed words."""
    if kind not in kinds:
        kinds[kind] = sentence.has(kind)
    return kinds[kind]
