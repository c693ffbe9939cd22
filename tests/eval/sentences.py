"""The sentences of the evaluation, and how the engine understands them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bot.exchange.register import read_register
from bot.features import LANGUAGES, engine_for, install
from bot.language.meaning import Meaning, Named
from bot.language.names import Names
from bot.plugin import SURELY

CHATTER = "none"
OTHER = "other"  # a second tool, by its id
HERE = Path(__file__).parent
UNSEEN = HERE / "unseen"  # looked at once, after the last change of a phrase
CHECKED = ("say", "tool", "organisation", "number")


@dataclass(frozen=True)
class Wanted:
    """A sentence and what it should be understood to mean; a slot that is None isn't looked at."""

    say: str
    intent: str
    language: str
    tool: str | None = None
    organisation: str | None = None
    number: int | None = None
    slots: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Result:
    """A sentence, and what the engine made of it."""

    wanted: Wanted
    meaning: Meaning

    @property
    def right(self) -> bool:
        """Whether the intent, every slot that matters and the language were found."""
        return self.intent_right and self.names_right and self.language_right and self._details_right

    @property
    def intent_right(self) -> bool:
        """Whether the intent was found."""
        return self.meaning.intent == self.wanted.intent

    @property
    def names_right(self) -> bool:
        """Whether the tool and the organisation were found."""
        return all(
            expected is None or expected == (found and found.id)
            for expected, found in (
                (self.wanted.tool, self.meaning.tool),
                (self.wanted.organisation, self.meaning.organisation),
            )
        )

    @property
    def wrong_name(self) -> bool:
        """Whether it was taken to speak of another tool or organisation than it does: worse than a question."""
        return any(
            expected is not None and found is not None and found.id not in (None, expected)
            for expected, found in (
                (self.wanted.tool, self.meaning.tool),
                (self.wanted.organisation, self.meaning.organisation),
            )
        )

    @property
    def language_right(self) -> bool:
        """Whether the answer would come in the language of the question."""
        return self.meaning.language == self.wanted.language

    @property
    def _details_right(self) -> bool:
        wanted, got = self.wanted, self.meaning
        slots = {slot: text for slot, text in wanted.slots.items() if slot != OTHER}
        if OTHER in wanted.slots and (got.other is None or got.other.id != wanted.slots[OTHER]):
            return False
        details = all(got.slots.get(slot, "").casefold() == text.casefold() for slot, text in slots.items())
        return details and wanted.number in (None, got.number)

    @property
    def overheard(self) -> bool:
        """Whether it would be answered where nobody spoke to the bot: the rule of `Router.answer`."""
        return self.meaning.certainty >= SURELY and self.meaning.known_tool is not None

    @property
    def addressed(self) -> bool:
        """Whether it would be answered if it were said to the bot."""
        return self.meaning.intent != CHATTER


def written() -> list[str]:
    """The languages that somebody wrote sentences in."""
    return [language for language in LANGUAGES if (HERE / f"{language}.toml").exists()]


def read_sentences(language: str = "en", folder: Path = HERE) -> list[Wanted]:
    """The sentences of a language; ValueError if the register doesn't know a name that is expected."""
    text = (folder / f"{language}.toml").read_text(encoding="utf-8")
    tables: dict[str, list[dict[str, Any]]] = tomllib.loads(text)
    sentences = [_wanted(intent, language, row) for intent, rows in tables.items() for row in rows]
    names = register_names()
    for wanted in sentences:
        if wanted.tool and wanted.tool not in names.tools:
            raise ValueError(f"{wanted.say}: no tool {wanted.tool} in the register")
        if wanted.organisation and wanted.organisation not in names.organisations:
            raise ValueError(f"{wanted.say}: no organisation {wanted.organisation} in the register")
    return sentences


def _wanted(intent: str, language: str, row: dict[str, Any]) -> Wanted:
    checked = {name: value for name, value in row.items() if name in CHECKED}
    slots = {name: str(value) for name, value in row.items() if name not in CHECKED}
    return Wanted(intent=intent, language=language, slots=slots, **checked)


def understand(sentences: Sequence[Wanted]) -> list[Result]:
    """What the engine of all built-in plugins makes of them, by the names of the starter register, in a room
    whose language is English.
    """
    engine, names = engine_for(install(None)), register_names()
    if unheard_of := {wanted.intent for wanted in sentences} - engine.intents - {CHATTER}:
        raise ValueError(f"no plugin has the intents {', '.join(sorted(unheard_of))}")
    return [Result(wanted, engine.understand(wanted.say, names, engine.languages)) for wanted in sentences]


@cache
def register_names() -> Names:
    """The names of the starter register."""
    register = read_register()
    return Names(register.tools, register.organisations)


def name_of(named: Named | None) -> str | None:
    """The id that a name was taken for, else the name as it was typed."""
    if named is None:
        return None
    return named.id or f"“{named.typed}” ({named.match})"
