"""YAML as a tree of the words that are written in it, each with its line: nothing is converted, nothing unfolds."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from bot.errors import OperatorError
from bot.exchange.document import Document
from bot.exchange.text import whole

MOST_NODES = 500_000  # counted as if every alias were written out
DEEPEST = 60
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotYaml(Exception):
    """The text isn't YAML; says why in a few words."""


class Harmful(OperatorError):
    """The text is made to do harm: nothing in it is read, by whatever means."""


@dataclass(eq=False, slots=True)
class Node:
    """A scalar with its text, a list with its items, or a mapping with its pairs. `line` counts from 1."""

    line: int
    text: str | None = None
    items: Sequence["Node"] = ()
    pairs: Sequence[tuple[str, "Node"]] = ()
    size: int = 1

    def find(self, *path: str) -> "Node | None":
        """What is under these keys, one inside the other, in whatever case."""
        found: Node | None = self
        for key in path:
            found = next(iter(found.every(key)), None) if found else None
        return found

    def every(self, key: str) -> list["Node"]:
        """All that stands under a key: some files write one twice."""
        return [node for name, node in self.pairs if name.casefold() == key.casefold()]

    def words(self, *path: str) -> str:
        """The scalar under these keys; "" if there is none."""
        found = self.find(*path)
        return found.text or "" if found else ""

    def each(self, *path: str) -> Sequence["Node"]:
        """The list under these keys; a single item may stand for a list of one."""
        found = self.find(*path)
        if not found:
            return []
        return found.items if found.text is None and not found.pairs else [found]


def read_yaml(document: Document) -> list[Node]:
    """The documents in a text; NotYaml if it can't be read as YAML, Harmful if it must not be."""
    seen = _UNSEEN.sub(" ", document.text.removeprefix("\ufeff"))
    try:
        return _trees(document.name, seen)
    except yaml.YAMLError as error:
        if "\t" in seen:  # tabs for indents are forbidden, and common
            try:
                return _trees(document.name, seen.expandtabs(4))
            except yaml.YAMLError:
                pass
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}: " if mark else ""
        raise NotYaml(place + (getattr(error, "problem", None) or str(error))) from error


def _trees(name: str, text: str) -> list[Node]:
    return list(_Builder(name).documents(yaml.parse(text, Loader=_LOADER)))


class _Builder:
    """Puts the parser's events together without recursion; an alias points to what it stands for."""

    def __init__(self, name: str) -> None:
        self._name = name  # what errors call the text
        self._open: list[tuple[Node, list[Node], str]] = []  # the node, its parts so far, its anchor
        self._anchors: dict[str, Node] = {}
        self._count = 0

    def documents(self, events: Iterator[yaml.Event]) -> Iterator[Node]:
        for event in events:
            line = event.start_mark.line + 1 if event.start_mark else 1
            match event:
                case yaml.DocumentStartEvent():
                    self._anchors = {}
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    if len(self._open) >= DEEPEST:
                        raise Harmful(f"{self._name}, line {line}: nested more than {DEEPEST} deep")
                    self._open.append((Node(line), [], event.anchor or ""))
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    yield from self._put(*self._closed(isinstance(event, yaml.MappingEndEvent)))
                case yaml.ScalarEvent():
                    nothing = event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL")
                    node = Node(line, "" if nothing else whole(event.value))
                    yield from self._put(node, event.anchor or "")
                case yaml.AliasEvent():
                    yield from self._put(self._anchors.get(event.anchor or "") or Node(line, ""), "")

    def _closed(self, mapping: bool) -> tuple[Node, str]:
        node, parts, anchor = self._open.pop()
        node.size += sum(part.size for part in parts)
        if mapping:
            node.pairs = [(key.text or "", value) for key, value in zip(parts[::2], parts[1::2], strict=False)]
        else:
            node.items = parts
        return node, anchor

    def _put(self, node: Node, anchor: str) -> Iterator[Node]:
        """Into what is open; a node that is in nothing is a document."""
        self._count += 1
        if max(self._count, node.size) > MOST_NODES:
            raise Harmful(f"{self._name}, line {node.line}: unfolds to more than {MOST_NODES:,} values")
        if anchor:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1][1].append(node)
        else:
            yield node
