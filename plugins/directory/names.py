"""The tool or organisation a person means, or the question back that leads to it."""

import re

from bot.domain.directory import Organisation, Tool
from bot.errors import UserError
from bot.events import Phrase, phrase
from bot.language.meaning import Match, Meaning, Named
from bot.plugin import Context, NoSettings

CHOICES = 5

# Words that say what kind of place it is, not which.
_KINDS = frozenset({"the", "a", "council", "councils", "borough", "boroughs", "authority", "authorities", "area"})


def tool_meant(context: Context[NoSettings], meant: Meaning) -> Tool:
    """The one tool that is meant; raises UserError with the question that is needed otherwise."""
    named = meant.tool
    if named is None or not named.typed.strip():
        raise UserError(phrase("directory.which_tool"))
    if named.id:
        return context.names.tools[named.id]
    choices = [context.names.tools[i].name for i in named.ids[:CHOICES] if i in context.names.tools]
    raise UserError(_question("tool", named, choices))


def organisation_meant(context: Context[NoSettings], meant: Meaning) -> tuple[Organisation, Organisation | None]:
    """The organisation that is meant, and the abolished one it took over from, if that was named.

    Raises UserError with the question that is needed otherwise.
    """
    named = meant.organisation
    if named is None or not named.typed.strip():
        raise UserError(phrase("directory.which_organisation"))
    if named.id is None:
        known = context.names.organisations
        raise UserError(_question("organisation", named, [known[i].name for i in named.ids[:CHOICES] if i in known]))
    organisation = context.names.organisations[named.id]
    successor = context.names.organisations.get(organisation.successor or "")
    return (successor, organisation) if successor else (organisation, None)


def _question(kind: str, named: Named, choices: list[str]) -> Phrase:
    if named.match is Match.AMBIGUOUS and choices:
        return phrase(f"directory.ambiguous_{kind}", typed=named.typed, choices=choices)
    if choices:
        return phrase(f"directory.near_{kind}", typed=named.typed, choices=choices)
    return phrase(f"directory.unknown_{kind}", typed=named.typed)


def places(text: str) -> set[str]:
    """The words that name a place or kind of council: "London boroughs" is {"london"}."""
    words = re.findall(r"\w+", text.casefold())
    return {word.rstrip("s") if len(word) > 4 else word for word in words} - _KINDS
