"""The sentences of the evaluation, and how the engine understands them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import engine_for, install
from bot.exchange.register import read_register
from bot.language.meaning import Meaning
from bot.language.names import Names

CHATTER = "none"


@dataclass(frozen=True)
class Wanted:
    """A sentence and what it should be understood to mean; a slot that is None isn't looked at."""

    say: str
    intent: str
    tool: str | None = None
    organisation: str | None = None
    number: int | None = None


@dataclass(frozen=True)
class Result:
    """A sentence, and what the engine made of it."""

    wanted: Wanted
    meaning: Meaning

    @property
    def right(self) -> bool:
        """Whether the intent and every slot that matters were found."""
        wanted, got = self.wanted, self.meaning
        return got.intent == wanted.intent and all(
            expected is None or expected == found
            for expected, found in (
                (wanted.tool, got.tool and got.tool.id),
                (wanted.organisation, got.organisation and got.organisation.id),
                (wanted.number, got.number),
            )
        )

    def alarms(self, certainty: float) -> bool:
        """Whether it is taken, this surely, for something said to the bot."""
        return self.meaning.intent != CHATTER and self.meaning.certainty >= certainty


def read_sentences(language: str = "en") -> list[Wanted]:
    """The sentences of a language; ValueError if the register doesn't know a name that is expected."""
    text = (Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8")
    tables: dict[str, list[dict[str, Any]]] = tomllib.loads(text)
    sentences = [Wanted(intent=intent, **row) for intent, rows in tables.items() for row in rows]
    names = _names()
    for wanted in sentences:
        if wanted.tool and wanted.tool not in names.tools:
            raise ValueError(f"{wanted.say}: no tool {wanted.tool} in the register")
        if wanted.organisation and wanted.organisation not in names.organisations:
            raise ValueError(f"{wanted.say}: no organisation {wanted.organisation} in the register")
    return sentences


def understand(sentences: Sequence[Wanted], language: str = "en") -> list[Result]:
    """What the engine of all built-in plugins makes of them, by the names of the starter register."""
    engine, names = engine_for(install(None)), _names()
    if unheard_of := {wanted.intent for wanted in sentences} - engine.intents - {CHATTER}:
        raise ValueError(f"no plugin has the intents {', '.join(sorted(unheard_of))}")
    return [Result(wanted, engine.understand(wanted.say, names, (language,))) for wanted in sentences]


def _names() -> Names:
    register = read_register()
    return Names(register.tools, register.organisations)
