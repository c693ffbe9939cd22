"""One intent a message may have: how likely it is, and how well a phrase bears it out."""

from dataclasses import dataclass

from bot.language.parts import Part
from bot.language.phrases import Slot
from bot.language.readings import PASSED_OVER, Reading

CLEAR, TO_THE_LETTER = 0.6, 0.3  # a phrase may fit and yet be unlikely: below this the sentence isn't clear
UNCLEAR = 0.94  # as certain as a sentence gets that isn't clear, or a question that names no tool we know
SURELY_ASKED, FITTING = 0.98, 0.82  # so likely and so well put, a question is plain


@dataclass(frozen=True)
class Guess:
    """One intent a message may have, the part that says so, and the phrase that fits."""

    intent: str
    likelihood: float
    part: Part
    reading: Reading | None

    @property
    def certainty(self) -> float:
        """Likelihood and fit bear each other out; either alone can be mistaken."""
        fit = self.reading.fit if self.reading else 0.0
        told = 1.0 - (1.0 - self.likelihood) * (1.0 - fit**3)
        clear = fit > UNCLEAR and self.likelihood >= (TO_THE_LETTER if fit == 1.0 else CLEAR)
        if clear and not self._loose:
            return min(told, fit)
        if self.brief:
            return min(UNCLEAR, told, fit) if fit >= FITTING and self.likelihood >= CLEAR else 0.0
        return min(UNCLEAR, told)

    @property
    def said(self) -> bool:
        """Whether a phrase says just this."""
        return self.reading is not None and self.reading.fit > UNCLEAR

    @property
    def to_the_letter(self) -> bool:
        """Whether a phrase has every one of these words and no other."""
        return self.reading is not None and self.reading.fit == 1.0

    @property
    def brief(self) -> bool:
        """Whether it says nothing else, or isn't meant."""
        return self.reading is not None and self.reading.pattern.intent.brief

    @property
    def alone(self) -> bool:
        """Whether the phrase is all there is: a greeting to the bot, not to everybody."""
        words = len(self.part.sentence.tokens)
        fills = self.reading is not None and words <= len(self.reading.pattern.elements)
        return self.said and (fills or self.brief)

    @property
    def plain(self) -> bool:
        """Whether it is surely this, and a phrase says nearly the same."""
        fits = self.reading is not None and self.reading.fit >= FITTING
        return fits and self.likelihood >= SURELY_ASKED and not self._loose

    @property
    def _loose(self) -> bool:
        """Whether the phrase fits much else: nothing but a name, or any words beside it."""
        if self.reading is None:
            return True
        slots = [element for element in self.reading.pattern.elements if isinstance(element, Slot)]
        return len(slots) == len(self.reading.pattern.elements) or any(slot.name == PASSED_OVER for slot in slots)
