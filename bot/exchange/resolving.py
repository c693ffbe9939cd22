"""What a name in a row means: one that the register has, a new one, or a question that has to be asked."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from bot.domain.directory import Organisation
from bot.exchange.repository import domain_of
from bot.exchange.rows import UseRow
from bot.exchange.text import fingerprint, slug
from bot.language.keys import key, words_of
from bot.language.meaning import Match, Named

LOOKS_LIKE = "looks like"  # the question about a name in letters that only seem to be those of a known one
ANOTHER = "new"  # in place of an id, a person's answer to "which one": none of them
LONG_NAME = 8  # letters: with so many, two may be wrong
_CURIE = re.compile(r"[A-Za-z][A-Za-z0-9.+-]*:(?!//)\S{1,100}")

_BRACKETS = re.compile(r"\([^()]*\)")
_RUN_IN = re.compile(r"(\S.{2,}?[^\W\d_])(M?BC|CC|DC)", re.IGNORECASE)


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


class Resolver:
    """One column's names: ids and full names first, then what the index makes of it, then new ones."""

    def __init__(self, column: str, known: Mapping[str, str], find: Callable[[str], Named]) -> None:
        self._column = column
        self._names = known
        self._find = find
        self._found: dict[str, Named] = {}  # a file names the same ones again and again
        self._by_name = _literal(known)
        self._new: dict[str, list[str]] = {}  # by the slug of their name: two can have one name
        self._new_ids: set[str] = set()

    def _search(self, line: int, name: str) -> Answer | None:
        """What the name means; None if it is new."""
        if name in self._names:
            return Found(name, known=True)
        if literal := self._by_name.get(name.casefold()):
            return Found(literal, known=True)
        if made := self._made_anew(line, name):
            return made
        named = self._found.get(name) or self._found.setdefault(name, self._find(name))
        match named.match:
            case Match.EXACT:
                return Found(named.ids[0], known=True)
            case Match.TYPO | Match.AMBIGUOUS:  # a wrong guess would be written into the register
                question = "which one" if named.match is Match.AMBIGUOUS else "did you mean"
                return self._ask(line, name, named.ids, question)
            case Match.NEAR if named.lookalike:
                return self._ask(line, name, named.ids, LOOKS_LIKE)
            case Match.NEAR if close := self._close(name, named.ids):
                return self._ask(line, name, close, "did you mean")
            case _:
                ids = self._known_otherwise(name)
                return self._ask(line, name, ids, "did you mean") if ids else None

    def _known_otherwise(self, name: str) -> tuple[str, ...]:
        found = (self._find(spelt) for spelt in self._other_spellings(name))
        return next((named.ids for named in found if named.match in (Match.EXACT, Match.AMBIGUOUS)), ())

    def _other_spellings(self, name: str) -> Iterator[str]:
        """How else a name that is unknown may be written: never taken for the same without asking."""
        yield from ()

    def _close(self, name: str, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Those a slip of the hand away: one that was asked about must not be made new once it has more neighbours."""
        typed = key(words_of(name))
        slips = 2 if len(typed) >= LONG_NAME else 1
        return tuple(i for i in ids if Levenshtein.distance(typed, key(words_of(self._names.get(i, i)))) <= slips)

    def _ask(self, line: int, name: str, ids: tuple[str, ...], question: str) -> Ambiguous:
        choices = tuple(self._names.get(id_, id_) for id_ in ids)
        return Ambiguous(line, self._column, name, choices, ids, question)

    def _made_anew(self, line: int, name: str) -> Answer | None:
        """What earlier rows made under this name."""
        ids = tuple(self._new.get(slug(name), ()))
        if len(ids) > 1:
            return self._ask(line, name, ids, "which one")
        return Found(ids[0], known=False) if ids else None

    def _named_new(self, name: str, id_: str) -> None:
        ids = self._new.setdefault(slug(name), [])
        if id_ not in ids:
            ids.append(id_)

    def _made_before(self, line: int, wanted: str, name: str) -> Answer | None:
        """What an earlier row or an earlier import made under this id for this very name."""
        if wanted in self._names and slug(self._names[wanted]) == slug(name):
            return Found(wanted, known=True)
        return self._made_anew(line, name)

    def _free(self, wanted: str, told_apart_by: str) -> str:
        """The id wanted, or one like it if another has it."""
        taken = wanted in self._names or wanted in self._new_ids
        id_ = f"{wanted}-{fingerprint(told_apart_by.casefold())}" if taken else wanted
        self._new_ids.add(id_)
        return id_


class Bodies(Resolver):
    """The organisations, known and new."""

    def __init__(self, organisations: Mapping[str, Organisation], find: Callable[[str], Named]) -> None:
        super().__init__("organisation", {id_: o.name for id_, o in organisations.items()}, find)
        self._ids = {other: id_ for id_, o in organisations.items() for other in o.other_ids}
        self._ids |= {id_: id_ for id_ in organisations}
        self._schemes = {id_: {_scheme(i) for i in (id_, *o.other_ids)} for id_, o in organisations.items()}
        self._domains = _domains(organisations)
        self._made: set[str] = set()

    def resolve(self, row: UseRow) -> Answer | None:
        """A known id decides, then the web address, then the name; a file may have the id where the name should be."""
        if row.organisation_id.casefold() == ANOTHER:
            return self._made_before(row.line, _own_id(row.organisation), row.organisation)
        for given in (row.organisation_id, row.organisation):
            if known := self._ids.get(given):
                return Found(known, known=True)
        if row.organisation_id in self._made:
            return Found(row.organisation_id, known=False)
        if known := self._domains.get(domain_of(row.website)):
            return Found(known, known=True)
        answer = self._search(row.line, row.organisation)
        return None if answer and self._another(row.organisation_id, answer) else answer

    def _other_spellings(self, name: str) -> Iterator[str]:
        """Without what is in brackets ("… (VGR)"), and with its kind set apart ("LichfieldDC")."""
        if (bare := _BRACKETS.sub(" ", name).strip()) not in ("", name):
            yield bare
        if run_in := _RUN_IN.fullmatch(name):
            yield f"{run_in[1]} {run_in[2]}"

    def _another(self, given: str, answer: Answer) -> bool:
        """Whether the file's unknown id shows this to be another body, of the same name or a similar one."""
        if not _CURIE.fullmatch(given):
            return False
        if isinstance(answer, Found):
            return answer.id in self._made
        if answer.question == LOOKS_LIKE:
            return False
        return all(id_ in self._made or _scheme(given) in self._schemes.get(id_, ()) for id_ in answer.ids)

    def make(self, row: UseRow) -> Organisation:
        """A new organisation: under the id the file gives it, else under one made of its name."""
        curie = row.organisation_id if _CURIE.fullmatch(row.organisation_id) else ""
        id_ = self._free(curie or _own_id(row.organisation), row.organisation)
        self._named_new(row.organisation, id_)
        if curie:
            self._made.add(id_)
        return Organisation(
            id_, row.organisation, kind=row.kind, nation=row.nation, region=row.region, website=row.website
        )


def _own_id(name: str) -> str:
    return f"x-name:{slug(name)}"


def _scheme(curie: str) -> str:
    return curie.partition(":")[0].casefold()


def _domains(organisations: Mapping[str, Organisation]) -> dict[str, str]:
    """The body behind a domain, where only one has it."""
    found: dict[str, set[str]] = {}
    for id_, body in organisations.items():
        named = {i.removeprefix("domain:") for i in (id_, *body.other_ids) if i.startswith("domain:")}
        for domain in filter(None, named | {domain_of(body.website)}):
            found.setdefault(domain, set()).add(id_)
    return {domain: next(iter(ids)) for domain, ids in found.items() if len(ids) == 1}


def _literal(names: Mapping[str, str]) -> dict[str, str]:
    """Full names that only one has: a body whose name is written out is never a question."""
    ids: dict[str, list[str]] = {}
    for id_, name in names.items():
        ids.setdefault(name.casefold(), []).append(id_)
    return {name: found[0] for name, found in ids.items() if len(found) == 1}
