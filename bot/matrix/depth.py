"""How deep what others send may be nested: parsed or written again, JSON without end would overflow our stack."""

import re
from typing import Any

DEEPEST = 64  # what Matrix defines needs a dozen

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


def is_shallow(value: Any) -> bool:
    """Whether it may be handed on to what walks through it by calling itself: nio, `json`, a schema's validator."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _inside(outer)]
        if not level:
            return True
    return False


def cut(text: str) -> str:
    """The JSON text with null in the place of whatever is nested too deep; its neighbours stay as they are."""
    kept: list[str] = []
    depth = end = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept.append(text[end : token.start()] + "null")
        elif token[0] in "]}":
            if depth == DEEPEST + 1:
                end = token.end()
            depth -= 1
    return "".join([*kept, text[end:]]) if depth <= DEEPEST else ""


def _inside(value: dict[str, Any] | list[Any]) -> list[Any]:
    return list(value.values() if isinstance(value, dict) else value)
