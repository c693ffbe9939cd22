"""`make eval`: how well it understands, as a table; `--misses` lists what it didn't, `--json FILE` writes it all."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.features import LANGUAGES
from tests.eval.folds import Validation, validate
from tests.eval.sentences import CHATTER, HERE, UNSEEN, Result, name_of, read_sentences, understand, written

OVERHEARD = ("who_uses", "who_maintains", "about_tool")


@dataclass(frozen=True)
class Score:
    """How many sentences of an intent were understood, slots and language and all."""

    language: str
    intent: str
    sentences: int
    right: int
    accuracy: float
    wrong_intent: int
    wrong_name: int  # taken for another tool or organisation
    wrong_language: int


@dataclass(frozen=True)
class Alarms:
    """How much of the chatter would be answered: overheard, or said to the bot."""

    language: str
    where: str
    sentences: int
    alarms: int
    share: float


@dataclass(frozen=True)
class Heard:
    """How many questions about a known tool would be answered where nobody spoke to the bot."""

    language: str
    questions: int
    heard: int
    share: float


@dataclass(frozen=True)
class Miss:
    """A sentence that was misunderstood, and the certainty of the misunderstanding."""

    language: str
    sentence: str
    expected: str
    got: str
    certainty: float


def score(language: str, intent: str, results: Sequence[Result]) -> Score:
    """These results, counted."""

    def count(wrong: Callable[[Result], bool]) -> int:
        return sum(wrong(result) for result in results)

    right = count(lambda result: result.right)
    return Score(
        language=language,
        intent=intent,
        sentences=len(results),
        right=right,
        accuracy=right / max(1, len(results)),
        wrong_intent=count(lambda result: not result.intent_right),
        wrong_name=count(lambda result: result.wrong_name),
        wrong_language=count(lambda result: not result.language_right),
    )


def alarms(language: str, chatter: Sequence[Result]) -> list[Alarms]:
    """The false alarms, counted."""
    counts = {
        "overheard": sum(result.overheard for result in chatter),
        "said to the bot": sum(result.addressed for result in chatter),
    }
    return [Alarms(language, where, len(chatter), n, n / max(1, len(chatter))) for where, n in counts.items()]


def heard(language: str, results: Sequence[Result]) -> Heard:
    """The questions that the bot may answer unasked, and how many it would."""
    asked = [r for r in results if r.wanted.intent in OVERHEARD and r.wanted.tool]
    count = sum(result.overheard and result.right for result in asked)
    return Heard(language, len(asked), count, count / max(1, len(asked)))


def miss(result: Result) -> Miss:
    """A miss, in words."""
    wanted, got = result.wanted, result.meaning
    expected = _words(wanted.intent, wanted.tool, wanted.organisation, wanted.number, wanted.slots)
    found = _words(got.intent, name_of(got.tool), name_of(got.organisation), got.number, {})
    said_in = "" if result.language_right else f" [{got.language}]"
    return Miss(wanted.language, wanted.say, expected, found + said_in, got.certainty)


def _words(intent: str, tool: str | None, organisation: str | None, number: int | None, slots: dict[str, str]) -> str:
    numbered = f"#{number}" if number is not None else None
    return " ".join(filter(None, (intent, tool, organisation, numbered, *(f"{k}={v}" for k, v in slots.items()))))


def scores_table(scores: Sequence[Score]) -> Table:
    """What was understood of what was said to the bot."""
    columns = ("language", "intent", "sentences", "right", "accuracy", "wrong intent", "wrong name", "wrong language")
    table = Table(*columns, title="Town Clerk: how well it understands")
    for line in scores:
        wrong = (line.wrong_intent, line.wrong_name, line.wrong_language)
        style = "bold" if line.intent == "all" else ""
        row = (line.language, line.intent, line.sentences, line.right, f"{line.accuracy:.1%}", *wrong)
        table.add_row(*map(str, row), style=style, end_section=bool(style))
    return table


def alarms_table(found: Sequence[Alarms]) -> Table:
    """How often chatter was mistaken."""
    table = Table("language", "where", "chatter", "false alarms", "share", title="Chatter")
    for line in found:
        table.add_row(line.language, line.where, f"{line.sentences}", f"{line.alarms}", f"{line.share:.1%}")
    return table


def heard_table(found: Sequence[Heard]) -> Table:
    """How many plain questions are answered where nobody spoke to the bot."""
    table = Table("language", "questions", "heard", "share", title="Questions about a known tool, overheard")
    for line in found:
        table.add_row(line.language, f"{line.questions}", f"{line.heard}", f"{line.share:.1%}")
    return table


def misses_table(title: str, misses: Sequence[Miss]) -> Table:
    """What was misunderstood."""
    table = Table("sentence", "expected", "got", "certainty", title=title)
    for line in misses:
        table.add_row(escape(line.sentence), escape(line.expected), escape(line.got), f"{line.certainty:.2f}")
    return table


def folds_table(validations: Sequence[Validation]) -> Table:
    """How phrases were understood that the engine hadn't learnt from."""
    columns = ("language", "phrases", "right", "intent right", "chatter", "answered overheard", "answered addressed")
    table = Table(*columns, title="Cross-validation: each phrase asked of an engine that never saw it")
    for line in validations:
        shares = (f"{line.right:.1%}", f"{line.intent_right:.1%}", str(line.chatter))
        table.add_row(line.language, str(line.phrases), *shares, f"{line.overheard:.1%}", f"{line.addressed:.1%}")
    return table


def _by_intent(language: str, results: Sequence[Result]) -> list[Score]:
    addressed = [result for result in results if result.wanted.intent != CHATTER]
    intents = dict.fromkeys(result.wanted.intent for result in addressed)
    scores = [score(language, intent, [r for r in addressed if r.wanted.intent == intent]) for intent in intents]
    return [*scores, score(language, "all", addressed)]


def main() -> None:
    """Print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--misses", action="store_true", help="list the sentences that were misunderstood")
    parser.add_argument("--folds", action="store_true", help="cross-validate over the example phrases instead")
    parser.add_argument("--unseen", action="store_true", help="the sentences that no phrase was ever tuned to")
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="only this language")
    arguments = parser.parse_args()
    languages = arguments.language or (LANGUAGES if arguments.folds else written())

    console = Console()
    if arguments.folds:
        validations = [validate(language) for language in languages]
        console.print(folds_table(validations))
        figures: dict[str, object] = {"folds": [asdict(line) for line in validations]}
    else:
        folder = UNSEEN if arguments.unseen else HERE
        results = {language: understand(read_sentences(language, folder)) for language in languages}
        chatter = {language: [r for r in some if r.wanted.intent == CHATTER] for language, some in results.items()}
        scores = [line for language, some in results.items() for line in _by_intent(language, some)]
        found = [line for language, some in chatter.items() for line in alarms(language, some)]
        every = [result for some in results.values() for result in some]
        misses = [miss(result) for result in every if result.wanted.intent != CHATTER and not result.right]
        mistaken = [miss(result) for result in every if result.wanted.intent == CHATTER and result.addressed]
        console.print(scores_table(scores))
        console.print(alarms_table(found))
        plain = [heard(language, some) for language, some in results.items()]
        console.print(heard_table(plain))
        if arguments.misses:
            console.print(misses_table("Misses", misses))
            console.print(misses_table("False alarms", mistaken))
        figures = {
            "scores": [asdict(line) for line in scores],
            "false_alarms": [asdict(line) for line in found],
            "heard": [asdict(line) for line in plain],
            "misses": [asdict(line) for line in misses],
            "mistaken": [asdict(line) for line in mistaken],
        }
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
