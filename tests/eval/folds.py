"""Cross-validation: a fifth of the example phrases is held out, and asked of an engine that never saw it."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.features import install
from bot.language.engine import Engine
from bot.language.meaning import NOTHING, Meaning
from bot.language.names import Names
from bot.language.vocabulary import Intent, Vocabulary, load, load_words
from bot.plugin import SURELY
from tests.eval.sentences import register_names

FOLDS = 5
_GROUP = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")
NUMBERS, DATES = ("#12", "7", "#104"), ("2021", "March 2023", "2019")
REGIONS = ("London", "Wales", "Scotland", "South West")


@dataclass(frozen=True)
class Held:
    """A phrase that the engine hasn't seen, spelt out, and what it should be understood to mean."""

    say: str
    intent: str
    tool: str | None
    organisation: str | None

    def got(self, meaning: Meaning) -> bool:
        """Whether the intent and the names were found."""
        tool = meaning.tool.id if meaning.tool else None
        organisation = meaning.organisation.id if meaning.organisation else None
        return (self.intent, self.tool, self.organisation) == (
            meaning.intent,
            tool if self.tool else None,
            organisation if self.organisation else None,
        )


@dataclass(frozen=True)
class Validation:
    """How a language's phrases and chatter were understood by engines that hadn't seen them; shares of one."""

    language: str
    phrases: int
    right: float
    intent_right: float
    chatter: int
    overheard: float
    addressed: float


def validate(language: str) -> Validation:
    """Every phrase and every sentence of the chatter, once."""
    results = list(held_out(language, register_names()))
    said = [(held, meaning) for held, meaning in results if held.intent != NOTHING.intent]
    chatter = [meaning for held, meaning in results if held.intent == NOTHING.intent]
    return Validation(
        language=language,
        phrases=len(said),
        right=_share(held.got(meaning) for held, meaning in said),
        intent_right=_share(held.intent == meaning.intent for held, meaning in said),
        chatter=len(chatter),
        overheard=_share(meaning.certainty >= SURELY and meaning.known_tool is not None for meaning in chatter),
        addressed=_share(meaning.intent != NOTHING.intent for meaning in chatter),
    )


def _share(told: Iterable[bool]) -> float:
    counted = list(told)
    return sum(counted) / max(1, len(counted))


def held_out(language: str, names: Names) -> Iterator[tuple[Held, Meaning]]:
    """Each phrase of the language, once, with what an engine made of it that learnt from the others."""
    chance = random.Random(2_026)
    vocabularies = [
        load(folder, language)
        for folder in (i.plugin.folder / "language" for i in install(None))
        if (folder / f"{language}.toml").exists()
    ]
    words = load_words(language)
    phrases = [(v.source, i.name, p) for v in vocabularies for i in v.intents for p in i.phrases]
    chance.shuffle(phrases)
    for fold in range(FOLDS):
        out = frozenset(phrases[fold::FOLDS])
        chatter = words.chatter[fold::FOLDS]
        kept = replace(words, chatter=tuple(sentence for sentence in words.chatter if sentence not in chatter))
        engine = Engine([_without(v, out) for v in vocabularies], {language: kept})
        for sentence in chatter:
            held = spelt_out(sentence, Intent(NOTHING.intent, ()), vocabularies[0], names, chance)
            yield replace(held, tool=None, organisation=None), engine.understand(held.say, names, (language,))
        for vocabulary in vocabularies:
            for intent in vocabulary.intents:
                for phrase in intent.phrases:
                    if (vocabulary.source, intent.name, phrase) in out:
                        held = spelt_out(phrase, intent, vocabulary, names, chance)
                        yield held, engine.understand(held.say, names, (language,))


def _without(vocabulary: Vocabulary, out: frozenset[tuple[str, str, str]]) -> Vocabulary:
    intents = []
    for intent in vocabulary.intents:
        kept = tuple(p for p in intent.phrases if (vocabulary.source, intent.name, p) not in out)
        intents.append(replace(intent, phrases=kept or intent.phrases[:1]))
    return replace(vocabulary, intents=tuple(intents))


def spelt_out(phrase: str, intent: Intent, vocabulary: Vocabulary, names: Names, chance: random.Random) -> Held:
    """The phrase as somebody would type it: one of its alternatives, with names from the register."""
    tool, organisation = chance.choice(sorted(names.tools)), chance.choice(_current(names))
    texts = load_words(vocabulary.language).samples.get("text", ()) or ("log in with a phone", "the map is blank")
    fillings: dict[str, Sequence[str]] = {
        "tool": [names.tools[tool].name],
        "organisation": [names.organisations[organisation].short_name or names.organisations[organisation].name],
        "region": REGIONS,
        "category": sorted({t.category.replace("-", " ") for t in names.tools.values() if t.category}),
        "number": NUMBERS,
        "since": DATES,
        "text": texts,
        "words": texts,
        "with": [names.tools[chance.choice(sorted(names.tools))].name],
    }

    def filled(match: re.Match[str]) -> str:
        slot = match[1]
        if slot in vocabulary.values:
            return chance.choice([text for values in vocabulary.values[slot].values() for text in values])
        kind = vocabulary.slots.get(slot, "text")
        if slot in fillings and slot != kind:
            return chance.choice(fillings[slot])
        return chance.choice(fillings[kind])

    kept = _GROUP.sub(lambda m: m[1] if chance.random() < 0.5 else "", phrase)
    words = [chance.choice(w.split("/")) if "/" in w and "{" not in w else w for w in kept.split()]
    say = _SLOT.sub(filled, " ".join(words))
    return Held(
        say,
        intent.name,
        tool if "{tool}" in kept else None,
        organisation if "{organisation}" in kept else None,
    )


def _current(names: Names) -> list[str]:
    return sorted(i for i, o in names.organisations.items() if o.ended is None and Path(i).name)
