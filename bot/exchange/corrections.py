"""The rows that a person should look at, as a table to correct and import: a CSV of uses with a few columns more."""

import csv
import io
from collections.abc import Iterator

from bot.exchange.formulas import harmless
from bot.exchange.plan import Plan, Question
from bot.exchange.rows import UseRow

# The first six are for people; the rest are read by import.
COLUMNS = (
    "outcome", "reason", "file", "line", "organisation_choices", "tool_choices",
    "organisation", "organisation_id", "tool", "tool_id", "repository", "relation", "status", "since", "until",
    "asserted_on", "grade", "evidence_url", "source", "kind", "nation", "region",
)  # fmt: skip
_OF_ROW = COLUMNS[6:]
Cells = dict[str, str]


def header() -> str:
    """The first line."""
    return _line({name: name for name in COLUMNS})


def corrections(plan: Plan, file: str, said_by: str) -> Iterator[str]:
    """A line for each row that is ambiguous, new, conflicting or broken; `said_by` is who says what has no source."""
    for cells in _all(plan):
        cells["source"] = cells.get("source") or said_by
        yield _line(cells | {"file": file})


def _all(plan: Plan) -> Iterator[Cells]:
    for question in plan.questions:
        yield _asked(question)
    for addition in plan.new:
        said = addition.assertion
        yield _cells("new", "not in the register: made new", addition.row, said.organisation_id, said.tool_id)
    for conflict in plan.conflicting:
        where = "the register" if conflict.known else f"line {conflict.lines[0]}"
        reason = f"{where} says {conflict.statuses[0]}, this says {conflict.statuses[1]}"
        yield _cells("conflicting", reason, conflict.row, conflict.organisation_id, conflict.tool_id)
    for broken in plan.broken:
        words = broken.words or UseRow(broken.line, "", "")
        yield _cells("broken", broken.reason, words) | {"line": str(broken.line)}


def _asked(question: Question) -> Cells:
    cells = _cells("ambiguous", "left out: fill in organisation_id or tool_id; “new” for none of these", question.row)
    for asked in question.asked:
        choices = zip(asked.ids, asked.choices, strict=True)
        cells[f"{asked.column}_choices"] = " | ".join(f"{id_} = {name}" for id_, name in choices)
    return cells


def _cells(outcome: str, reason: str, row: UseRow, organisation_id: str = "", tool_id: str = "") -> Cells:
    cells = {name: str(getattr(row, name)) for name in _OF_ROW}
    cells |= {"outcome": outcome, "reason": reason, "line": str(row.line)}
    cells["tool"] = row.called
    cells["organisation_id"] = organisation_id or row.organisation_id
    cells["tool_id"] = tool_id or row.tool_id
    return cells


def _line(cells: Cells) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([harmless(cells.get(name, "")) for name in COLUMNS])
    return written.getvalue()
