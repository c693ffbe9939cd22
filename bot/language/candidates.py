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
    masks: dict[frozenset[str], int] = {}
    kinds: dict[str, bool] = dict.fromkeys(_ALWAYS, True)
    content = sum(1 << at for at, cost in enumerate(sentence.skip) if cost >= 1.0)
    known = masks.get
    for order, pattern in enumerate(pattern for intent in intents for pattern in tongue.of(intent)):
        allowed = most * pattern.scale
        least, left = 0.0, content  # what the words that are nowhere cost, and the words that nothing explains
        for symbols, weight in pattern.demands:
            if (mask := known(symbols)) is None:
                mask = masks[symbols] = _mask(sentence, symbols)
            if mask:
                left &= ~mask
            elif (least := least + weight) > allowed:
                break
        else:
            if not (pattern.kinds or pattern.intent.whole):
                least += left.bit_count()
            if least <= allowed and all(_may_hold(sentence, kind, kinds) for kind in pattern.kinds):
                yield least / pattern.scale, order, pattern


def _mask(sentence: Sentence, symbols: frozenset[str]) -> int:
    """The tokens that may stand for this word, as bits."""
    mask = 0
    for symbol in symbols:
        mask |= sentence.places.get(symbol, 0)
    return mask


def _may_hold(sentence: Sentence, kind: str, kinds: dict[str, bool]) -> bool:
    """Whether the sentence has anything at all for a slot that takes only numbers, dates or fixed words."""
    if kind not in kinds:
        kinds[kind] = sentence.has(kind)
    return kinds[kind]
