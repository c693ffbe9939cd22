"""Choosing the phrases worth aligning: a quick bound on what each must cost at least."""

from collections.abc import Iterator

from bot.language.phrases import Pattern, Slot, Word
from bot.language.sentence import Sentence
from bot.language.tongue import Tongue

_ALWAYS = frozenset({"tool", "organisation", "region", "category", "text", "words"})


def candidates(sentence: Sentence, tongue: Tongue, most: float) -> Iterator[tuple[float, int, Pattern]]:
    """The patterns whose certainty may still be high enough: least share of cost, place, pattern."""
    masks: dict[frozenset[str], int] = {}
    kinds: dict[str, bool] = {}
    content = sum(1 << at for at, cost in enumerate(sentence.skip) if cost >= 1.0)
    for order, pattern in enumerate(tongue.patterns):
        least, left, slots = 0.0, content, False
        for element in pattern.elements:
            if isinstance(element, Word):
                if (mask := masks.get(element.symbols)) is None:
                    mask = masks[element.symbols] = _mask(sentence, element.symbols)
                left &= ~mask
                least += 0.0 if mask else element.weight
            else:
                slots = True
                least += 0.0 if _may_hold(sentence, element, kinds) else pattern.scale
        if not slots and not pattern.intent.whole:
            least += left.bit_count()
        if least <= most * pattern.scale:
            yield least / pattern.scale, order, pattern


def _mask(sentence: Sentence, symbols: frozenset[str]) -> int:
    """The tokens that may stand for this word, as bits."""
    mask = 0
    for symbol in symbols:
        mask |= sentence.places.get(symbol, 0)
    return mask


def _may_hold(sentence: Sentence, slot: Slot, kinds: dict[str, bool]) -> bool:
    """Whether the sentence has anything at all for a slot that takes only numbers, dates or fixed words."""
    if slot.kind in _ALWAYS:
        return True
    if slot.kind not in kinds:
        kinds[slot.kind] = sentence.has(slot.kind)
    return kinds[slot.kind]
