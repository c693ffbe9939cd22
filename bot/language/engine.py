"""From a sentence to what was meant: the reading that explains most of it, with how much that is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bot.language.evidence import evident
from bot.language.meaning import NOTHING, Match, Meaning, Named
from bot.language.names import Names
from bot.language.phrases import Slot
from bot.language.readings import PASSED_OVER, Reading, best_reading, named
from bot.language.sentence import Sentence
from bot.language.tokens import NONE, PAUSE, STOP, Token, tokens
from bot.language.tongue import Tongue
from bot.language.vocabulary import Vocabulary, Words, load_words

LONGEST_SENTENCE, MOST_SENTENCES = 40, 6  # tokens; what is longer is a tale, not a question
MOST_CLAUSES = 4
MOST_CORRECTED = 2  # sentences whose words are looked at for slips of the keyboard


class Engine:
    """Understands sentences by the phrases of every plugin's vocabulary, in every language they have."""

    def __init__(self, vocabularies: Iterable[Vocabulary], words: Mapping[str, Words] | None = None) -> None:
        by_language: dict[str, list[Vocabulary]] = {}
        for vocabulary in vocabularies:
            by_language.setdefault(vocabulary.language, []).append(vocabulary)
        self._tongues = {
            language: Tongue(language, (words or {}).get(language) or load_words(language), group)
            for language, group in by_language.items()
        }

    @property
    def intents(self) -> frozenset[str]:
        """Everything that may be meant, `none` aside."""
        stated = {p.intent for tongue in self._tongues.values() for p in tongue.patterns}
        return frozenset({name for intent in stated for name in (intent.name, intent.unknown) if name})

    def answer(self, text: str) -> str | None:
        """The bare answer that this is."""
        word = text.strip(" .!?").casefold()
        known = {"yes": "yes", "no": "no", "later": "later", "ask me later": "later", "stop asking me": "stop"}
        return known.get(word)

    def choice(self, text: str) -> int | None:
        """The number that this is."""
        return int(text.strip()) if text.strip().isdigit() and len(text.strip()) < 3 else None

    def understand(self, text: str, names: Names, languages: Sequence[str] = ("en",)) -> Meaning:
        """What was meant; intent `none` if no reading explains enough. Of equals the first language wins."""
        best = NOTHING
        for language in languages:
            if tongue := self._tongues.get(language):
                meaning = _understand(text, names, tongue)
                if meaning.certainty > best.certainty:
                    best = meaning
        return best


def _understand(text: str, names: Names, tongue: Tongue) -> Meaning:
    found = tokens(text, tongue.contractions, tongue.openers)
    sentences = [
        Sentence(text, part, tongue, names, misspelt=at < MOST_CORRECTED) for at, part in enumerate(_sentences(found))
    ]
    sentences += _referring(sentences)
    if reading := best_reading(sentences, tongue):
        return _meaning(reading, sentences, tongue, reading.certainty)
    if evidence := evident(sentences, tongue):
        return _meaning(evidence[0], sentences, tongue, evidence[1])
    clauses = [Sentence(text, part, tongue, names) for part in _clauses(found)]
    numbered = [clause for clause in clauses if clause.has("number")]
    for spoken in (numbered, clauses):
        if spoken and (reading := best_reading(spoken, tongue, statements=True)):
            return _meaning(reading, spoken, tongue, reading.certainty)
    return NOTHING


def _referring(sentences: list[Sentence]) -> list[Sentence]:
    """Questions about "it", each with the tool in its place that a sentence before them named."""
    found: list[Sentence] = []
    if not any(sentence.asks for sentence in sentences) or sentences[0].tongue.words.it.isdisjoint(sentences[0].places):
        return found
    whole = sentences[0]
    spoken = sentences[1:] or [Sentence(whole.text, part, whole.tongue, whole.names) for part in _clauses(whole.tokens)]
    for at, sentence in enumerate(spoken):
        its = [place for place, token in enumerate(sentence.tokens) if token.word in sentence.tongue.words.it]
        if not at or len(its) != 1 or not sentence.asks or sentence.mentioned("tool"):
            continue
        for before in reversed(spoken[:at]):
            if place := before.mentioned("tool"):
                tokens = list(sentence.tokens)
                tokens[its[0] : its[0] + 1] = [replace(t, before=NONE) for t in before.tokens[slice(*place)]]
                found.append(Sentence(sentence.text, tokens, sentence.tongue, sentence.names, again=True))
                break
    return found


def _clauses(found: list[Token]) -> list[list[Token]]:
    """What stands between the commas of a short message, if it has any."""
    parts: list[list[Token]] = []
    for token in found if len(found) <= LONGEST_SENTENCE else []:
        if not parts or token.before >= PAUSE:
            parts.append([])
        parts[-1].append(token)
    return parts if 1 < len(parts) <= MOST_CLAUSES else []


def _sentences(found: list[Token]) -> list[list[Token]]:
    """The sentences of a message; a short message first as a whole, since people end sentences anywhere."""
    parts: list[list[Token]] = []
    for token in found:
        if not parts or token.before == STOP or len(parts[-1]) >= LONGEST_SENTENCE:
            parts.append([])
        parts[-1].append(token)
    whole = [found] if len(parts) > 1 and len(found) <= LONGEST_SENTENCE else []
    return whole + parts[:MOST_SENTENCES]


def _meaning(reading: Reading, sentences: list[Sentence], tongue: Tongue, certainty: float) -> Meaning:
    sentence, intent = reading.sentence, reading.pattern.intent
    slots: dict[str, str] = {}
    found: dict[str, Named] = {}
    for slot, start, end in reading.alignment.spans:
        if slot.kind in ("tool", "organisation"):
            found.setdefault(slot.name, named(sentence, slot, start, end))
        if slot.name != PASSED_OVER:
            slots.setdefault(slot.name, _slot_text(reading, slot, start, end, tongue))
    tool = found.get("tool")
    if intent.whole:
        slots.setdefault(intent.whole, sentence.text.strip())
        tool = _mentioned_instead(
            tool, sentences, guessed=any(slot.name == PASSED_OVER for slot, _, _ in reading.alignment.spans)
        )
    slots.pop("tool", None)
    if tool is not None:
        slots["tool"] = tool.typed
    return Meaning(
        intent=intent.unknown if intent.unknown and _unsure(tool) else intent.name,
        certainty=round(min(1.0, certainty), 3),
        language=tongue.language,
        tool=tool,
        organisation=found.get("organisation"),
        slots=MappingProxyType(slots),
    )


def _unsure(tool: Named | None) -> bool:
    return tool is not None and tool.match in (Match.UNKNOWN, Match.NEAR)


def _mentioned_instead(tool: Named | None, sentences: list[Sentence], guessed: bool) -> Named | None:
    """A problem told at length names its tool anywhere; a known one is better than a guess."""
    if tool is not None and not _unsure(tool):
        return tool
    for sentence in sentences:
        if place := sentence.mentioned("tool"):
            return sentence.names.find_tool(sentence.typed(*place))
    return None if guessed and tool is not None and tool.match is Match.UNKNOWN else tool


def _slot_text(reading: Reading, slot: Slot, start: int, end: int, tongue: Tongue) -> str:
    sentence = reading.sentence
    if slot.kind.startswith("="):
        return tongue.choices[slot.kind][tuple(token.word for token in sentence.tokens[start:end])]
    if slot.kind == "text" and reading.pattern.text_last and slot is reading.pattern.elements[-1]:
        return sentence.text[sentence.tokens[start].start :].rstrip()
    return sentence.typed(start, end)
