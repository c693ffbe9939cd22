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

One fault: `.venv/bin/python -m tests.faults NAME`. Tests that take longer, those of a federation cut in two and of a
homeserver with its limits as they come among them, are in `tests/faults/test_*.py`; `make faults` runs them, too.

"""
COLUMNS = ("fault", "how it is injected", "what must hold", "questions", "once", "lost", "doubled", "kills", "verdict")


def say(line: str) -> None:
    """A line for who waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def table(results: Sequence[Result], seconds: float) -> None:
    """To the terminal."""
    shown = Table(*COLUMNS[:2], *COLUMNS[3:], "seconds", title="Faults")
    for result in results:
        cells = _cells(result)
        shown.add_row(*cells[:2], *cells[3:], f"{result.seconds:.1f}")
    Console().print(shown)
    asked = sum(result.verdict.questions for result in results)
    kills = sum(result.kills for result in results)
    say(f"{_survived(results)}; {asked} questions, {kills} kills, {seconds:.0f} s")


def page(results: Sequence[Result]) -> str:
    """For the docs: nothing in it of this machine, nor its times."""
    rows = ["| " + " | ".join(row) + " |" for row in (COLUMNS, *map(_cells, results))]
    rows.insert(1, "|---" * len(COLUMNS) + "|")
    return "\n".join([HEAD + _survived(results) + ".", "", *rows, ""])


def _survived(results: Sequence[Result]) -> str:
    tried = [result for result in results if not result.not_tried]
    left = f", {len(results) - len(tried)} not tried" if len(tried) < len(results) else ""
    return f"{sum(result.well for result in tried)} of {len(results)} survived{left}"


def _cells(result: Result) -> tuple[str, ...]:
    fault, verdict = result.fault, result.verdict
    word = "; ".join(verdict.faults) or "well"
    if result.not_tried:
        word = f"not tried: {result.not_tried}"
    counts = (verdict.questions, verdict.once, verdict.lost, verdict.doubled, result.kills)
    return (
        fault.name,
        fault.by,
        fault.holds,
        *map(str, counts),
        f"not tried: {result.not_tried}" if result.not_tried else word,
    )
