"""publiccode.yml, versions 0.1 to 0.7 and what people write in their place: a tool, and who is said to use it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from bot.errors import OperatorError
from bot.exchange.document import Document
from bot.exchange.publiccode_facts import facts_in
from bot.exchange.publiccode_scan import scanned
from bot.exchange.repository import name_in, repository
from bot.exchange.rows import BrokenRow, Contents, Kind, StatedTool, UseRow
from bot.exchange.text import LONGEST_NAME, cleaned, web_address
from bot.exchange.used_by import Body, body_in, entries
from bot.exchange.yaml_tree import Node, NotYaml, read_yaml

LONGEST_DESCRIPTION = 500
_PREFERRED = ("en", "eng", "en-gb", "en-us")


def read_publiccode(document: Document) -> Contents:
    """Every tool in the file with its uses; what can't be parsed is read line by line, and graded low."""
    notes: tuple[str, ...] = ()
    try:
        trees = [tree for tree in read_yaml(document) if tree.pairs]
        if not trees:
            raise NotYaml("there are no keys in it")
    except NotYaml as problem:
        trees = [tree for tree in [scanned(document.text)] if tree.pairs]
        if not trees:
            raise OperatorError(f"{document.name}: can't be read as YAML ({problem})") from problem
        notes = (f"not valid YAML ({problem}): read line by line and graded low",)
    tools, rows = [], []
    for tree in trees:
        tool = stated_tool(tree)
        if not tool.name:
            raise OperatorError(f"{document.name}, line {tree.line}: names no tool (no “name”, no “url”)")
        tools.append(tool)
        rows += list(uses_in(tree, tool, graded="observed" if notes else ""))
    return Contents(Kind.PUBLICCODE, tuple(rows), tuple(tools), notes)


def stated_tool(tree: Node) -> StatedTool:
    """What the file says of the tool itself; the name is empty if it has neither name nor address."""
    address = repository(tree.words("url"))
    name = cleaned(tree.words("name")) or (name_in(address) if address else "")
    described = _description(tree)
    aliases = (cleaned(text.words("localisedName")) for _, text in _languages(tree))
    return StatedTool(
        line=tree.line,
        name=name[:LONGEST_NAME],
        repository=address,
        source=f"{Kind.PUBLICCODE} of {address.removeprefix('https://') or name[:LONGEST_NAME]}",
        website=web_address(tree.words("landingURL")),
        licence=cleaned(tree.words("legal", "license"))[:100],
        description=described,
        category=_category(tree),
        aliases=tuple(dict.fromkeys(a for a in aliases if a and a != name and len(a) <= LONGEST_NAME)),
        facts=tuple(facts_in(tree)),
    )


def uses_in(tree: Node, tool: StatedTool, graded: str = "") -> Iterator[UseRow | BrokenRow]:
    """A row for each body under `usedBy`. Who maintains the tool is a fact about it: nobody volunteers by a file."""
    row = UseRow(
        tool.line, "", tool.name, repository=tool.repository, source=tool.source, grade=graded,
        evidence_url=web_address(tool.repository),
    )  # fmt: skip
    for entry in chain.from_iterable(entries(listed) for listed in tree.every("usedBy")):
        found = body_in(entry)
        if isinstance(found, Body):
            body = {"organisation": found.name, "organisation_id": found.id, "website": found.website}
            yield replace(row, line=entry.line, **body)
        elif entry.text != "":
            words = replace(row, line=entry.line, organisation=cleaned(entry.text or "")[:LONGEST_NAME])
            yield BrokenRow(entry.line, found, words)


def _languages(tree: Node) -> list[tuple[str, Node]]:
    """The descriptions by language, English first."""
    described = tree.find("description")
    found = [(name.casefold(), text) for name, text in described.pairs if text.pairs] if described else []
    return sorted(found, key=lambda pair: pair[0] not in _PREFERRED)


def _description(tree: Node) -> str:
    texts = [text.words(key) for key in ("shortDescription", "longDescription") for _, text in _languages(tree)]
    written = cleaned(next((text for text in texts if text.strip()), "") or tree.words("description"))
    if len(written) <= LONGEST_DESCRIPTION:
        return written
    return written[:LONGEST_DESCRIPTION].rsplit(" ", 1)[0] + " …"


def _category(tree: Node) -> str:
    """The first two of its categories, as words."""
    named = [cleaned(re.sub(r"[-_]+", " ", node.text or "")) for node in tree.each("categories")]
    return ", ".join([name for name in named if name and len(name) <= 60][:2])
