"""A plan of what an import would do, to be shown before anything is changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.directory import Assertion, Organisation, Status, Tool, Usage
from bot.domain.facts import Fact
from bot.exchange.identity import undated_id
from bot.exchange.resolving import Ambiguous
from bot.exchange.rows import BrokenRow, UseRow


@dataclass(frozen=True)
class Addition:
    """An assertion to add under its identity: adding it a second time is nothing."""

    id: str
    assertion: Assertion
    row: UseRow

    @property
    def dated(self) -> bool:
        """Whether the file says of when it is."""
        return self.id != undated_id(self.assertion)


@dataclass(frozen=True)
class Conflict:
    """Two lines that say different things of one use on one day, or one that contradicts what the register knows.

    Both are kept, and a person should look.
    """

    lines: tuple[int, ...]
    organisation_id: str
    tool_id: str
    statuses: tuple[Status, Status]
    row: UseRow
    known: Usage | None = None

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        shown: dict[str, Any] = {
            "lines": [*self.lines],
            "organisation": self.organisation_id,
            "tool": self.tool_id,
            "statuses": [*self.statuses],
        }
        if self.known:
            known = self.known
            shown["register"] = {
                "status": known.status,
                "grade": known.grade,
                "confirmed_on": known.confirmed_on.isoformat(),
                "said_by": known.said_by,
            }
        return shown


@dataclass(frozen=True)
class Question:
    """A row that is left out until a person has said what its names mean."""

    row: UseRow
    asked: tuple[Ambiguous, ...]


@dataclass(frozen=True)
class Plan:
    """What an import adds, and what it leaves out and why."""

    additions: tuple[Addition, ...]
    organisations: tuple[Organisation, ...]  # new ones
    tools: tuple[Tool, ...]  # new ones
    matched: tuple[UseRow, ...]  # rows whose organisation and tool the register has
    new: tuple[Addition, ...]  # rows with a new organisation or tool
    repeated: tuple[UseRow, ...]  # rows that say what a row above has said
    questions: tuple[Question, ...]
    conflicting: tuple[Conflict, ...]
    broken: tuple[BrokenRow, ...]
    completed: tuple[Tool, ...] = ()  # known tools of which the file knows more
    filled: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by the known tool's id: what was blank
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    already: frozenset[str] = frozenset()  # ids of additions that the register has already
    counted_in: str = "line"

    @property
    def ambiguous(self) -> tuple[Ambiguous, ...]:
        """All that is asked."""
        return tuple(asked for question in self.questions for asked in question.asked)

    @property
    def summary(self) -> dict[str, int]:
        """How many of each; the rows are matched + new + ambiguous + broken."""
        return {
            "rows": len(self.matched) + len(self.new) + len(self.questions) + len(self.broken),
            "matched": len(self.matched),
            "new": len(self.new),
            "ambiguous": len(self.questions),
            "conflicting": len(self.conflicting),
            "broken": len(self.broken),
            "repeated": len(self.repeated),
            "assertions": len(self.additions),
            "already_there": len(self.already),
            "new_organisations": len(self.organisations),
            "new_tools": len(self.tools),
            "completed_tools": len(self.completed),
            "facts": len(self.facts),
        }

    def as_json(self) -> dict[str, Any]:
        """The plan for `--json`: the counts, and all that a person may want to look at."""
        return {
            "summary": self.summary,
            "new_organisations": [{"id": body.id, "name": body.name} for body in self.organisations],
            "new_tools": [
                {"id": tool.id, "name": tool.name} | ({"repository": tool.repository} if tool.repository else {})
                for tool in self.tools
            ],
            "completed_tools": [
                {"id": tool.id, "name": tool.name, "filled": {**self.filled.get(tool.id, {})}}
                for tool in self.completed
            ],
            "ambiguous": [
                {
                    "line": a.line,
                    "column": a.column,
                    "name": a.name,
                    "question": a.question,
                    "choices": [*a.choices],
                    "ids": [*a.ids],
                }
                for a in self.ambiguous
            ],
            "conflicting": [conflict.as_json() for conflict in self.conflicting],
            "broken": [{"line": row.line, "reason": row.reason} for row in self.broken],
            "notes": [*self.notes],
        }
