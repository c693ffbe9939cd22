"""What tool a row or a file means: its repository decides, then its name; two of one name can be two tools."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.domain.directory import Tool
from bot.exchange.repository import repository_key
from bot.exchange.resolving import ANOTHER, LOOKS_LIKE, Ambiguous, Answer, Found, Resolver
from bot.exchange.rows import StatedTool, UseRow
from bot.exchange.text import slug
from bot.language.meaning import Named

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")
NOT_BY_NAME = ("repository", "licence", "website")  # what a namesake could be taken for the tool by
_BLANKS = ("description", "category", *NOT_BY_NAME)


class Products(Resolver):
    """The tools, known and new."""

    def __init__(self, tools: Mapping[str, Tool], find: Callable[[str], Named]) -> None:
        super().__init__("tool", {id_: tool.name for id_, tool in tools.items()}, find)
        self._repositories = {id_: repository_key(tool.repository) for id_, tool in tools.items() if tool.repository}
        self._by_repository = {key: id_ for id_, key in self._repositories.items()}

    def resolve(self, row: UseRow) -> Answer | None:
        """The tool by its id, its repository or its name; None if it is new."""
        given = row.tool_id
        if given in self._names:
            return Found(given, known=True)
        if given in self._new_ids:
            return Found(given, known=False)
        if given.casefold() == ANOTHER:
            return self._said_to_be_new(row)
        if _SLUG.fullmatch(given):
            return None
        return self._by_address_or_name(row.line, row.called, (row.repository,), named=bool(row.tool))

    def _said_to_be_new(self, row: UseRow) -> Answer | None:
        """One that an earlier row or import made for the same words, if it lives where this row says."""
        here = self._by_repository.get(repository_key(row.repository), "")
        if here in self._new_ids or (here and slug(self._names[here]) == slug(row.called)):
            return Found(here, known=here in self._names)
        answer = self._made_before(row.line, slug(row.called), row.called)
        return self._elsewhere(row.line, row.called, answer) if row.repository else answer

    def resolve_stated(self, stated: StatedTool) -> Answer | None:
        """The tool that a file describes."""
        addresses = (stated.repository, *stated.other_repositories)
        return self._by_address_or_name(stated.line, stated.name, addresses, named=True)

    def lives_at(self, id_: str, stated: StatedTool) -> bool:
        """Whether a repository that the file gives is this tool's."""
        addresses = (stated.repository, *stated.other_repositories)
        return any(self._by_repository.get(repository_key(address)) == id_ for address in addresses if address)

    def _by_address_or_name(self, line: int, name: str, addresses: tuple[str, ...], named: bool) -> Answer | None:
        keys = [repository_key(address) for address in addresses if address]
        for key in keys:
            if id_ := self._by_repository.get(key):
                return Found(id_, known=id_ in self._names)
        answer = self._search(line, name)
        if not named:
            answer = answer if isinstance(answer, Found) else None
        return self._elsewhere(line, name, answer) if keys else answer

    def _elsewhere(self, line: int, name: str, answer: Answer | None) -> Answer | None:
        """Of tools found by name, those whose repository is known to be another are not it."""
        if isinstance(answer, Ambiguous):
            if answer.question == LOOKS_LIKE:  # who disguises a name gives it a repository too
                return answer
            ids = tuple(id_ for id_ in answer.ids if id_ not in self._repositories)
            return self._ask(line, name, ids, answer.question) if ids else None
        return None if answer and answer.id in self._repositories else answer

    def make(self, row: UseRow) -> Tool:
        """A new tool, of which only the name and perhaps the repository are known."""
        wanted = row.tool_id if _SLUG.fullmatch(row.tool_id) and row.tool_id != ANOTHER else slug(row.called)
        return self._made(wanted, row.called, row.repository)

    def make_stated(self, stated: StatedTool) -> Tool:
        """A new tool with all that a file says of it."""
        made = self._made(slug(stated.name), stated.name, stated.repository)
        return replace(completed(made, stated), aliases=stated.aliases)

    def _made(self, wanted: str, name: str, address: str) -> Tool:
        id_ = self._free(wanted, address or name)
        self._named_new(name, id_)
        if address:
            self.placed(id_, address)
        return Tool(id_, name, repository=address)

    def placed(self, id_: str, address: str) -> None:
        """The tool's repository is known now."""
        key = repository_key(address)
        self._repositories[id_] = key
        self._by_repository.setdefault(key, id_)


def completed(tool: Tool, stated: StatedTool | Tool, *, sure: bool = True) -> Tool:
    """The tool with its blanks filled from what is stated; what the register has already stays.

    Unless it is `sure` that this is the tool, and no namesake, only what describes it is filled.
    """
    names = [name for name in _BLANKS if sure or name not in NOT_BY_NAME]
    blanks = {name: getattr(stated, name) for name in names if not getattr(tool, name)}
    return replace(tool, **{name: value for name, value in blanks.items() if value})


def blanks_filled(known: Tool, fuller: Tool) -> dict[str, str]:
    """What was blank, and is no longer."""
    return {name: getattr(fuller, name) for name in _BLANKS if getattr(fuller, name) != getattr(known, name)}
