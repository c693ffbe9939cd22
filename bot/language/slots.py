"""Filling the slots of what was meant: by the phrase that fits, else by the names the message has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.language.meaning import Match, Named
from bot.language.mentions import Mention
from bot.language.parts import CLAUSE, Part
from bot.language.phrases import Slot
from bot.language.readings import PASSED_OVER, Reading, named
from bot.language.sentence import Sentence
from bot.language.stretches import COUNT, STRETCHES, widened
from bot.language.tongue import Tongue

SURELY = (Match.EXACT, Match.TYPO, Match.AMBIGUOUS)
TERMS = ("region", "category")
SPOTTED = (*TERMS, "number", "since")
OTHER = "with"  # the slot of a second tool


@dataclass(frozen=True)
class Filling:
    """The slots of one intent, from one part of a message and the reading of it, if there is one."""

    intent: str
    part: Part
    parts: Sequence[Part]
    reading: Reading | None
    tongue: Tongue

    @cached_property
    def tool(self) -> Named | None:
        """The tool: one that is known if any is named, else what stands where a tool would; never invented."""
        if "tool" not in self._kinds:
            return None
        told = self._in_reading("tool")
        if told and told.match in SURELY:
            return self._first() or told
        if known := self._mentioned("tool", weak=False):
            return known[0]
        if told and not self._only_words("tool") and not (self._guessed and told.match is Match.UNKNOWN):
            return told
        if weak := self._mentioned("tool", weak=True):
            return weak[0]
        return self._strange("tool")

    def _first(self) -> Named | None:
        """The first of several tools, where a second is of use and no phrase says which is which."""
        if OTHER not in self._kinds or self._span(OTHER):
            return None
        return next(iter(self._mentioned("tool", weak=False)), None)

    @cached_property
    def other(self) -> Named | None:
        """The second tool."""
        if OTHER not in self._kinds:
            return None
        told = self._in_reading(OTHER)
        first = self.tool.typed if self.tool else ""
        seconds = [found for found in self._mentioned("tool", weak=False) if found.typed != first]
        return told or next(iter(seconds), None)

    @cached_property
    def organisation(self) -> Named | None:
        """The organisation, in the same way."""
        if "organisation" not in self._kinds:
            return None
        told = self._in_reading("organisation")
        if told and told.match in SURELY:
            return told
        if known := self._mentioned("organisation", weak=False):
            return known[0]
        if told and (self.tongue.needs(self.intent, "organisation") or not self._only_words("organisation")):
            return told
        if weak := self._mentioned("organisation", weak=True):
            return weak[0]
        return self._strange("organisation")

    @cached_property
    def slots(self) -> Mapping[str, str]:
        """Every slot as it was typed, or the choice that it stands for."""
        found: dict[str, str] = {}
        found |= {
            name: text for name, kind in self._kinds.items() if kind in STRETCHES and (text := self._stretch(name))
        }
        for slot, start, end in self.reading.alignment.spans if self.reading else ():
            if slot.name != PASSED_OVER and slot.kind not in ("tool", "organisation"):
                found.setdefault(slot.name, self._text(slot, start, end))
        for name, kind in self._kinds.items():
            if name not in found and (text := self._spotted(name, kind, found)):
                found[name] = text
        whole = self.tongue.intent(self.intent).whole
        if whole:
            found.setdefault(whole, self.part.sentence.text.strip())
        for name, thing in (("tool", self.tool), ("organisation", self.organisation), (OTHER, self.other)):
            if thing is not None:
                found[name] = thing.typed
        return found

    # --- how sure it is -------------------------------------------------------------------------------

    @property
    def named(self) -> bool:
        """Whether it speaks of a tool or an organisation."""
        return self.tool is not None or self.organisation is not None

    @property
    def lacking(self) -> bool:
        """Whether the intent is about a tool or organisation, and none is named."""
        things = (("tool", self.tool), ("organisation", self.organisation))
        return any(thing is None and self.tongue.needs(self.intent, kind) for kind, thing in things)

    @property
    def doubtful(self) -> bool:
        """Whether the name is one that nobody knows, made of words that need be no name."""
        told = self.tool or (self.organisation if self.tongue.needs(self.intent, "organisation") else None)
        if told is None or told.match is not Match.UNKNOWN:
            return False
        typed = told.typed
        return not any(letter.isupper() or letter.isdigit() for letter in typed)

    # --- from the reading ---------------------------------------------------------------------------

    @property
    def _kinds(self) -> Mapping[str, str]:
        return self.tongue.slots(self.intent)

    @property
    def _guessed(self) -> bool:
        return bool(self.reading and any(slot.name == PASSED_OVER for slot, _, _ in self.reading.alignment.spans))

    def _span(self, name: str) -> tuple[Slot, int, int] | None:
        spans = self.reading.alignment.spans if self.reading else ()
        return next((span for span in spans if span[0].name == name), None)

    def _in_reading(self, name: str) -> Named | None:
        span = self._span(name)
        return named(self.reading.sentence, *span) if self.reading and span else None

    def _only_words(self, name: str) -> bool:
        """Whether a slot got nothing but everyday words."""
        span = self._span(name)
        if not (self.reading and span):
            return True
        sentence = self.reading.sentence
        return all(
            sentence.tokens[at].word in self.tongue.lexicon and not sentence.capital(at) for at in range(*span[1:])
        )

    def _text(self, slot: Slot, start: int, end: int) -> str:
        assert self.reading is not None
        sentence, pattern = self.reading.sentence, self.reading.pattern
        if slot.kind.startswith("="):
            return self.tongue.choices[slot.kind][tuple(token.word for token in sentence.tokens[start:end])]
        if slot.kind == "text" and pattern.text_last and slot is pattern.elements[-1]:
            return sentence.text[sentence.tokens[start].start :].rstrip()
        if slot.kind in TERMS:
            return self._term(sentence, slot.kind, start, end)
        return sentence.typed(start, end)

    def _term(self, sentence: Sentence, kind: str, start: int, end: int) -> str:
        """The register's word for a region or category: by the longest name around it that is known, else as typed."""
        for mention in self.part.mentions.of(kind) if sentence is self.part.sentence else ():
            if mention.start <= start < mention.end or start <= mention.start < end:
                start, end = mention.start, mention.end
                break
        return sentence.term(kind, start, end) or sentence.typed(start, end)

    def _stretch(self, name: str) -> str:
        """Days, hours or a number, with everything that is said of them: half of it would be another thing."""
        sentence = self.reading.sentence if self.reading else self.part.sentence
        kind, (_, start, end) = self._kinds[name], self._span(name) or (None, 0, 0)
        clause = any(part.trust == CLAUSE and part.sentence is sentence for part in self.parts)
        if clause and kind != COUNT:
            sentence, start, end = self.parts[0].sentence, 0, 0
        said = [token.word for token in sentence.tokens]
        start, end = widened(kind, said, start, end, self.tongue.language)
        return sentence.typed(start, end) if start < end else ""

    # --- from what is spotted -----------------------------------------------------------------------

    def _mentions(self, kind: str, *, weak: bool) -> list[tuple[Part, Mention]]:
        """Those of this part, then those of the others."""
        ordered = [self.part, *(part for part in self.parts if part is not self.part)]
        return [(part, mention) for part in ordered for mention in part.mentions.of(kind, weak=weak)]

    def _mentioned(self, kind: str, *, weak: bool) -> list[Named]:
        """Those named, but for the region that the reading tells: "in London" isn't the City of London."""
        region = self._span("region")
        place = self.reading.sentence.typed(*region[1:]) if self.reading and region and kind != "tool" else ""
        found = [mention.named for _, mention in self._mentions(kind, weak=weak) if mention.named]
        return list(dict.fromkeys(named for named in found if named.typed != place))

    def _strange(self, kind: str) -> Named | None:
        """Words that nobody knows are the name, if the intent can't be without one."""
        mentions = self.part.mentions
        if not self.tongue.needs(self.intent, kind) or not mentions.unknown:
            return None
        sentence = self.part.sentence
        start, end = max(mentions.unknown, key=lambda span: any(sentence.capital(at) for at in range(*span)))
        typed = sentence.typed(start, end)
        return sentence.names.find_tool(typed) if kind == "tool" else sentence.names.find_organisation(typed)

    def _spotted(self, name: str, kind: str, found: Mapping[str, str]) -> str:
        """What the message names of this kind, unless another slot has it: one number is one request."""
        if kind in SPOTTED:
            taken = {found[other] for other, its in self._kinds.items() if its == kind and other in found}
            for part, mention in self._mentions(kind, weak=False):
                start, end = mention.start, mention.end
                if part.sentence.typed(start, end) in taken:
                    continue
                known = part.sentence.term(kind, start, end) if kind in TERMS else ""
                return known or part.sentence.typed(start, end)
        return self.tongue.chosen(kind, self.part.sentence.tokens) if kind.startswith("=") else ""
