"""The results as a table for the terminal and as a page for the docs."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.faults.run import Result

HEAD = """# Faults that Town Clerk survives

This page is written by `make faults`: a real Synapse, the real command, a proxy between them, and SIGKILL.
Each fault has rooms and a bot of its own. The verdict is an oracle's. It waits until nothing is left to do (all that
was asked is thought about, the outbox is empty, no timer is due), and then reads every room back as somebody else sees
it: each question has one answer; the answers come in the order of the questions; each message of the bot's is one its
database knows, and each that its database knows as sent is there; no op id twice; each card as it is kept.

One fault: `.venv/bin/python -m tests.faults NAME`. Two longer tests, which `make faults` runs as well, are in
`tests/faults/long_*.py`: a federation cut in two for hundreds of messages, and ten thousand messages in two hundred
rooms that were sent while the bot was stopped.

"""
COLUMNS = ("fault", "how it is injected", "what must hold", "questions", "once", "lost", "doubled", "kills", "verdict")
WELL, NOT_TRIED = "well", "not tried"


def say(line: str) -> None:
    """A line for who waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def table(results: Sequence[Result], seconds: float) -> None:
    """To the terminal."""
    shown = Table(COLUMNS[0], *COLUMNS[3:], "seconds", title="Faults")
    for result in results:
        cells = _cells(result)
        shown.add_row(cells[0], *cells[3:], f"{result.seconds:.1f}")
    Console(width=150).print(shown)
    asked = sum(result.verdict.questions for result in results)
    kills = sum(result.kills for result in results)
    say(f"{_survived([_cells(result) for result in results])}; {asked} questions, {kills} kills, {seconds:.0f} s")


def page(results: Sequence[Result], before: str = "", names: Sequence[str] = ()) -> str:
    """For the docs: nothing in it of this machine, nor its times. Of the page `before`, rows of faults with these
    names stay if they were not tried again.
    """
    kept = {row[0]: row for row in map(_row, before.splitlines()) if row[0] in names}
    kept |= {result.fault.name: _cells(result) for result in results}
    rows = [kept[name] for name in names if name in kept]
    lines = ["| " + " | ".join(row) + " |" for row in (COLUMNS, *rows)]
    lines.insert(1, "|---" * len(COLUMNS) + "|")
    return "\n".join([HEAD + _survived(rows) + ".", "", *lines, ""])


def _row(line: str) -> tuple[str, ...]:
    return tuple(line.removeprefix("| ").removesuffix(" |").split(" | "))


def _survived(rows: Sequence[tuple[str, ...]]) -> str:
    left = sum(row[-1].startswith(NOT_TRIED) for row in rows)
    well = sum(row[-1] == WELL for row in rows)
    return f"{well} of {len(rows)} survived" + (f", {left} not tried" if left else "")


def _cells(result: Result) -> tuple[str, ...]:
    fault, verdict = result.fault, result.verdict
    word = "; ".join(verdict.faults).replace("|", "/") or WELL
    counts = (verdict.questions, verdict.once, verdict.lost, verdict.doubled, result.kills)
    not_tried = f"{NOT_TRIED}: {result.not_tried}" if result.not_tried else ""
    return (fault.name, fault.by, fault.holds, *map(str, counts), not_tried or word)
