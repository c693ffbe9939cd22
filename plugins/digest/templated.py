"""A week in the words of a template, whose engine is loaded when the first one is told."""

from collections.abc import Mapping
from typing import Any

from bot.plugin import Context
from bot.words import Block, Phrase


def told(context: Context[Any], values: Mapping[str, object]) -> tuple[list[Block], Phrase | None]:
    """The digest by the community's own template, else by the built-in one; and what is wrong with theirs."""
    from plugins.digest import template

    return template.told(context, values)
