"""What `townclerk import` tells a person: a bar while it works, then each file in a few lines."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from bot.commands import starter
from bot.commands.starter import Starter
from bot.exchange.corrections import corrections, header
from bot.exchange.export_files import opened
from bot.exchange.plan import Conflict, Plan
from bot.exchange.rows import BrokenRow, Kind, UseRow

MOST_LINES = 10  # of one sort and file
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel takes a file's accents for something else
_Rows = Iterable[UseRow | BrokenRow]


@dataclass
class FileReport:
    """A file and what importing it does; the counts stay when the plan is dropped."""

    file: str
    short_name: str
    kind: Kind
    plan: Plan
    summary: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.summary = self.plan.summary

    def done(self, plan: Plan) -> None:
        """The plan was carried out, perhaps without what somebody else had added meanwhile."""
        self.plan, self.summary = plan, plan.summary

    def drop(self, *, but_new: bool) -> None:
        """Keep of the plan only what is told of it: a catalogue has thousands of files."""
        new = self.plan.new if but_new else ()
        self.plan = replace(
            self.plan, additions=(), matched=(), repeated=(), completed=(), facts=(), already=frozenset(), new=new
        )

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"file": self.file, "kind": self.kind} | self.plan.as_json() | {"summary": self.summary}


@dataclass
class Outcome:
    """What became of all that was named: a report a file, and a line for each that couldn't be read."""

    starter: Starter | None = None
    reports: list[FileReport] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    passed_over: int = 0  # files in folders that are none of ours
    version: int = 0  # of the register, when the plans were made

    @property
    def added(self) -> "Counter[str]":
        """How many of each are added, all together; nothing if there is nothing to do."""
        sums = Counter(_starters(self.starter)) if self.starter else Counter[str]()
        for report in self.reports:
            sums.update(_amounts(report.summary))
        return +sums

    def as_json(self, *, dry_run: bool) -> dict[str, Any]:
        """For `--json`."""
        starters = [self.starter.as_json()] if self.starter else []
        files = [*starters, *(report.as_json() for report in self.reports)]
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
        yield starter.NAME
        yield _effect(_starters(found.starter), found.starter.already_there, done)
    for report in found.reports:
        yield _counts(report)
        yield from _details(report.plan)
        yield _effect(_amounts(report.summary), report.summary["already_there"], done)
    if len(found.reports) + found.passed_over > 1:
        yield _together(found)
    if dry_run:
        yield "dry run: nothing was changed"


def _together(found: Outcome) -> str:
    """Several files in one line, at the end."""
    sums = {name: sum(r.summary[name] for r in found.reports) for name in ("rows", "ambiguous", "broken")}
    others = f", {_number(found.passed_over, 'other file')} passed over" if found.passed_over else ""
    return (
        f"{_number(len(found.reports), 'file')} with {_number(sums['rows'], 'row')}: "
        f"{sums['ambiguous']} ambiguous, {sums['broken']} broken{others}"
    )


def write_corrections(path: Path, reports: list[FileReport]) -> str:
    """The rows that need a look, as a file to correct and import; how many they are, in words."""
    lines = [line for r in reports for line in corrections(r.plan, r.file, r.short_name)]
    with opened(path, _BYTE_ORDER_MARK) as write:
        for line in (header(), *lines):
            write(line)
    return f"{path}: {_number(len(lines), 'row')} to look at"


def _counts(report: FileReport) -> str:
    summary = report.summary
    shown = ("matched", "new", "ambiguous", "conflicting", "broken", "repeated")
    counts = ", ".join(f"{summary[name]} {name}" for name in shown if summary[name])
    return f"{report.file} ({report.kind}): {_number(summary['rows'], 'row')}" + (f": {counts}" if counts else "")


def _amounts(summary: Mapping[str, int]) -> dict[str, int]:
    return {
        "use": summary["assertions"] - summary["already_there"],
        "organisation": summary["new_organisations"],
        "tool": summary["new_tools"],
        "fact": summary["facts"],
        "known tool": summary["completed_tools"],
    }


def _starters(lacking: Starter) -> dict[str, int]:
    new = {name: lacking.summary[f"{name}s"] for name in ("use", "organisation", "tool", "fact")}
    return new | {f"known {name[:-1]}": count for name, count in lacking.completed.items()}


def _effect(amounts: Mapping[str, int], there: int, done: bool) -> str:
    there_too = f" ({there:,} {'was' if there == 1 else 'were'} there already)" if there else ""
    return f"  {'added' if done else 'would add'} {in_words(amounts)}{there_too}"


def in_words(amounts: Mapping[str, int]) -> str:
    """How much is added: “2 uses, 1 tool and blanks of 1 known tool”, or “nothing”."""
    parts = [
        f"{'blanks of ' if word.startswith('known') else ''}{_number(count, word)}"
        for word, count in amounts.items()
        if count
    ]
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts) or "nothing"


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
