"""Reading `organisation,tool,since,evidence_url`, and what else a file of uses may have, from CSV."""

from collections.abc import Iterator

from bot.errors import OperatorError
from bot.exchange.csv_records import MOST_LINES, Record, read_records
from bot.exchange.dates import iso_date
from bot.exchange.document import Document
from bot.exchange.formulas import restored
from bot.exchange.persons import impersonal, without_contacts
from bot.exchange.repository import repository
from bot.exchange.rows import BrokenRow, UseRow
from bot.exchange.text import LONGEST_NAME, cleaned, web_address
from bot.exchange.used_by import body_named

_COLUMNS: dict[str, tuple[str, ...]] = {
    "organisation": (
        "organisation",
        "organization",
        "council",
        "body",
        "organisation_name",
        "organization_name",
    ),
    "tool": ("tool", "software", "product", "tool_name"),
    "organisation_id": ("organisation_id", "org_id", "organization_id"),
    "tool_id": ("tool_id", "software_id"),
    "repository": ("repository", "repository_url", "tool_url", "code_url"),
    "since": ("since", "used_since", "from", "start"),
    "until": ("until", "used_until", "to", "end"),
    "asserted_on": ("asserted_on", "last_confirmed", "confirmed_on", "last_seen"),
    "status": ("status",),
    "relation": ("relation",),
    "grade": ("grade",),
    "evidence_url": ("evidence_url", "evidence"),
    "source": ("source", "said_by"),
    "kind": ("kind",),
    "nation": ("nation", "country"),
    "region": ("region",),
}
_REQUIRED = ("organisation", "tool")
_ADDRESSES = ("evidence_url", "repository")
_LONGEST_HEADER = 4_000
_DATES = ("since", "until", "asserted_on")


def read_uses(document: Document) -> Iterator[UseRow | BrokenRow]:
    """Every row, usable or broken, in the file's order; OperatorError only if there is no table in it."""
    records = read_records(document.text)
    header = next(records, Record(1))
    columns = _columns(header)
    for name in _REQUIRED:
        if name not in columns:
            found = ", ".join(filter(None, map(cleaned, header.fields))) or "nothing"
            raise OperatorError(
                f"{document.name}, line {header.line}: no column “{name}” (found: {found[:LONGEST_NAME]})"
            )
    return (_row(record, columns, len(header.fields)) for record in records)


def looks_like_uses(text: str) -> bool:
    """Whether the first line is the header of a table of uses."""
    header = next(read_records("\n".join(text[:_LONGEST_HEADER].splitlines()[:MOST_LINES])), Record(1))
    return _columns(header).keys() >= set(_REQUIRED)


def _columns(header: Record) -> dict[str, int]:
    """Which column holds which field, in whatever case and spelling; the plainest spelling wins."""
    titles = [cleaned(title).casefold().replace(" ", "_").replace("-", "_") for title in header.fields]
    found = {field: [s for s in spellings if s in titles] for field, spellings in _COLUMNS.items()}
    return {field: titles.index(spellings[0]) for field, spellings in found.items() if spellings}


def _row(record: Record, columns: dict[str, int], width: int) -> UseRow | BrokenRow:
    if record.reason:
        return BrokenRow(record.line, record.reason)
    if len(record.fields) < width or any(field.strip() for field in record.fields[width:]):
        return BrokenRow(record.line, f"{len(record.fields)} fields instead of {width}")
    values = {field: cleaned(restored(record.fields[position])) for field, position in columns.items()}
    named = _fault(values) or _date_fault(values) or _named(values)
    if isinstance(named, str):
        words = {name: value[:LONGEST_NAME] for name, value in values.items()}
        return BrokenRow(record.line, named, UseRow(line=record.line, **words))
    values |= named
    values |= {field: iso_date(values[field]) for field in _DATES if values.get(field)}
    values["evidence_url"] = web_address(values.get("evidence_url", ""))
    values["repository"] = repository(values.get("repository", ""))
    values["source"] = impersonal(values.get("source", ""))
    return UseRow(line=record.line, **values)


def _named(values: dict[str, str]) -> dict[str, str] | str:
    """The body and the tool without any person's address, or which of them isn't named."""
    body, tool = body_named(values["organisation"]), without_contacts(values["tool"])
    if isinstance(body, str):
        return body
    if not tool:
        return f"“{values['tool'][:40]}” names no tool"
    identity = impersonal(values.get("organisation_id", "")) or body.id
    return {"organisation": body.name, "organisation_id": identity, "website": body.website, "tool": tool}


def _fault(values: dict[str, str]) -> str:
    for name in _REQUIRED:
        if not values[name]:
            return f"no {name}"
    for name, value in values.items():
        if len(value) > LONGEST_NAME and name not in _ADDRESSES:
            return f"{name} is longer than {LONGEST_NAME} characters"
    return ""


def _date_fault(values: dict[str, str]) -> str:
    for name in _DATES:
        try:
            if values.get(name):
                iso_date(values[name])
        except ValueError:
            return f"{name} isn't a date: “{values[name][:40]}”"
    return ""
