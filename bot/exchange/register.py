"""The starter register: the organisations, tools, uses and facts that a new bot begins with."""

import csv
import tomllib
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from bot.domain.directory import Assertion, Grade, Organisation, Relation, Status, Tool
from bot.domain.facts import Fact, Topic
from bot.errors import OperatorError

ORGANISATION_FILES = ("councils.csv", "organisations.csv")
_TOOL_TEXTS = frozenset({"id", "name", "description", "category", "repository", "licence", "website"})

T = TypeVar("T")
Row = dict[str, str]


@dataclass(frozen=True)
class Register:
    """Who uses what, and what is known of the tools, as read from a folder.

    Every use names an organisation and a tool that are in it, and every fact a tool.
    """

    organisations: tuple[Organisation, ...]
    tools: tuple[Tool, ...]
    assertions: tuple[Assertion, ...]
    facts: tuple[Fact, ...]


def starter_folder() -> Path:
    """Where the register that comes with the bot lies."""
    return Path(str(files("config") / "register"))


def read_register(folder: Path | None = None) -> Register:
    """The register in a folder (the starter register by default); OperatorError says which line is wrong."""
    folder = folder or starter_folder()
    present = [folder / name for name in ORGANISATION_FILES if (folder / name).exists()]
    organisations = _unique([pair for path in present for pair in _rows(path, _organisation)])
    tools = _unique(list(_tools(folder / "tools.toml")))
    for where, organisation in organisations.values():
        for successor in organisation.successors:
            if successor not in organisations:
                raise OperatorError(f"{where}: the successor {successor} isn't in the register")
    uses = list(_rows(folder / "uses.csv", _assertion))
    for where, use in uses:
        _expect(use.organisation_id, organisations, where)
        _expect(use.tool_id, tools, where)
    facts = list(_rows(folder / "facts.csv", _fact))
    for where, fact in facts:
        _expect(fact.tool_id, tools, where)
    return Register(
        tuple(organisation for _, organisation in organisations.values()),
        tuple(tool for _, tool in tools.values()),
        tuple(use for _, use in uses),
        tuple(fact for _, fact in facts),
    )


def _rows(path: Path, made_of: Callable[[Row], T]) -> Iterator[tuple[str, T]]:
    """What each row of a CSV file says, with the place it stands at."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            for row in reader:
                where = f"{path}, line {reader.line_num}"
                try:
                    yield where, made_of(row)
                except KeyError as error:
                    raise OperatorError(f"{where}: no column {error}") from error
                except ValueError as error:
                    raise OperatorError(f"{where}: {error}") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise OperatorError(f"{path}: can't be read ({error})") from error


def _organisation(row: Row) -> Organisation:
    gss = (f"gss:{row['gss']}",) if row["gss"] else ()
    return Organisation(
        id=_given(row, "id"),
        name=_given(row, "name"),
        short_name=row["short_name"],
        kind=row["kind"],
        nation=row["nation"],
        region=row["region"],
        website=row["website"],
        ended=date.fromisoformat(row["ended"]) if row["ended"] else None,
        successors=tuple(filter(None, row["successor"].split("|"))),
        aliases=_several(row["aliases"]),
        other_ids=gss + _several(row.get("other_ids") or ""),
    )


def _assertion(row: Row) -> Assertion:
    return Assertion(
        organisation_id=_given(row, "organisation_id"),
        tool_id=_given(row, "tool"),
        relation=Relation(row["relation"]),
        status=Status(row["status"]),
        grade=Grade(row["grade"]),
        asserted_on=date.fromisoformat(row["asserted_on"]),
        since=row["since"],
        said_by=row["source"],
        evidence_url=_given(row, "evidence_url"),
    )


def _fact(row: Row) -> Fact:
    return Fact(
        tool_id=_given(row, "tool_id"),
        topic=Topic(row["topic"]),
        text=_given(row, "text"),
        source=_given(row, "source"),
        stated_on=date.fromisoformat(row["stated_on"]),
        source_url=_given(row, "source_url"),
    )


def _tools(path: Path) -> Iterator[tuple[str, Tool]]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OperatorError(f"{path}: can't be read ({error})") from error
    for number, table in enumerate(tables, 1):
        where = f"{path}, tool {number} ({table.get('id', 'without id')})"
        try:
            yield where, _tool(table)
        except ValueError as error:
            raise OperatorError(f"{where}: {error}") from error


def _tool(table: dict[str, Any]) -> Tool:
    if unknown := table.keys() - _TOOL_TEXTS - {"aliases"}:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}")
    texts = {name: value for name, value in table.items() if name in _TOOL_TEXTS}
    aliases = table.get("aliases", [])
    if not isinstance(aliases, list) or not all(isinstance(value, str) for value in [*texts.values(), *aliases]):
        raise ValueError("every value is a text, and aliases is a list of texts")
    _given(texts, "id")
    _given(texts, "name")
    return Tool(**texts, aliases=tuple(aliases))


def _unique(placed: list[tuple[str, T]]) -> dict[str, tuple[str, T]]:
    """By id; an id that comes twice is an error."""
    found: dict[str, tuple[str, T]] = {}
    for where, item in placed:
        id_ = str(getattr(item, "id", ""))
        if id_ in found:
            raise OperatorError(f"{where}: the id {id_} is already used in {found[id_][0]}")
        found[id_] = (where, item)
    return found


def _expect(id_: str, known: Container[str], where: str) -> None:
    if id_ not in known:
        raise OperatorError(f"{where}: “{id_}” isn't in the register")


def _given(row: Row, column: str) -> str:
    if not row.get(column):
        raise ValueError(f"no {column}")
    return row[column]


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
