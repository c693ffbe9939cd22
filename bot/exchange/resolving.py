"""Who and what a row means: a body or tool of the register, a new one, or a question that has to be asked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.directory import Organisation, Tool
from bot.exchange.rows import UseRow
from bot.exchange.text import fingerprint, slug
from bot.language.meaning import Match, Named

_CURIE = re.compile(r"[A-Za-z][A-Za-z0-9.+-]*:(?!//)\S{1,100}")


@dataclass(frozen=True)
class Found:
    """The id a name stands for, and whether the register has it already."""

    id: str
    known: bool


@dataclass(frozen=True)
class Ambiguous:
    """A name that could mean several, or looks misspelt: the row is left out until someone chooses."""

    line: int
    column: str
    name: str
    choices: tuple[str, ...]
    ids: tuple[str, ...]  # the choices' ids, in the same order
    question: str


Answer = Found | Ambiguous


class _Names:
    """One column's names: ids and full names first, then what the index makes of it, then new ones."""

    def __init__(self, column: str, known: Mapping[str, str], find: Callable[[str], Named]) -> None:
        self._column = column
        self._names = known
        self._find = find
        self._by_name = _literal(known)
        self._new: dict[str, str] = {}

    def _search(self, line: int, name: str) -> Answer | None:
        """What the name means; None if it is new."""
        if name in self._names:
            return Found(name, known=True)
        if literal := self._by_name.get(name.casefold()):
            return Found(literal, known=True)
        if made := self._new.get(slug(name)):
            return Found(made, known=False)
        named = self._find(name)
        match named.match:
            case Match.EXACT:
                return Found(named.ids[0], known=True)
            case Match.TYPO | Match.AMBIGUOUS:  # a wrong guess would be written into the register
                choices = tuple(self._names.get(id_, id_) for id_ in named.ids)
                question = "which one" if named.match is Match.AMBIGUOUS else "did you mean"
                return Ambiguous(line, self._column, name, choices, named.ids, question)
            case _:
                return None

    def _free(self, wanted: str, name: str) -> str:
        """The id wanted, or one like it if another name has it."""
        taken = wanted in self._names or wanted in self._new.values()
        return f"{wanted}-{fingerprint(name.casefold())}" if taken else wanted


class Bodies(_Names):
    """The organisations, known and new."""

    def __init__(self, organisations: Mapping[str, Organisation], find: Callable[[str], Named]) -> None:
        super().__init__("organisation", {id_: o.name for id_, o in organisations.items()}, find)
        self._ids = {other: id_ for id_, o in organisations.items() for other in o.other_ids}
        self._ids |= {id_: id_ for id_ in organisations}
        self._schemes = {id_: {_scheme(i) for i in (id_, *o.other_ids)} for id_, o in organisations.items()}
        self._made: set[str] = set()

    def resolve(self, row: UseRow) -> Answer | None:
        """A known id decides over the name; a file may also have the id where the name should be."""
        for given in (row.organisation_id, row.organisation):
            if known := self._ids.get(given):
                return Found(known, known=True)
        if row.organisation_id in self._made:
            return Found(row.organisation_id, known=False)
        answer = self._search(row.line, row.organisation)
        return None if answer and self._another(row.organisation_id, answer) else answer

    def _another(self, given: str, answer: Answer) -> bool:
        """Whether the file's unknown id shows this to be another body, of the same name or a similar one."""
        if not _CURIE.fullmatch(given):
            return False
        if isinstance(answer, Found):
            return answer.id in self._made
        return all(_scheme(given) in self._schemes.get(id_, ()) for id_ in answer.ids)

    def make(self, row: UseRow) -> Organisation:
        """A new organisation: under the id the file gives it, else under one made of its name."""
        curie = row.organisation_id if _CURIE.fullmatch(row.organisation_id) else ""
        id_ = self._free(curie or f"x-name:{slug(row.organisation)}", row.organisation)
        self._new.setdefault(slug(row.organisation), id_)
        if curie:
            self._made.add(id_)
        return Organisation(id_, row.organisation, kind=row.kind, nation=row.nation, region=row.region)


class Products(_Names):
    """The tools, known and new."""

    def __init__(self, tools: Mapping[str, Tool], find: Callable[[str], Named]) -> None:
        super().__init__("tool", {id_: tool.name for id_, tool in tools.items()}, find)

    def resolve(self, row: UseRow) -> Answer | None:
        """The tool by its id or name."""
        return self._search(row.line, row.tool)

    def make(self, row: UseRow) -> Tool:
        """A new tool, of which only the name is known."""
        id_ = self._free(slug(row.tool), row.tool)
        self._new[slug(row.tool)] = id_
        return Tool(id_, row.tool)


def _scheme(curie: str) -> str:
    return curie.partition(":")[0].casefold()


def _literal(names: Mapping[str, str]) -> dict[str, str]:
    """Full names that only one has: a body whose name is written out is never a question."""
    ids: dict[str, list[str]] = {}
    for id_, name in names.items():
        ids.setdefault(name.casefold(), []).append(id_)
    return {name: found[0] for name, found in ids.items() if len(found) == 1}
