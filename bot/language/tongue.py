"""One language as the engine uses it: every plugin's phrases as patterns, what each word may stand for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import partial

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.keys import fold
from bot.language.phrases import Pattern, Word, patterns
from bot.language.vocabulary import BrokenVocabulary, Vocabulary, Words

FAMILY, SLIP = 0.04, 0.25  # what a synonym and a misspelt word cost
LIGHT, HEAVY = 0.12, 1.0  # what a word that no phrase explains costs
TURNED = 2.5  # what a negation costs that the phrase hasn't
LIGHT_WEIGHT = 0.3  # how much a light word of a phrase counts
MISSPELT_FROM = 4  # letters


class Filler(IntEnum):
    """What a polite word does: nothing, make less sure, make a question, be nothing else ("thanks for …")."""

    NO = 0
    PLAIN = 1
    HEDGE = 2
    ASKING = 3
    SEALED = 4


class Tongue:
    """A language compiled from its vocabularies and the words they share."""

    def __init__(self, language: str, words: Words, vocabularies: Sequence[Vocabulary]) -> None:
        self.language = language
        self.words = words
        self._contractions = {fold(short): full for short, full in words.contractions.items()}
        self._light = frozenset(map(fold, words.light))
        self.negations = frozenset(map(fold, words.negations))
        self._fillers = self._filler_phrases((*words.fillers, *words.hedges, *words.asking, *words.sealed))
        self._asking = {self._expand_all(phrase.split()) for phrase in words.asking}
        self._hedges = {self._expand_all(phrase.split()) for phrase in words.hedges}
        self._sealed = {self._expand_all(phrase.split()) for phrase in words.sealed}
        self._families: dict[str, set[str]] = defaultdict(set)
        self.choices: dict[str, dict[tuple[str, ...], str]] = {}
        self._join("", words.families)
        for vocabulary in vocabularies:
            self._join(f"{vocabulary.source}#", vocabulary.families)
            self._choose(vocabulary)
        self.patterns: list[Pattern] = []
        self.evidence: list[Pattern] = []
        for vocabulary in vocabularies:
            self._compile(vocabulary)
        self.lexicon = self._lexicon()
        self._spellings = sorted(word for word in self.lexicon if len(word) >= MISSPELT_FROM)
        self._meanings: dict[str, dict[str, float]] = {}
        self.dates = frozenset(map(fold, words.dates))
        self.openers = frozenset(self.lexicon)

    @property
    def contractions(self) -> dict[str, tuple[str, ...]]:
        """One folded word written for several."""
        return self._contractions

    def meanings(self, word: str, misspelt: bool) -> dict[str, float]:
        """What a word of a sentence may stand for, each with its cost; perhaps `misspelt`."""
        known = self._meanings.get(word)
        if known is None:
            if word not in self.lexicon and not misspelt:
                return {}
            known = self._known(word, 0.0) if word in self.lexicon else self._slips(word)
            if len(self._meanings) > 20_000:
                self._meanings.clear()
            self._meanings[word] = known
        return known

    def weight(self, word: str, filler: Filler) -> float:
        """What it costs to leave this word of a sentence unexplained."""
        if filler is not Filler.NO:
            return LIGHT if filler is Filler.HEDGE else 0.0
        if word in self._light:
            return LIGHT
        return TURNED if word in self.negations else HEAVY

    def fillers(self, words: Sequence[str]) -> list[Filler]:
        """For each word whether it is part of a greeting or a politeness, and of which sort."""
        marked = [Filler.NO] * len(words)
        for at, word in enumerate(words):
            for phrase in self._fillers.get(word, ()):
                if tuple(words[at : at + len(phrase)]) == phrase:
                    for inside in range(at, at + len(phrase)):
                        marked[inside] = max(marked[inside], self._sort(phrase))
                    break
        return marked

    def _sort(self, phrase: tuple[str, ...]) -> Filler:
        if phrase in self._sealed:
            return Filler.SEALED
        if phrase in self._asking:
            return Filler.ASKING
        return Filler.HEDGE if phrase in self._hedges else Filler.PLAIN

    def _known(self, word: str, cost: float) -> dict[str, float]:
        return {word: cost} | dict.fromkeys(self._families.get(word, ()), cost + FAMILY)

    def _slips(self, word: str) -> dict[str, float]:
        """The known words one slip away: two letters swapped, or one wrong in a word that isn't short."""
        if not MISSPELT_FROM <= len(word) <= 20 or not word.isalpha():
            return {}
        slips = 2 if len(word) >= 9 else 1
        near = process.extract(word, self._spellings, scorer=OSA.distance, score_cutoff=slips, limit=3)
        found: dict[str, float] = {}
        for meant, distance, _ in near:
            short = len(word) <= MISSPELT_FROM or len(meant) <= MISSPELT_FROM
            if distance and (not short or sorted(meant) == sorted(word)) and meant[0] == word[0]:
                found = self._known(meant, SLIP) | found
        return found

    def _filler_phrases(self, texts: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
        found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase in texts:
            words = self._expand_all(phrase.split())
            found[words[0]].append(words)
        for phrases in found.values():
            phrases.sort(key=len, reverse=True)
        return found

    def _expand_all(self, words: Iterable[str]) -> tuple[str, ...]:
        return tuple(part for word in words for part in self._expand(word))

    def _expand(self, word: str) -> tuple[str, ...]:
        return self._contractions.get(fold(word), (fold(word),))

    def _join(self, prefix: str, families: Mapping[str, tuple[str, ...]]) -> None:
        for name, words in families.items():
            for word in words:
                self._families[fold(word)].add(f"~{prefix}{name}")

    def _choose(self, vocabulary: Vocabulary) -> None:
        for slot, values in vocabulary.values.items():
            self.choices[f"={vocabulary.source}#{slot}"] = {
                self._expand_all(words.split()): value for value, texts in values.items() for words in texts
            }

    def _symbols(self, source: str, word: str) -> tuple[frozenset[str], float]:
        families = {f for f in self._families.get(word, ()) if "#" not in f or f.startswith(f"~{source}#")}
        return frozenset({word} | families), LIGHT_WEIGHT if word in self._light else HEAVY

    def _compile(self, vocabulary: Vocabulary) -> None:
        for intent in vocabulary.intents:
            if any(intent.name == known.intent.name for known in self.patterns):
                raise BrokenVocabulary(f"{vocabulary.source}: another plugin has the intent {intent.name!r}")
            made: list[Pattern] = []
            for into, phrases in ((made, intent.phrases), (self.evidence, intent.evidence)):
                for phrase in phrases:
                    symbols = partial(self._symbols, vocabulary.source)
                    into.extend(patterns(vocabulary, intent, phrase, symbols, self._expand))
            self.patterns.extend(made)

    def _lexicon(self) -> frozenset[str]:
        """Every word that means something here; only what isn't among them may be a slip."""
        fixed = (e for p in self.patterns + self.evidence for e in p.elements if isinstance(e, Word))
        said = {symbol for word in fixed for symbol in word.symbols if not symbol.startswith("~")}
        choices = {word for values in self.choices.values() for words in values for word in words}
        filler = {word for phrases in self._fillers.values() for phrase in phrases for word in phrase}
        dates = map(fold, self.words.dates)
        return frozenset({*said, *choices, *filler, *dates, *self._families, *self._light})
