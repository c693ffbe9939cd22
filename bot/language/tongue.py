"""One language as the engine uses it: every plugin's phrases as patterns, what each word may stand for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache, partial

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.classifier import Classifier
from bot.language.demands import Demanded, Demands
from bot.language.examples import Examples
from bot.language.features import Speech
from bot.language.fillers import Filler, Fillers
from bot.language.keys import fold
from bot.language.learnt import is_learnt, learnt_once
from bot.language.phrases import Phrase, Piece, cut, patterns, sparing
from bot.language.stretches import STRETCHES
from bot.language.terms import Terms
from bot.language.tokens import Token, tokens
from bot.language.vocabulary import Intent, Vocabulary, Words, sources

FAMILY, SLIP = 0.04, 0.25  # what a synonym and a misspelt word cost
LIGHT, HEAVY = 0.12, 1.0  # what a word that no phrase explains costs
TURNED = 2.5  # what a negation costs that the phrase hasn't
LIGHT_WEIGHT = 0.3  # how much a light word of a phrase counts
_folded = lru_cache(maxsize=50_000)(fold)
MISSPELT_FROM = 4  # letters


class Tongue:
    """A language compiled from its vocabularies and the words they share."""

    def __init__(self, language: str, words: Words, vocabularies: Sequence[Vocabulary]) -> None:
        self.language, self.words, self.vocabularies = language, words, vocabularies
        self._contractions = {fold(s): tuple(map(fold, full)) for s, full in words.contractions.items()}
        self._light, self.negations = frozenset(map(fold, words.light)), frozenset(map(fold, words.negations))
        self._fillers = Fillers(words, self._expand_all)
        self._families: dict[str, set[str]] = defaultdict(set)
        self.choices: dict[str, dict[tuple[str, ...], str]] = {}
        self._join("", words.families)
        for vocabulary in vocabularies:
            self._join(f"{vocabulary.source}#", vocabulary.families)
            self._choose(vocabulary)
        self._sources = sources(vocabularies)
        self.demanded = Demanded()
        self._demands: dict[str, Demands] = {}
        self._slots: dict[str, Mapping[str, str]] = {}
        self.terms = Terms(words)
        self.capitals_tell = words.capitals_tell
        self.dates = frozenset(map(fold, words.dates))
        self._meanings: dict[str, dict[str, float]] = {}

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
        return self._fillers.of(words)

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

    def _expand_all(self, words: Iterable[str]) -> tuple[str, ...]:
        return tuple(part for word in words for part in self._expand(word))

    @lru_cache(maxsize=20_000)  # noqa: B019 (a tongue lives as long as the bot)
    def _expand(self, word: str) -> tuple[str, ...]:
        """The words of one as a message would have them: "l'outil" is two; "'s" and alternatives stay."""
        folded = _folded(word)
        if "/" in word or folded.startswith("'"):
            return self._contractions.get(folded, (folded,))
        return tuple(token.word for token in tokens(word, self._contractions, frozenset())) or (folded,)

    def _join(self, prefix: str, families: Mapping[str, tuple[str, ...]]) -> None:
        for name, words in families.items():
            for word in words:
                self._families[fold(word)].add(f"~{prefix}{name}")

    def _choose(self, vocabulary: Vocabulary) -> None:
        for slot, values in vocabulary.values.items():
            self.choices[f"={vocabulary.source}#{slot}"] = {
                self._expand_all(words.split()): value for value, texts in values.items() for words in texts
            }

    @lru_cache(maxsize=20_000)  # noqa: B019 (a tongue lives as long as the bot)
    def _symbols(self, source: str, word: str) -> tuple[frozenset[str], float]:
        families = {f for f in self._families.get(word, ()) if "#" not in f or f.startswith(f"~{source}#")}
        return frozenset({word} | families), LIGHT_WEIGHT if word in self._light else HEAVY

    @cached_property
    def phrases(self) -> Mapping[str, Sequence[Phrase]]:
        """The phrases of each intent, cut into their words and slots when the first sentence is heard.

        Raises BrokenVocabulary.
        """
        found: dict[str, list[Phrase]] = {}
        once: dict[Piece, Piece] = {}
        for vocabulary in self.vocabularies:
            chosen = {slot: f"={vocabulary.source}#{slot}" for slot in vocabulary.values}
            kinds = {**vocabulary.slots, **chosen}
            for intent in vocabulary.intents:
                made = (cut(vocabulary, intent, phrase, kinds, self._expand) for phrase in intent.phrases)
                found[intent.name] = sparing(made, once)
        return found

    def compile(self) -> None:
        """Read every phrase now. Raises BrokenVocabulary."""
        _ = self.phrases

    def learn(self) -> None:
        """Get ready now for sentences to come."""
        _ = self.lexicon, self.classifier

    @cached_property
    def chatter(self) -> Sequence[tuple[str, ...]]:
        """What people say to one another."""
        return [self.spoken(sentence) for sentence in self.words.chatter]

    @cached_property
    def talk(self) -> frozenset[tuple[str, ...]]:
        """The same, for looking a sentence up."""
        return frozenset(self.chatter)

    @cached_property
    def texts(self) -> Sequence[tuple[str, ...]]:
        """Samples of free text."""
        return [self.spoken(text) for text in self.words.samples.get("text", ())]

    @cached_property
    def stretches(self) -> Mapping[str, Sequence[tuple[str, ...]]]:
        """Samples of days, hours and numbers."""
        return {kind: [self.spoken(text) for text in self.words.samples.get(kind, ())] for kind in STRETCHES}

    def intent(self, name: str) -> Intent:
        """The intent of that name."""
        return self.phrases[name][0].intent

    def demands(self, intent: str) -> Demands:
        """The patterns of an intent with the words they demand, made when they are first asked for."""
        if intent not in self._demands:
            symbols = partial(self._symbols, self._sources[intent])
            made = [pattern for phrase in self.phrases[intent] for pattern in patterns(phrase, symbols)]
            self._demands[intent] = Demands(made, self.demanded)
        return self._demands[intent]

    def slots(self, intent: str) -> Mapping[str, str]:
        """The slots that phrases of an intent have, with their kinds."""
        if intent not in self._slots:
            self._slots[intent] = {n: kind for phrase in self.phrases[intent] for n, kind in phrase.slots.items()}
        return self._slots[intent]

    @lru_cache(maxsize=200)  # noqa: B019 (a tongue lives as long as the bot)
    def needs(self, intent: str, kind: str) -> bool:
        """Whether every phrase of the intent has a slot of this kind."""
        return all(kind in phrase.slots.values() for phrase in self.phrases[intent])

    def chosen(self, kind: str, said: Sequence[Token]) -> str:
        """The choice of this kind that a sentence names, by the longest of its texts; empty if none."""
        words, texts = tuple(token.word for token in said), self.choices[kind]
        here, places = frozenset(words), range(len(words))
        found = (t for t in texts if here.issuperset(t) and any(words[at : at + len(t)] == t for at in places))
        return texts.get(max(found, key=len, default=()), "")

    def spoken(self, text: str) -> tuple[str, ...]:
        """The words of a sentence from a language file, its slots among them, a question mark at its end."""
        words = tuple(token.word for token in tokens(text, self._contractions, frozenset()))
        return (*words, "?") if text.rstrip().endswith("?") else words

    @cached_property
    def classifier(self) -> Classifier:
        """What has learnt from this language's phrases which intent a sentence has."""
        return learnt_once(self._taught, self._learn)

    @property
    def has_learnt(self) -> bool:
        """Whether that was learnt before, and kept."""
        return is_learnt(self._taught)

    @property
    def _taught(self) -> object:
        return [self.language, self.words, list(self.vocabularies)]

    def _learn(self) -> Classifier:
        examples = Examples(self.speech, self._marked, self.texts, self.choices, self.stretches)
        phrases = (phrase for some in self.phrases.values() for phrase in some)
        return Classifier.learn(examples.of(phrases, self.chatter))

    @cached_property
    def statements(self) -> frozenset[str]:
        """The intents that are never asked."""
        return frozenset(name for name in self.phrases if self.intent(name).statement)

    @cached_property
    def bare(self) -> Sequence[str]:
        """The intents that a name alone may mean."""
        return [n for n, some in self.phrases.items() if any([k for _, k, _ in p.pieces] == ["slot"] for p in some)]

    @cached_property
    def speech(self) -> Speech:
        """How features are made of this language's sentences."""
        return Speech(self._families, self._light, self.negations)

    @cached_property
    def _spellings(self) -> Sequence[str]:
        return sorted(word for word in self.lexicon if len(word) >= MISSPELT_FROM)

    def _marked(self, words: Sequence[str]) -> list[bool]:
        return [filler is not Filler.NO for filler in self.fillers(words)]

    @cached_property
    def lexicon(self) -> frozenset[str]:
        """Every word that means something here; only what isn't among them may be a slip."""
        said = {word for some in self.phrases.values() for phrase in some for word in phrase.words}
        choices = {word for values in self.choices.values() for words in values for word in words}
        talk = {word for words in (*self.chatter, *self.texts) for word in words if word.isalpha()}
        talk |= {word for some in self.stretches.values() for words in some for word in words if word.isalpha()}
        return frozenset({*said, *choices, *self._fillers.words, *self.dates, *talk, *self._families, *self._light})
