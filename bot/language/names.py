"""Resolving the name of a tool or an organisation as somebody typed it to the id it stands for."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.domain.directory import Organisation, Tool
from bot.language.index import NameIndex
from bot.language.keys import key, words_of
from bot.language.meaning import Named
from bot.language.noise import ORGANISATIONS, TOOLS

__all__ = ["NameIndex", "Names"]


class Names:
    """All tools and organisations with their names, in memory, kept current as they change."""

    def __init__(self, tools: Iterable[Tool] = (), organisations: Iterable[Organisation] = ()) -> None:
        self._tools: dict[str, Tool] = {}
        self._organisations: dict[str, Organisation] = {}
        self._regions: frozenset[str] | None = None
        self._categories: frozenset[str] | None = None
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

    def put_tool(self, tool: Tool) -> None:
        """A tool is new, or its names changed."""
        self._tools[tool.id] = tool
        self._categories = None
        self.tool_index.replace(tool.id, (tool.name, *tool.aliases), codes=(tool.id,))

    def put_organisation(self, organisation: Organisation) -> None:
        """An organisation is new, or its names changed, or it ended."""
        self._organisations[organisation.id] = organisation
        self._regions = None
        names = (organisation.name, organisation.short_name, *organisation.aliases)
        self.organisation_index.replace(
            organisation.id,
            tuple(name for name in names if name and not _is_code(name)),
            codes=(organisation.id, *organisation.other_ids, *filter(_is_code, names)),
            current=organisation.ended is None,
        )

    def drop_tool(self, tool_id: str) -> None:
        """A tool is no longer in the register."""
        self._tools.pop(tool_id, None)
        self._categories = None
        self.tool_index.remove(tool_id)

    def drop_organisation(self, organisation_id: str) -> None:
        """An organisation is no longer in the register."""
        self._organisations.pop(organisation_id, None)
        self._regions = None
        self.organisation_index.remove(organisation_id)

    def knows_region(self, text: str) -> bool:
        """Whether some organisation has this region, nation or kind."""
        if self._regions is None:
            known = (value for o in self._organisations.values() for value in (o.region, o.nation, o.kind))
            self._regions = frozenset(key(words_of(value)) for value in known if value)
        return key(words_of(text)) in self._regions

    def knows_category(self, text: str) -> bool:
        """Whether some tool is for this."""
        if self._categories is None:
            known = (tool.category for tool in self._tools.values())
            self._categories = frozenset(word for category in known for word in words_of(category))
        words = words_of(text)
        return bool(words) and self._categories.issuperset(words)


def _is_code(name: str) -> bool:
    """CURIEs such as `gss:E09000007` are compared as they are: one digit off is another body."""
    return re.fullmatch(r"[\w.-]+:\S+", name) is not None
