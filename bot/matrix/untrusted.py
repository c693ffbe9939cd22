"""JSON of whoever wrote it: each part may be anything, and is taken for empty where it isn't what it should be."""

from typing import Any


def as_dict(value: object) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The array, or an empty one."""
    return value if isinstance(value, list) else []


def as_str(value: object) -> str:
    """The string, or an empty one."""
    return value if isinstance(value, str) else ""
