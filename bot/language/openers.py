"""What a message opens with before its first colon: "help with Jira: it is slow" is help, whatever comes after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.language.alignment import align
from bot.language.candidates import candidates
from bot.language.meaning import Meaning, Named
from bot.language.mentions import Mentions
from bot.language.phrases import Pattern, Word
from bot.language.readings import named
from bot.language.sentence import Sentence
from bot.language.tongue import Tongue

LONGEST = 8  # words before the colon
MOST = 0.6  # what the opener may leave unexplained: one name that nobody knows
UNCLEAR = 0.94  # as certain as it gets where the name isn't known


@dataclass(frozen=True)
class Opener:
    """The phrases of a language that end in a colon and whatever is told after it."""

    tongue: Tongue

    def meaning(self, sentence: Sentence) -> Meaning | None:
        """What the message means by its opener, if it has one; its text is everything after the colon."""
        at = _colon(sentence)
        if not at:
            return None
        head = Sentence(sentence.text, sentence.tokens[:at], self.tongue, sentence.names)
        best: tuple[float, Pattern, Named | None] | None = None
        for intent in self._intents:
            for _, _, pattern in candidates(sentence, self.tongue, [intent], MOST):
                if len(pattern.colon) == 1 and (found := _opens(pattern, head)) and (not best or found[0] < best[0]):
                    best = found
        if best is None:
            return None
        cost, pattern, tool = best
        if tool is None and "tool" in self.tongue.slots(pattern.intent.name):
            tool = next((m.named for m in Mentions(sentence).of("tool")), None)
        known = tool is None or tool.id is not None
        text = sentence.text[sentence.tokens[at].start :].rstrip()
        slots = {pattern.intent.whole: text} | ({"tool": tool.typed} if tool else {})
        return Meaning(
            intent=pattern.intent.name,
            certainty=round(1.0 - cost / 4, 3) if known else UNCLEAR,
            language=self.tongue.language,
            tool=tool,
            slots=MappingProxyType(slots),
        )

    @property
    def _intents(self) -> Sequence[str]:
        return [name for name in self.tongue.phrases if self.tongue.intent(name).whole]


def _colon(sentence: Sentence) -> int:
    """The token that follows the first colon, if that comes early; else 0."""
    for at, token in enumerate(sentence.tokens[1 : LONGEST + 1], start=1):
        gap = sentence.text[sentence.tokens[at - 1].end : token.start]
        if ":" in gap:
            return at
        if token.before:
            break
    return 0


def _opens(pattern: Pattern, head: Sentence) -> tuple[float, Pattern, Named | None] | None:
    """The pattern up to its colon, laid along what stands before the message's."""
    cut = min(pattern.colon)
    if not 0 < cut < len(pattern.elements) or cut != len(pattern.elements) - 1 or not pattern.text_last:
        return None
    if not any(isinstance(element, Word) for element in pattern.elements[:cut]):
        return None  # "PlanX: who uses it?"
    opening = replace(pattern, intent=replace(pattern.intent, whole=""), elements=pattern.elements[:cut], colon=_NONE)
    alignment = align(opening, head, MOST)
    if alignment is None:
        return None
    tools = [named(head, slot, start, end) for slot, start, end in alignment.spans if slot.kind == "tool"]
    return alignment.cost, pattern, next(iter(tools), None)


_NONE: frozenset[int] = frozenset()
