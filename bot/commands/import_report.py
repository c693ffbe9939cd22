"""What `townclerk import` tells a person: a bar while it works, then each file in a few lines."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from bot.errors import OperatorError
from bot.exchange.corrections import corrections, header
from bot.exchange.plan import Conflict, Plan
from bot.exchange.rows import BrokenRow, Kind, UseRow

MOST_LINES = 10  # of one sort and file
_Rows = Iterable[UseRow | BrokenRow]


@dataclass(frozen=True)
class FileReport:
    """A file and what importing it does."""

    file: str
    short_name: str
    kind: Kind
    plan: Plan

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"file": self.file, "kind": self.kind} | self.plan.as_json()


@dataclass
class Outcome:
    """What became of all that was named: a report a file, and a line for each that couldn't be read."""

    starter: dict[str, Any] | None = None
    reports: list[FileReport] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    passed_over: int = 0  # files in folders that are none of ours

    def as_json(self, *, dry_run: bool) -> dict[str, Any]:
        """For `--json`."""
        files = [*filter(None, [self.starter]), *(report.as_json() for report in self.reports)]
        return {"dry_run": dry_run, "files": files, "passed_over": self.passed_over, "failed": self.failed}


def watched(name: str, total: int) -> Callable[[_Rows], _Rows]:
    """Shows on a terminal how far the rows are."""

    def watching(rows: _Rows) -> _Rows:
        console = Console(stderr=True)
        return track(rows, name[:40], total, console=console, transient=True, disable=not sys.stderr.isatty())

    return watching


def told(found: Outcome, *, done: bool, dry_run: bool = False) -> Iterator[str]:
    """Line by line for a person: each file's counts, every row that needs one, and what it adds."""
    if found.starter:
        counts = ", ".join(_number(count, name[:-1]) for name, count in found.starter["summary"].items())
        yield f"{found.starter['file']}: {counts}"
    for report in found.reports:
        yield _counts(report)
        yield from _details(report.plan)
        yield _effect(report.plan, done)
    if len(found.reports) + found.passed_over > 1:
        yield _together(found)
    if dry_run:
        yield "dry run: nothing was changed"


def _together(found: Outcome) -> str:
    """Several files in one line, at the end."""
    sums = {name: sum(r.plan.summary[name] for r in found.reports) for name in ("rows", "ambiguous", "broken")}
    others = f", {_number(found.passed_over, 'other file')} passed over" if found.passed_over else ""
    return (
        f"{_number(len(found.reports), 'file')} with {_number(sums['rows'], 'row')}: "
        f"{sums['ambiguous']} ambiguous, {sums['broken']} broken{others}"
    )


def write_corrections(path: Path, reports: list[FileReport]) -> str:
    """The rows that need a look, as a file to correct and import; how many they are, in words."""
    lines = [line for r in reports for line in corrections(r.plan, r.file, r.short_name)]
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            file.writelines([header(), *lines])
    except OSError as error:
        raise OperatorError(f"{path}: can't be written ({error.strerror or error})") from error
    return f"{path}: {_number(len(lines), 'row')} to look at"


def _counts(report: FileReport) -> str:
    summary = report.plan.summary
    shown = ("matched", "new", "ambiguous", "conflicting", "broken", "repeated")
    counts = ", ".join(f"{summary[name]} {name}" for name in shown if summary[name])
    return f"{report.file} ({report.kind}): {_number(summary['rows'], 'row')}" + (f": {counts}" if counts else "")


def _effect(plan: Plan, done: bool) -> str:
    summary = plan.summary
    uses = summary["assertions"] - summary["already_there"]
    parts = [
        _number(count, word)
        for count, word in (
            (uses, "use"),
            (summary["new_organisations"], "organisation"),
            (summary["new_tools"], "tool"),
            (summary["facts"], "fact"),
        )
        if count
    ]
    if summary["completed_tools"]:
        parts.append(f"blanks of {_number(summary['completed_tools'], 'known tool')}")
    there = summary["already_there"]
    there_too = f" ({there} {'was' if there == 1 else 'were'} there already)" if there else ""
    added = " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
    return f"  {'added' if done else 'would add'} {added or 'nothing'}{there_too}"


def _details(plan: Plan) -> Iterator[str]:
    at = plan.counted_in
    asked = (
        f"{at} {a.line}: left out: {a.column} {a.name!r} is ambiguous: {', '.join(a.choices)}" for a in plan.ambiguous
    )
    yield from _first(list(asked))
    yield from _first([f"{at} {row.line}: left out: {row.reason}" for row in plan.broken])
    yield from _first([_contradiction(at, conflict) for conflict in plan.conflicting])
    yield from _first([*plan.notes])


def _contradiction(at: str, conflict: Conflict) -> str:
    what = f"{conflict.row.organisation} and {conflict.row.tool}"
    before, now = conflict.statuses
    if conflict.known:
        known = conflict.known
        said = f"the register says {before} ({known.grade}, {known.confirmed_on.isoformat()})"
    else:
        said = f"{at} {conflict.lines[0]} says {before}"
    return f"{at} {conflict.lines[-1]}: conflicting, both are kept: {what}: {said}, this says {now}"


def _first(lines: list[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield f"  … and {len(lines) - MOST_LINES} more like this (--json has all, --report FILE those to correct)"


def _number(count: int, word: str) -> str:
    return f"{count:,} {word}" + ("" if count == 1 else "s")
