"""`make eval`: how well it understands, as a table; `--misses` lists what it didn't, `--json FILE` writes it all."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.language.meaning import Meaning, Named
from tests.eval.sentences import CHATTER, Result, Wanted, read_sentences, understand

SURE, LIKELY = 0.95, 0.6  # what an overheard sentence must reach to be answered; and what comes near it


@dataclass(frozen=True)
class Score:
    """How many sentences of an intent were understood, slots and all."""

    intent: str
    sentences: int
    right: int
    accuracy: float


@dataclass(frozen=True)
class Alarms:
    """How much of the chatter was taken for something said to the bot, at a certainty or above."""

    certainty: float
    sentences: int
    alarms: int
    share: float


@dataclass(frozen=True)
class Miss:
    """A sentence that was misunderstood, and the certainty of the misunderstanding."""

    sentence: str
    expected: str
    got: str
    certainty: float


def score(intent: str, results: Sequence[Result]) -> Score:
    """The results of one intent, counted."""
    right = sum(result.right for result in results)
    return Score(intent, len(results), right, right / len(results))


def alarms(certainty: float, chatter: Sequence[Result]) -> Alarms:
    """The false alarms at this certainty, counted."""
    count = sum(result.alarms(certainty) for result in chatter)
    return Alarms(certainty, len(chatter), count, count / len(chatter))


def miss(result: Result) -> Miss:
    """A miss, in words."""
    return Miss(result.wanted.say, _expected(result.wanted), _got(result.meaning), result.meaning.certainty)


def _expected(wanted: Wanted) -> str:
    return _words(wanted.intent, wanted.tool, wanted.organisation, wanted.number)


def _got(meaning: Meaning) -> str:
    return _words(meaning.intent, _id(meaning.tool), _id(meaning.organisation), meaning.number)


def _id(named: Named | None) -> str | None:
    if named is None:
        return None
    return named.id or f"“{named.typed}” ({named.match})"


def _words(intent: str, tool: str | None, organisation: str | None, number: int | None) -> str:
    return " ".join(filter(None, (intent, tool, organisation, f"#{number}" if number is not None else None)))


def scores_table(scores: Sequence[Score], total: Score) -> Table:
    """What was understood of what was said to the bot."""
    table = Table("intent", "sentences", "right", "accuracy", title="Town Clerk: how well it understands")
    for line in scores:
        table.add_row(line.intent, f"{line.sentences}", f"{line.right}", f"{line.accuracy:.0%}")
    table.add_section()
    table.add_row(total.intent, f"{total.sentences}", f"{total.right}", f"{total.accuracy:.1%}", style="bold")
    return table


def alarms_table(overheard: Sequence[Alarms]) -> Table:
    """How often chatter was mistaken."""
    table = Table("certainty", "chatter", "false alarms", "share", title="Overheard")
    for line in overheard:
        table.add_row(f"≥ {line.certainty}", f"{line.sentences}", f"{line.alarms}", f"{line.share:.1%}")
    return table


def misses_table(title: str, misses: Sequence[Miss]) -> Table:
    """What was misunderstood."""
    table = Table("sentence", "expected", "got", "certainty", title=title)
    for line in misses:
        table.add_row(escape(line.sentence), escape(line.expected), escape(line.got), f"{line.certainty:.2f}")
    return table


def main() -> None:
    """Print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--misses", action="store_true", help="list the sentences that were misunderstood")
    arguments = parser.parse_args()

    results = understand(read_sentences())
    addressed = [result for result in results if result.wanted.intent != CHATTER]
    chatter = [result for result in results if result.wanted.intent == CHATTER]
    intents = dict.fromkeys(result.wanted.intent for result in addressed)
    scores = [score(intent, [r for r in addressed if r.wanted.intent == intent]) for intent in intents]
    total = score("total", addressed)
    overheard = [alarms(certainty, chatter) for certainty in (SURE, LIKELY)]
    misses = [miss(result) for result in addressed if not result.right]
    mistaken = [miss(result) for result in chatter if result.alarms(LIKELY)]

    console = Console()
    console.print(scores_table(scores, total))
    console.print(alarms_table(overheard))
    if arguments.misses:
        console.print(misses_table("Misses", misses))
        console.print(misses_table("False alarms", mistaken))
    if arguments.json:
        figures = {
            "intents": [asdict(line) for line in scores],
            "total": asdict(total),
            "false_alarms": [asdict(line) for line in overheard],
            "misses": [asdict(line) for line in misses],
            "mistaken": [asdict(line) for line in mistaken],
        }
        arguments.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
