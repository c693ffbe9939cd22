"""Regions, nations and kinds of council, as people type them: "in London", "among districts"."""

import re
from collections.abc import Iterable

from bot.domain.directory import Organisation
from bot.language.keys import fold
from bot.language.names import Names

_SMALL = frozenset({"the", "a", "area", "region"})
# Words that say what kind of place it is, or on which side, not which.
_KINDS = frozenset({"council", "borough", "authority", "and", "of", "north", "south", "east", "west"})


def places(text: str) -> set[str]:
    """What a place is called, whole: "the London boroughs" is {"london borough"}, not everything in London."""
    name = " ".join(_words(text))
    return {name} if name else set()


def places_of(organisation: Organisation) -> set[str]:
    """All that a body's place and kind are called, and each word of it that tells one place from another."""
    values = [value for value in (organisation.region, organisation.nation, organisation.kind) if value]
    words = {word for value in values for word in _words(value)} - _KINDS
    return words.union(*map(places, values))


def label(names: Names, typed: str) -> str:
    """The place as the register writes it; empty if no body is there."""
    wanted = places(typed)
    bodies = names.organisations.values()
    known: Iterable[str] = {v for o in bodies for v in (o.region, o.nation, o.kind) if v}
    exact = sorted(value for value in known if places(value) == wanted)
    if exact:
        return exact[0]
    return typed if any(wanted & places_of(body) for body in bodies) else ""


def _words(text: str) -> list[str]:
    words = [word for word in re.findall(r"\w+", fold(text)) if word not in _SMALL]
    return [_single(word) for word in words]


def _single(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("s") if len(word) > 5 and not word.endswith("ss") else word
