"""What every export shares: the part of the register it is about, read in pieces, in an order that stays."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.directory import Assertion, Organisation, Tool, Usage

AT_ONCE = 200  # organisations whose assertions are held in memory together


class Format(StrEnum):
    """What the register can be written as."""

    CSV = "csv"
    JSONL = "jsonl"
    USAGE = "usage"  # publiccode-usage.json, a file for each body
    USED_BY = "used-by"  # the part of publiccode.yml, a file for each tool


class Recorded(Protocol):
    """What an export reads; `bot.store.register.Register` is one."""

    async def assertions_of(self, organisation_ids: Sequence[str], tool_id: str = "") -> list[tuple[str, Assertion]]:
        """All that was ever said of these organisations, and of this tool if one is named, with its ids."""

    async def usages_of_tool(self, tool_id: str) -> list[Usage]:
        """Who uses this tool, or did."""


@dataclass(frozen=True)
class Part:
    """The whole register, or what is in it of one organisation, one tool or both."""

    organisations: Mapping[str, Organisation]
    tools: Mapping[str, Tool]
    organisation_id: str = ""
    tool_id: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return not self.organisation_id and not self.tool_id

    def wanted_organisations(self, order: Callable[[Organisation], Any]) -> list[Organisation]:
        """Those the export is about."""
        if self.organisation_id:
            return [self.organisations[self.organisation_id]]
        return sorted(self.organisations.values(), key=order)

    def wanted_tools(self) -> list[Tool]:
        """Those the export is about."""
        return [self.tools[self.tool_id]] if self.tool_id else sorted(self.tools.values(), key=by_name)


Said = list[tuple[str, Assertion]]


async def in_turn(
    register: Recorded, part: Part, order: Callable[[Organisation], Any]
) -> AsyncIterator[tuple[Organisation, Said]]:
    """Each organisation of which something was said, with all of it; no more than `AT_ONCE` are in memory."""
    wanted = part.wanted_organisations(order)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        said: dict[str, Said] = {}
        for identity, assertion in await register.assertions_of([o.id for o in some], part.tool_id):
            said.setdefault(assertion.organisation_id, []).append((identity, assertion))
        for organisation in some:
            if organisation.id in said:
                yield organisation, said[organisation.id]


def by_name(named: Organisation | Tool) -> tuple[str, str]:
    """The order for people; the id decides between namesakes, so that two exports don't differ."""
    return named.name.casefold(), named.id


def by_id(named: Organisation | Tool) -> str:
    """The order for machines."""
    return named.id
