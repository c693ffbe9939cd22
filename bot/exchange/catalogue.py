"""Pages of a software catalogue's API, as Developers Italia's: each entry holds a publiccode.yml as text."""

from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from bot.errors import OperatorError
from bot.exchange.document import Document
from bot.exchange.json_tree import tree_of
from bot.exchange.publiccode import read_publiccode, stated_tool, uses_in
from bot.exchange.repository import repository
from bot.exchange.rows import BrokenRow, Contents, Kind, StatedTool, UseRow

_TEXTS = ("publiccodeYml", "publiccode_yml", "publiccodeYAML", "publiccode")


def is_catalogue(value: Any) -> bool:
    """Whether it is a page: a list of entries that hold a publiccode.yml, under `data` or by itself."""
    listed = _entries(value)
    return bool(listed) and any(isinstance(entry, dict) and _held(entry) is not None for entry in listed)


def read_catalogue(document: Document, value: Any) -> Contents:
    """All entries of the page that are active, and the address of the next page."""
    rows: list[UseRow | BrokenRow] = []
    tools: list[StatedTool] = []
    notes: list[str] = []
    passed = 0
    for number, entry in enumerate(_entries(value), 1):
        if not isinstance(entry, dict):
            rows.append(BrokenRow(number, "isn't an entry of a catalogue"))
        elif entry.get("active") is False:
            passed += 1
        else:
            contents = _entry(document, number, entry)
            rows += contents.rows
            tools += contents.tools
            notes += [f"entry {number}: {note}" for note in contents.notes]
    if passed:
        notes.append(f"passed over as the catalogue calls them inactive: {passed}")
    return Contents(Kind.CATALOGUE, tuple(rows), tuple(tools), tuple(notes), _following(document, value), "entry")


def _entry(document: Document, number: int, entry: dict[str, Any]) -> Contents:
    """One software; its own mistakes cost it alone."""
    held = _held(entry)
    places = [repository(str(place)) for place in (entry.get("url"), *_listed(entry.get("aliases"))) if place]
    name = places[0] if places else str(entry.get("id", ""))[:80]
    try:
        if isinstance(held, dict):
            tree = tree_of(held, number)
            tool = stated_tool(tree)
            if not tool.name:
                raise OperatorError("names no tool (no “name”, no “url”)")
            contents = Contents(Kind.PUBLICCODE, tuple(uses_in(tree, tool)), (tool,))
        elif isinstance(held, str) and held.strip():
            contents = read_publiccode(Document(name, held))
        else:
            raise OperatorError(f"{name}: has no publiccode.yml")
    except OperatorError as error:
        return Contents(Kind.PUBLICCODE, (BrokenRow(number, str(error)),))
    return Contents(
        Kind.PUBLICCODE,
        tuple(replace(row, line=number) for row in contents.rows),
        tuple(replace(tool, line=number, other_repositories=tuple(filter(None, places))) for tool in contents.tools),
        contents.notes,
    )


def _entries(value: Any) -> list[Any]:
    listed = value.get("data") if isinstance(value, dict) else value
    return listed if isinstance(listed, list) else []


def _held(entry: dict[str, Any]) -> Any:
    return next((entry[key] for key in _TEXTS if key in entry), None)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _following(document: Document, value: Any) -> str:
    """The next page's address, if this page came from the web: `links.next` may be the query alone."""
    links = value.get("links") if isinstance(value, dict) else None
    following = links.get("next") if isinstance(links, dict) else None
    if not isinstance(following, str) or not following or not document.url:
        return ""
    try:
        return urljoin(document.url, following)
    except ValueError:
        return ""
