"""From a sentence to what was meant: what the classifier thinks likely, borne out by the phrase that fits best."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType

from bot.language.accents import Accents, heard
from bot.language.answers import PLAIN, Answers
from bot.language.guess import UNCLEAR, Guess
from bot.language.meaning import NOTHING, Match, Meaning, Named
from bot.language.names import Names
from bot.language.openers import Opener
from bot.language.parts import WHOLE, Part, parts_of
from bot.language.readings import readings
from bot.language.slots import Filling
from bot.language.tokens import tokens
from bot.language.tongue import Tongue
from bot.language.vocabulary import Vocabulary, Words, shared_words

ENOUGH = 0.5  # what is less certain is nothing
ENOUGH_NAMED = 0.25  # and where a tool or body that we know is named: who names one means something
MOST_LANGUAGES, TOLD_APART = 2, 3.0  # a language that is further behind isn't tried
LESS_LIKELY = 0.1  # how much surer the meaning in the other language must be
WORTH_READING, MOST_INTENTS = 0.04, 3  # the likelihoods whose phrases are tried
ASKING = 0.8  # how likely a question must be that has no question mark
ASKED = 0.4  # a statement in a message that asks something is rarely what was meant
NAMELESS = 0.6  # of a certainty, where the intent needs a name and the sentence has none
HEARD = 0.95  # so likely and so well put, a question about a known tool is clear
UNHEARD = 0.85  # where a name that nobody knows is made of everyday words


class Engine:
    """Understands sentences by the phrases of every plugin's vocabulary, in every language they have."""

    def __init__(self, vocabularies: Iterable[Vocabulary], words: Mapping[str, Words] | None = None) -> None:
        by_language: dict[str, list[Vocabulary]] = {}
        for vocabulary in vocabularies:
            by_language.setdefault(vocabulary.language, []).append(vocabulary)
        self._set(by_language, by_language.__getitem__, words or {})

    @classmethod
    def reading(cls, languages: Iterable[str], read: Callable[[str], Sequence[Vocabulary]]) -> "Engine":
        """An engine that reads a language's vocabularies when it is first spoken: most communities speak one or two."""
        engine = cls.__new__(cls)
        engine._set(languages, read, {})
        return engine

    def _set(
        self, languages: Iterable[str], read: Callable[[str], Sequence[Vocabulary]], words: Mapping[str, Words]
    ) -> None:
        self.languages = tuple(languages)
        self._read, self._words = read, words
        self._tongues: dict[str, Tongue] = {}
        self._answers: dict[str, Answers] = {}

    def _tongue(self, language: str) -> Tongue:
        if language not in self._tongues:
            words = self._words.get(language) or shared_words(language)
            self._tongues[language] = Tongue(language, words, self._read(language))
        return self._tongues[language]

    @cached_property
    def _accents(self) -> Accents:
        return Accents((language, self._heard(language)) for language in self.languages)

    def _heard(self, language: str) -> str:
        if tongue := self._tongues.get(language):
            return heard(tongue.words, tongue.vocabularies)
        return heard(self._words.get(language) or shared_words(language), self._read(language))

    def compile(self) -> None:
        """Read every vocabulary now, which else is done when a language is first heard. Raises BrokenVocabulary."""
        for language in self.languages:
            self._tongue(language).compile()

    def learn(self, language: str) -> None:
        """Learn a language before somebody speaks: it takes a second or two, and may be done in a thread."""
        if language in self.languages:
            self._tongue(language).learn()
            self._accents.ranked("", ())

    def has_learnt(self, language: str) -> bool:
        """Whether it was learnt before, and kept; if nobody taught it, too."""
        return language not in self.languages or self._tongue(language).has_learnt

    @property
    def intents(self) -> frozenset[str]:
        """Everything that may be meant, `none` aside."""
        tongues = map(self._tongue, self.languages)
        stated = [tongue.intent(name) for tongue in tongues for name in tongue.phrases]
        return frozenset({name for intent in stated for name in (intent.name, intent.unknown) if name})

    def understand(self, text: str, names: Names, languages: Sequence[str] = ("en",)) -> Meaning:
        """What was meant, in whichever of these languages it is said; intent `none` if that isn't certain enough.

        Where a message doesn't tell its language it is taken for the first.
        """
        likely = self.likely(text, languages)
        best = replace(NOTHING, language=likely[0]) if likely else NOTHING
        for language in likely:
            meaning = _understand(text, names, self._tongue(language))
            if meaning.certainty > best.certainty + (LESS_LIKELY if language != likely[0] else 0.0):
                best = meaning
        return best

    def likely(self, text: str, languages: Sequence[str]) -> list[str]:
        """Those of these languages that the message may be in, the likeliest first."""
        ranked = self._accents.ranked(text, languages)[:MOST_LANGUAGES]
        return [language for language, score in ranked if ranked[0][1] - score <= TOLD_APART]

    def answer(self, text: str, languages: Sequence[str] = ("en",)) -> str | None:
        """Whether the whole message is a bare `yes`, `no`, `later`, `stop` or `none`, in any of these languages."""
        found = (answers.find(text, PLAIN) for answers in self._answers_in(languages))
        return next((answer for answer in found if answer), None)

    def choice(self, text: str, languages: Sequence[str] = ("en",)) -> int | None:
        """Which of several the message picks, in any of these languages."""
        here = self._answers_in(languages)
        if any(answers.turned(text) for answers in here):
            return None
        return next((number for answers in here if (number := answers.picked(text)) is not None), None)

    def _answers_in(self, languages: Sequence[str]) -> list[Answers]:
        here = [language for language in languages if language in self.languages]
        for language in here:
            if language not in self._answers:
                self._answers[language] = Answers(self._tongue(language))
        return [self._answers[language] for language in here]


def _understand(text: str, names: Names, tongue: Tongue) -> Meaning:
    parts = parts_of(text, tokens(text, tongue.contractions, tongue.lexicon), tongue, names)
    nothing = replace(NOTHING, language=tongue.language)
    if not parts:
        return nothing
    if opened := Opener(tongue).meaning(parts[0].sentence):
        return opened
    guess = max(_guesses(parts, tongue), key=lambda guess: guess.certainty, default=None)
    if guess is None or (_listed_as_talk(parts[0], tongue) and not guess.to_the_letter):
        return nothing
    meaning = _meaning(guess, parts, tongue)
    named = any(name is not None and name.id for name in (meaning.tool, meaning.organisation))
    return meaning if meaning.certainty >= (ENOUGH_NAMED if named else ENOUGH) else nothing


def _listed_as_talk(whole: Part, tongue: Tongue) -> bool:
    words = tuple(token.word for token in whole.sentence.tokens)
    return words in tongue.talk or (*words, "?") in tongue.talk


def _guesses(parts: Sequence[Part], tongue: Tongue) -> list[Guess]:
    likeliest: dict[str, tuple[float, Part]] = {}
    telling = [part for part in parts if len(parts) == 1 or not (part.empty or part.bare)]
    asks = any(part.sentence.asks or _questions(part, tongue) for part in telling)
    for part in telling or parts:
        for intent, likelihood in part.likelihoods.items():
            trusted = likelihood * part.trust * (ASKED if asks and intent in tongue.statements else 1.0)
            if intent != NOTHING.intent and trusted > likeliest.get(intent, (WORTH_READING, part))[0]:
                likeliest[intent] = (trusted, part)
    chosen = sorted(likeliest, key=lambda intent: -likeliest[intent][0])[:MOST_INTENTS]
    if parts[0].bare and len(parts[0].mentions.all) == 1:
        # A name alone tells the classifier little: the phrases decide.
        likeliest = {intent: (parts[0].likelihoods.get(intent, 0.0), parts[0]) for intent in tongue.bare}
        chosen = [*likeliest]
    read = readings(parts, tongue, chosen)
    said = [intent for intent in chosen if intent in read or not tongue.intent(intent).brief]
    return [Guess(intent, *likeliest[intent], read.get(intent)) for intent in said]


def _questions(part: Part, tongue: Tongue) -> bool:
    """Whether a sentence or clause is very likely a question, with or without its mark."""
    if part.trust == WHOLE:
        return False
    likeliest = max(part.likelihoods, key=part.likelihoods.__getitem__)
    asked = likeliest != NOTHING.intent and likeliest not in tongue.statements
    return asked and part.likelihoods[likeliest] >= ASKING


def _meaning(guess: Guess, parts: Sequence[Part], tongue: Tongue) -> Meaning:
    filling = Filling(guess.intent, guess.part, parts, guess.reading, tongue)
    intent = tongue.intent(guess.intent)
    return Meaning(
        intent=intent.unknown if intent.unknown and _unsure(filling.tool) else intent.name,
        certainty=round(min(1.0, _certainty(guess, filling, intent.statement)), 3),
        language=tongue.language,
        tool=filling.tool,
        organisation=filling.organisation,
        other=filling.other,
        slots=MappingProxyType(filling.slots),
    )


def _certainty(guess: Guess, filling: Filling, statement: bool) -> float:
    """What it comes to once the names are known: a question is only clear about a tool that we know."""
    certainty = guess.certainty
    known = filling.tool is not None and filling.tool.id is not None
    if (guess.part.empty and not guess.alone) or (guess.part.bare and not guess.said):
        return 0.0
    if known and not statement and guess.plain:
        return max(HEARD, certainty)
    if known or ((statement or _commands(guess, filling)) and not filling.named):
        return certainty
    certainty = min(UNCLEAR, certainty)
    if filling.lacking:
        return certainty * NAMELESS
    return certainty * UNHEARD if filling.doubtful else certainty


def _commands(guess: Guess, filling: Filling) -> bool:
    """Whether it is a bare word about a request, and isn't asked: "status", "history"."""
    return guess.alone and not guess.part.sentence.asks and "number" in filling.tongue.slots(guess.intent)


def _unsure(tool: Named | None) -> bool:
    return tool is not None and tool.match in (Match.UNKNOWN, Match.NEAR)
