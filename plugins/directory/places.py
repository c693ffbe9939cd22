"""Regions, nations and kinds of council, as people type them: "in London", "among districts"."""

import re
from collections.abc import Iterable

from bot.domain.directory import Organisation
from bot.language.keys import fold
from bot.language.names import Names

# Words that say what kind of place it is, not which.
_KINDS = frozenset({"the", "a", "council", "councils", "borough", "boroughs", "authority", "authorities", "area"})


def places(text: str) -> set[str]:
    """The words that name a place or kind of council: "London boroughs" is {"london"}."""
    words = re.findall(r"\w+", fold(text))
    return {word.rstrip("s") if len(word) > 4 else word for word in words} - _KINDS


def places_of(organisation: Organisation) -> set[str]:
    """All that a body's place and kind are called."""
    return places(organisation.region) | places(organisation.nation) | places(organisation.kind)


def label(names: Names, typed: str) -> str:
    """The place as the register writes it; empty if no body is there."""
    wanted = places(typed)
    known: Iterable[str] = {v for o in names.organisations.values() for v in (o.region, o.nation, o.kind) if v}
    exact = sorted(value for value in known if places(value) == wanted)
    if exact:
        return exact[0]
    return typed if any(wanted & places(value) for value in known) else ""
