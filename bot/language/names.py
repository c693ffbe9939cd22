"""Resolving the name of a tool or an organisation as somebody typed it to the id it stands for."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Protocol, TypeVar

from bot.domain.directory import Organisation, Tool
from bot.language.index import NameIndex
from bot.language.keys import key, words_of
from bot.language.meaning import Named
from bot.language.noise import ORGANISATIONS, TOOLS

__all__ = ["NameIndex", "Names"]


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Identified)


class Names:
    """All tools and organisations with their names, in memory, kept current as they change."""

    def __init__(self, tools: Iterable[Tool] = (), organisations: Iterable[Organisation] = ()) -> None:
        self._tools: dict[str, Tool] = {}
        self._organisations: dict[str, Organisation] = {}
        self._regions: Counter[str] = Counter()
        self._categories: Counter[str] = Counter()
        self._letters: dict[str, str] = {}
        self.tool_index = NameIndex(noise=TOOLS)
        self.organisation_index = NameIndex(noise=ORGANISATIONS)
        for tool in tools:
            self.put_tool(tool)
        for organisation in organisations:
            self.put_organisation(organisation)

    @property
    def tools(self) -> Mapping[str, Tool]:
        """Every tool by its id."""
        return MappingProxyType(self._tools)

    @property
    def organisations(self) -> Mapping[str, Organisation]:
        """Every organisation, ended ones too, by its canonical id."""
        return MappingProxyType(self._organisations)

    def find_tool(self, text: str) -> Named:
        """The tool somebody means by `text`."""
        return self.tool_index.find(text)

    def find_organisation(self, text: str) -> Named:
        """The organisation somebody means by `text`; an ended one only if no current one has that name."""
        return self.organisation_index.find(text)

    def update(self, tools: Iterable[Tool], organisations: Iterable[Organisation]) -> int:
        """These are all there are now; only what changed is indexed again. How many did."""
        return _changes(self._tools, tools, self.put_tool, self.drop_tool) + _changes(
            self._organisations, organisations, self.put_organisation, self.drop_organisation
        )

    def put_tool(self, tool: Tool) -> None:
        """A tool is new, or its names changed."""
        self._forget(self._categories, self._tools.get(tool.id), _categories)
        self._categories.update(_categories(tool))
        self._tools[tool.id] = tool
        self.tool_index.replace(tool.id, (tool.name, *tool.aliases), codes=_tool_codes(tool))

    def put_organisation(self, organisation: Organisation) -> None:
        """An organisation is new, or its names changed, or it ended."""
        self._forget(self._regions, self._organisations.get(organisation.id), _regions)
        self._regions.update(_regions(organisation))
        self._organisations[organisation.id] = organisation
        names = (organisation.name, organisation.short_name, *organisation.aliases)
        self.organisation_index.replace(
            organisation.id,
            tuple(name for name in names if name and not _is_code(name)),
            codes=(organisation.id, *organisation.other_ids, *filter(_is_code, names)),
            current=organisation.ended is None,
        )

    def drop_tool(self, tool_id: str) -> None:
        """A tool is no longer in the register."""
        self._forget(self._categories, self._tools.pop(tool_id, None), _categories)
        self.tool_index.remove(tool_id)

    def drop_organisation(self, organisation_id: str) -> None:
        """An organisation is no longer in the register."""
        self._forget(self._regions, self._organisations.pop(organisation_id, None), _regions)
        self.organisation_index.remove(organisation_id)

    def knows_region(self, text: str) -> bool:
        """Whether some organisation has this region, nation or kind."""
        return self._regions[key(words_of(text))] > 0

    def knows_category(self, text: str) -> bool:
        """Whether some tool is for this."""
        words = words_of(text)
        return bool(words) and all(self._categories[word] > 0 for word in words)

    def letters(self, kind: str) -> str:
        """All that is a region, or a word of a category, one to a line."""
        if kind not in self._letters:
            self._letters[kind] = "\n".join(self._regions if kind == "region" else self._categories)
        return self._letters[kind]

    def _forget(self, counts: Counter[str], item: T | None, counted: Callable[[T], set[str]]) -> None:
        self._letters.clear()
        if item is not None:
            counts.subtract(counted(item))


def _changes(known: Mapping[str, T], given: Iterable[T], put: Callable[[T], None], drop: Callable[[str], None]) -> int:
    present = {item.id: item for item in given}
    gone = [id_ for id_ in known if id_ not in present]
    changed = [item for id_, item in present.items() if known.get(id_) is not item and known.get(id_) != item]
    for id_ in gone:
        drop(id_)
    for item in changed:
        put(item)
    return len(gone) + len(changed)


def _regions(organisation: Organisation) -> set[str]:
    known = (organisation.region, organisation.nation, organisation.kind)
    return {key(words_of(value)) for value in known if value}


def _categories(tool: Tool) -> set[str]:
    return set(words_of(tool.category))


def _tool_codes(tool: Tool) -> tuple[str, ...]:
    """What tells a tool from another of the same name: its id, its repository, and its name with the host."""
    host, _, path = tool.repository.partition("://")[2].rstrip("/").removesuffix(".git").partition("/")
    if not path:
        return (tool.id,)
    return tool.id, f"{host}/{path}", path, f"{tool.name} {host}", f"{host} {tool.name}"


def _is_code(name: str) -> bool:
    """CURIEs such as `gss:E09000007` are compared as they are: one digit off is another body."""
    return re.fullmatch(r"[\w.-]+:\S+", name) is not None
