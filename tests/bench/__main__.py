"""`make bench`: run every benchmark, print the figures as a table, write them as JSON with `--json FILE`."""

import argparse
import asyncio
import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import answers, calendars, cold, load, messages, names, timers
from tests.bench.figures import Figure


async def measure() -> list[Figure]:
    """All figures, one benchmark after the other: side by side they would measure each other."""
    return [
        *names.measure(),
        *calendars.measure(),
        *await timers.measure(),
        *await messages.measure(),
        *await answers.measure(),
        *await load.measure(),
        *await cold.measure(),
    ]


def main() -> None:
    """Print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    figures = asyncio.run(measure())
    table = Table("what", "figure", "unit", title="Town Clerk: what things cost")
    for figure in figures:
        table.add_row(figure.what, f"{figure.value:,.3g}", figure.unit)
    Console().print(table)
    if arguments.json:
        text = json.dumps([asdict(figure) for figure in figures], indent=2, ensure_ascii=False)
        arguments.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
