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
        patterns = some.patterns
        for place, least, share in some.met(missing, most):  # what the words cost that are nowhere
            pattern = patterns[place]
            if not (pattern.kinds or pattern.intent.whole):
                left = content
                for number in some.numbers(place):
                    left &= ~masks.get(number, 0)
                least += left.bit_count()  # and the words that nothing explains
                if least > most * pattern.scale:
                    continue
                share = least / pattern.scale
            if pattern.kinds <= _ALWAYS or all(_may_hold(sentence, kind, kinds) for kind in pattern.kinds):
                yield share, first + place, pattern
        first += len(some.patterns)


def _may_hold(sentence: Sentence, kind: str, kinds: dict[str, bool]) -> bool:
    """Whether the sentence has anything at all for a slot that takes only numbers, dates or fixed words."""
    if kind not in kinds:
        kinds[kind] = sentence.has(kind)
    return kinds[kind]
