"""`python -m tests.bench.imports PATH…`: import files into a register of their own, and say how it went and how long.

A MANIFEST.csv among them (columns file, spec_version, usedBy_count) is held against what was read. With `--uses N`,
a made-up file of N uses is imported as well.
"""

import argparse
import asyncio
import csv
import resource
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.commands.import_report import Outcome
from bot.commands.imports import Wanted, import_all
from bot.exchange.document import read_document
from bot.exchange.kinds import read
from bot.exchange.rows import BrokenRow
from config.sections import DatabaseSettings
from config.settings import Settings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OUTCOMES = ("rows", "matched", "new", "ambiguous", "conflicting", "broken", "repeated", "assertions", "already_there")


async def imported(sources: list[str], database: Path, *, starter: bool) -> tuple[Outcome, float]:
    """What became of it, and the seconds it took."""
    settings = Settings(database=DatabaseSettings(url=f"sqlite:///{database}"))
    began = time.perf_counter()
    found = await import_all(settings, Wanted(sources, starter=starter), NOW)
    return found, time.perf_counter() - began


def table(title: str, found: Outcome) -> Table:
    """Rows by outcome, for each kind of file."""
    shown = Table("kind", "files", *OUTCOMES, title=title)
    for kind in dict.fromkeys(report.kind for report in found.reports):
        plans = [report.summary for report in found.reports if report.kind is kind]
        shown.add_row(kind, str(len(plans)), *(str(sum(plan[name] for plan in plans)) for name in OUTCOMES))
    return shown


def against(manifest: Path) -> list[str]:
    """Where the number of entries under `usedBy` isn't what the manifest says."""
    wrong = []
    with manifest.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows = read(read_document(manifest.parent / row["file"])).rows
            count = sum(isinstance(r, BrokenRow) or r.relation != "maintains" for r in rows)
            if count != int(row["usedBy_count"]):
                wrong.append(f"{row['file']}: {count} entries read, {row['usedBy_count']} in the manifest")
    return wrong


def made_up(path: Path, count: int) -> str:
    """A CSV of so many uses, of 2,000 tools by 4,000 bodies that no register knows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["organisation", "tool", "since", "evidence_url"])
        for n in range(count):
            body = f"Municipality of {_word(n % 4_000)}"
            writer.writerow([body, f"{_word(n * 7 % 2_000)} Suite", 2015 + n % 10, f"https://e.example/{n}"])
    return str(path)


def _word(number: int) -> str:
    syllables = ("ba", "co", "di", "fu", "ge", "ha", "lo", "mi", "na", "po", "ra", "su")
    letters = []
    for _ in range(5):
        number, rest = divmod(number, len(syllables))
        letters.append(syllables[rest])
    return "".join(letters).title()


def main() -> None:
    """Import, import again, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", metavar="PATH")
    parser.add_argument("--uses", type=int, default=0, metavar="N")
    arguments = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "bench.db")
        sources = list(arguments.paths)
        if arguments.uses:
            sources.append(made_up(Path(folder, "made-up.csv"), arguments.uses))
        for turn in ("the first time", "again"):
            found, seconds = asyncio.run(imported(sources, database, starter=turn != "again"))
            console.print(table(f"{turn}: {seconds:.2f} s, {found.passed_over} passed over", found))
            console.print(*found.failed, sep="\n")
        notes = Counter(note.partition(":")[0] for report in found.reports for note in report.plan.notes)
        console.print(*(f"{count} × {note}" for note, count in notes.most_common(20)), sep="\n")
    for manifest in (path for source in arguments.paths for path in Path(source).glob("MANIFEST.csv")):
        console.print(*(against(manifest) or [f"{manifest.name}: every count agrees"]), sep="\n")
    console.print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000:.0f} MB")


if __name__ == "__main__":
    main()
