"""The sentences a plugin understands, read from its data file `language/LANG.toml`."""

import tomllib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.language.meaning import Meaning
from bot.language.stretches import STRETCHES

KINDS = (
    "tool", "organisation", "region", "category", "number", "since", "person", "title", "text", "words",
    "days", "hours", "count",
)  # fmt: skip
ANSWERS = frozenset({"yes", "no", "that", "later", "stop", "none", "1", "2", "3", "4", "5"})
TABLES = frozenset(
    {"contractions", "filler", "families", "dates", "answers", "chatter", "samples", "regions", "categories"}
)
CAPITALS = 0.1  # the share of words with a capital above which it marks more than names
COMMON = Path(__file__).parent / "words"


class BrokenVocabulary(ValueError):
    """A language file that can't be used; the message names the file and what is wrong in it."""


@dataclass(frozen=True)
class Intent:
    """How people say one thing. `unknown` is the intent instead when the tool isn't known; `whole` the slot that
    holds the whole message when no phrase says where it begins; a `statement` is never asked; what is `brief` says
    nothing else: "thanks" is one, "thanks, but it still fails" isn't.
    """

    name: str
    phrases: tuple[str, ...]
    unknown: str = ""
    whole: str = ""
    statement: bool = False
    brief: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """One plugin's intents in one language."""

    language: str
    source: str
    intents: tuple[Intent, ...] = ()
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """The words of a language that all plugins share."""

    contractions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fillers: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    hedges: tuple[str, ...] = ()
    negations: frozenset[str] = frozenset()
    light: frozenset[str] = frozenset()
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: frozenset[str] = frozenset()
    it: frozenset[str] = frozenset()
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chatter: tuple[str, ...] = ()
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def capitals_tell(self) -> bool:
        """Whether only names begin with a capital letter inside a sentence: not so in German."""
        inside = [word for sentence in self.chatter for word in sentence.split()[1:] if word[:1].isalpha()]
        return sum(word[0].isupper() for word in inside) <= CAPITALS * len(inside)


def load(folder: Path, language: str) -> Vocabulary:
    """The vocabulary in `folder/LANGUAGE.toml`. Raises BrokenVocabulary if it can't be used."""
    path = folder / f"{language}.toml"
    table = _read(path)
    _allow(path, table, {"intents", "families", "values", "slots"}, "the file")
    intents = _table(path, table, "intents")
    slots = {name: _slot_kind(path, name, kind) for name, kind in _table(path, table, "slots").items()}
    values = {
        name: _families(path, _table(path, _table(path, table, "values"), name), f"values.{name}")
        for name in _table(path, table, "values")
    }
    return Vocabulary(
        language=language,
        source=str(path),
        intents=tuple(_intent(path, name, entry) for name, entry in intents.items()),
        families=_families(path, _table(path, table, "families"), "families"),
        values=values,
        slots={**{kind: kind for kind in KINDS}, "_": "text", **slots},
    )


def load_words(language: str, folder: Path = COMMON) -> Words:
    """The words all plugins share, from `folder/LANGUAGE.toml`."""
    path = folder / f"{language}.toml"
    table = _read(path)
    _allow(path, table, TABLES, "the file")
    filler, dates, chatter = (_table(path, table, name) for name in ("filler", "dates", "chatter"))
    _allow(path, chatter, {"sentences"}, "chatter")
    answers, samples = _table(path, table, "answers"), _table(path, table, "samples")
    _allow(path, answers, ANSWERS, "answers")
    _allow(path, samples, {"text", *STRETCHES}, "samples")
    _allow(path, filler, {"phrases", "asking", "hedges", "sealed", "negations", "it", "light"}, "filler")
    contractions = _table(path, table, "contractions")
    return Words(
        contractions={short: tuple(_text(path, short, full).split()) for short, full in contractions.items()},
        fillers=_texts(path, "filler.phrases", filler.get("phrases", [])),
        asking=_texts(path, "filler.asking", filler.get("asking", [])),
        sealed=_texts(path, "filler.sealed", filler.get("sealed", [])),
        hedges=_texts(path, "filler.hedges", filler.get("hedges", [])),
        negations=frozenset(_texts(path, "filler.negations", filler.get("negations", []))),
        light=frozenset(_texts(path, "filler.light", filler.get("light", []))),
        families=_families(path, _table(path, table, "families"), "families"),
        it=frozenset(_texts(path, "filler.it", filler.get("it", []))),
        dates=frozenset(_texts(path, "dates.words", dates.get("words", []))),
        answers=_families(path, answers, "answers"),
        chatter=_texts(path, "chatter.sentences", chatter.get("sentences", [])),
        samples=_families(path, samples, "samples"),
        regions=_families(path, _table(path, table, "regions"), "regions"),
        categories=_families(path, _table(path, table, "categories"), "categories"),
    )


def shared_words(language: str) -> Words:
    """The words all plugins share in this language; none if nobody wrote them yet."""
    return load_words(language) if (COMMON / f"{language}.toml").exists() else Words()


def sources(vocabularies: Iterable[Vocabulary]) -> dict[str, str]:
    """The file of each intent. Raises BrokenVocabulary if two have the same."""
    found: dict[str, str] = {}
    for vocabulary in vocabularies:
        for intent in vocabulary.intents:
            if intent.name in found:
                raise BrokenVocabulary(f"{vocabulary.source}: another plugin has the intent {intent.name!r}")
            found[intent.name] = vocabulary.source
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BrokenVocabulary(f"{path}: can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BrokenVocabulary(f"{path}: isn't UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise BrokenVocabulary(f"{path}: isn't valid TOML: {error}") from error


def _intent(path: Path, name: str, entry: object) -> Intent:
    if not isinstance(entry, dict):
        raise BrokenVocabulary(f"{path}: intent {name!r} must be a table with a list of phrases")
    _allow(path, entry, {"phrases", "unknown", "whole", "statement", "brief"}, f"intent {name!r}")
    phrases = _texts(path, f"intents.{name}.phrases", entry.get("phrases", []))
    if not phrases or name == Meaning().intent:
        raise BrokenVocabulary(f"{path}: intent {name!r} has no phrases, or a name that means nothing")
    return Intent(
        name=name,
        phrases=phrases,
        unknown=_text(path, f"intents.{name}.unknown", entry.get("unknown", "")),
        whole=_text(path, f"intents.{name}.whole", entry.get("whole", "")),
        statement=entry.get("statement", False) is True,
        brief=entry.get("brief", False) is True,
    )


def _allow(path: Path, table: Mapping[str, Any], known: Set[str], where: str) -> None:
    for name in table:
        if name not in known:
            raise BrokenVocabulary(f"{path}: {where} has {name!r}; known are {', '.join(sorted(known))}")


def _table(path: Path, table: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise BrokenVocabulary(f"{path}: {name!r} must be a table, not {type(value).__name__}")
    return value


def _families(path: Path, table: Mapping[str, Any], where: str) -> dict[str, tuple[str, ...]]:
    return {name: _texts(path, f"{where}.{name}", words) for name, words in table.items()}


def _texts(path: Path, where: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BrokenVocabulary(f"{path}: {where} must be a list of texts in quotes")
    return tuple(_text(path, where, item) for item in value)


def _text(path: Path, where: str, value: object) -> str:
    if not isinstance(value, str):
        raise BrokenVocabulary(f"{path}: {where} has {value!r} where a text in quotes belongs")
    return value


def _slot_kind(path: Path, name: str, kind: object) -> str:
    if kind not in KINDS:
        raise BrokenVocabulary(f"{path}: slot {name!r} is {kind!r}; known are {', '.join(KINDS)}")
    return str(kind)
