"""What a sentence was understood to mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Match(StrEnum):
    """How sure a name is: PRODUCT.md, "a wrong guess is worse than a question"."""

    EXACT = "exact"
    TYPO = "typo"
    AMBIGUOUS = "ambiguous"
    NEAR = "near"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Named:
    """A tool or organisation as somebody typed it, and the ids it may stand for, best first.

    One id if EXACT or TYPO; several if AMBIGUOUS (they share that name); up to three suggestions if NEAR
    (none of them sure); none if UNKNOWN. `lookalike`: the first of the suggestions looks the same but is written
    with other letters, as "РlanX" with a Cyrillic Р.
    """

    typed: str
    match: Match
    ids: tuple[str, ...] = ()
    lookalike: bool = False

    @property
    def id(self) -> str | None:
        """The one id, if the name is sure."""
        return self.ids[0] if self.match in (Match.EXACT, Match.TYPO) else None


@dataclass(frozen=True)
class Meaning:
    """An intent with its slots. `certainty` is from 0 to 1; `none` is the intent of what wasn't understood.
    `other` is a second tool: "who uses X together with Y".

    `slots` holds the words of every slot as typed: `text` (the question behind "help with X:"), `number`
    (a request's), `region`, `category`, `since`, `status`, …
    """

    intent: str = "none"
    certainty: float = 0.0
    language: str = "en"
    tool: Named | None = None
    organisation: Named | None = None
    other: Named | None = None
    slots: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def known_tool(self) -> str | None:
        """The id of the tool it is about, if that is sure."""
        return self.tool.id if self.tool else None

    @property
    def number(self) -> int | None:
        """The number of the help request spoken of, if any."""
        return self._number("number")

    @property
    def original(self) -> int | None:
        """The number of the earlier request that it is a duplicate of, if it says so."""
        return self._number("original")

    def _number(self, slot: str) -> int | None:
        digits = self.slots.get(slot, "").lstrip("#")
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


NOTHING = Meaning()
