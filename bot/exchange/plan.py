"""A plan of what an import would do, to be shown before anything is changed."""

from dataclasses import dataclass
from typing import Any

from bot.domain.directory import Assertion, Organisation, Status, Tool
from bot.exchange.resolving import Ambiguous
from bot.exchange.rows import BrokenRow, UseRow


@dataclass(frozen=True)
class Addition:
    """An assertion to add under its identity: adding it a second time is nothing."""

    id: str
    assertion: Assertion


@dataclass(frozen=True)
class Conflict:
    """Two lines that say different things of one use on one day; both are kept, and a person should look."""

    lines: tuple[int, int]
    organisation_id: str
    tool_id: str
    statuses: tuple[Status, Status]


@dataclass(frozen=True)
class Plan:
    """What an import adds, and what it leaves out and why."""

    additions: tuple[Addition, ...]
    organisations: tuple[Organisation, ...]  # new ones
    tools: tuple[Tool, ...]  # new ones
    matched: tuple[UseRow, ...]  # rows whose organisation and tool the register has
    new: tuple[UseRow, ...]  # rows with a new organisation or tool
    repeated: tuple[UseRow, ...]  # rows that say what a row above has said
    ambiguous: tuple[Ambiguous, ...]
    conflicting: tuple[Conflict, ...]
    broken: tuple[BrokenRow, ...]

    @property
    def summary(self) -> dict[str, int]:
        """How many of each; the rows are matched + new + ambiguous + broken."""
        asked = len({question.line for question in self.ambiguous})
        return {
            "rows": len(self.matched) + len(self.new) + asked + len(self.broken),
            "matched": len(self.matched),
            "new": len(self.new),
            "ambiguous": asked,
            "conflicting": len(self.conflicting),
            "broken": len(self.broken),
            "repeated": len(self.repeated),
            "assertions": len(self.additions),
            "new_organisations": len(self.organisations),
            "new_tools": len(self.tools),
        }

    def as_json(self) -> dict[str, Any]:
        """The plan for `--json`: the counts, and all that a person may want to look at."""
        return {
            "summary": self.summary,
            "new_organisations": [{"id": body.id, "name": body.name} for body in self.organisations],
            "new_tools": [{"id": tool.id, "name": tool.name} for tool in self.tools],
            "ambiguous": [
                {
                    "line": a.line,
                    "column": a.column,
                    "name": a.name,
                    "question": a.question,
                    "choices": [*a.choices],
                }
                for a in self.ambiguous
            ],
            "conflicting": [
                {
                    "lines": [*c.lines],
                    "organisation": c.organisation_id,
                    "tool": c.tool_id,
                    "statuses": [*c.statuses],
                }
                for c in self.conflicting
            ],
            "broken": [{"line": row.line, "reason": row.reason} for row in self.broken],
        }
