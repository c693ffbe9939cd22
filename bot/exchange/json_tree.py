"""JSON as the same tree that YAML is read into; its numbers count the entries, since lines mean nothing in it."""

import json
import re
from typing import Any

from bot.errors import OperatorError
from bot.exchange.document import Document
from bot.exchange.text import whole
from bot.exchange.yaml_tree import DEEPEST, Node

_SURROGATE = re.compile(r"\\ud[89a-f]", re.IGNORECASE)


def read_json(document: Document) -> Any:
    """The value, every number still the text it was written as; OperatorError if it is no JSON."""
    try:
        value = json.loads(document.text.removeprefix("\ufeff"), parse_int=str, parse_float=str, parse_constant=str)
        halved = _SURROGATE.search(document.text)
        return json.loads(whole(json.dumps(value, ensure_ascii=False))) if halved else value
    except json.JSONDecodeError as error:
        raise OperatorError(f"{document.name}, line {error.lineno}: isn't valid JSON ({error.msg})") from error
    except RecursionError as error:
        raise OperatorError(f"{document.name}: is nested too deep to be read") from error


def tree_of(value: Any, line: int, depth: int = 0) -> Node:
    """The value as a tree; what is nested too deep is left out."""
    if depth > DEEPEST or value is None:
        return Node(line, "")
    if isinstance(value, dict):
        return Node(line, pairs=[(str(key), tree_of(inner, line, depth + 1)) for key, inner in value.items()])
    if isinstance(value, list):
        return Node(line, items=[tree_of(inner, line, depth + 1) for inner in value])
    return Node(line, str(value).lower() if isinstance(value, bool) else str(value))
