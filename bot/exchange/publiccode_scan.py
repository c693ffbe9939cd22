"""A publiccode.yml that no parser accepts, read line by line for the little that can be trusted."""

import re

from bot.exchange.yaml_tree import Node

_KEY = re.compile(r"(name|url|landingURL|usedBy)\s*:(?:\s+(.*)|$)", re.IGNORECASE)
_LICENCE = re.compile(r"\s+(license)\s*:\s+(.*)", re.IGNORECASE)
_ANY_KEY = re.compile(r"[\w.-]+\s*:(?:\s|$)")
_ITEM = re.compile(r"\s*-(?:\s+(.*))?$")
_BLOCK = re.compile(r"[|>][+-]?\d?")


def scanned(text: str) -> Node:
    """A tree with the name, the address, the licence and the entries under `usedBy`, each with its line."""
    found: dict[str, Node] = {}
    listed: list[Node] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if key := _KEY.match(line) or _LICENCE.match(line):
            inside = key[1].casefold() == "usedby"
            if inside:
                listed += _entries(number, key[2] or "")
            else:
                found.setdefault(key[1], Node(number, _plain(key[2] or "")))
        elif inside and (item := _ITEM.match(line)):
            listed += _entries(number, item[1] or "")
        elif _ANY_KEY.match(line):
            inside = False
    return _tree(found, listed)


def _tree(found: dict[str, Node], listed: list[Node]) -> Node:
    pairs = [(name, node) for name, node in found.items() if node.text and name != "license"]
    if licence := found.get("license"):
        pairs.append(("legal", Node(licence.line, pairs=[("license", licence)])))
    if listed:
        pairs.append(("usedBy", Node(listed[0].line, items=listed)))
    return Node(pairs[0][1].line if pairs else 1, pairs=pairs)


def _entries(line: int, value: str) -> list[Node]:
    """One name, or several in brackets."""
    names = value[1:].removesuffix("]").split(",") if value.startswith("[") else [value]
    return [Node(line, name) for name in map(_plain, names) if name]


def _plain(value: str) -> str:
    """Without quotes and comments; "" if the text itself is on the lines below, or at an anchor."""
    text = value.strip()
    if text[:1] in ("'", '"'):
        closing = text.find(text[0], 1)
        return text[1:closing] if closing > 0 else text[1:]
    bare = re.split(r"(?:^|\s)#", text)[0].strip()
    return "" if bare.startswith(("*", "&")) or _BLOCK.fullmatch(bare) else bare
