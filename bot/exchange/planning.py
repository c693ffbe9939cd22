"""Working out what an import would do: every row is matched, asked about, new or broken."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Protocol

from bot.domain.directory import Assertion, Organisation, Relation, Status, Tool, assertion_id
from bot.domain.facts import Fact, Topic
from bot.exchange.claims import claim_of
from bot.exchange.dates import first_day, last_day
from bot.exchange.identity import undated_id
from bot.exchange.plan import Addition, Conflict, Plan, Question
from bot.exchange.products import NOT_BY_NAME, Products, blanks_filled, completed
from bot.exchange.resolving import LOOKS_LIKE, Ambiguous, Answer, Bodies, Found
from bot.exchange.rows import BrokenRow, Contents, StatedTool, UseRow
from bot.language.meaning import Named

Rows = Iterable[UseRow | BrokenRow]


class KnownNames(Protocol):
    """What planning needs of the register's names; `bot.language.names.Names` is one."""

    @property
    def tools(self) -> Mapping[str, Tool]:
        """Every tool by its id."""

    @property
    def organisations(self) -> Mapping[str, Organisation]:
        """Every organisation by its canonical id."""

    def find_tool(self, text: str) -> Named:
        """What tool this means."""

    def find_organisation(self, text: str) -> Named:
        """What organisation this means."""


def plan(
    contents: Contents,
    names: KnownNames,
    today: date,
    said_by: str,
    watched: Callable[[Rows], Rows] = lambda rows: rows,
) -> Plan:
    """What importing a file would do; `said_by` names it where a row names no source. `watched` shows progress."""
    planner = _Planner(names, today, said_by)
    for tool in contents.tools:
        planner.describe(tool)
    for row in watched(contents.rows):
        planner.take(row)
    made = planner.plan()
    return replace(made, notes=(*contents.notes, *made.notes), counted_in=contents.counted_in)


class _Planner:
    """The plan while its rows are being read."""

    def __init__(self, names: KnownNames, today: date, said_by: str) -> None:
        self._known = names.tools
        self._bodies = Bodies(names.organisations, names.find_organisation)
        self._products = Products(names.tools, names.find_tool)
        self._today = today
        self._said_by = said_by
        self._additions: dict[str, Addition] = {}
        self._first_said: dict[tuple[str, str, Relation, date], tuple[int, Status]] = {}
        self._organisations: list[Organisation] = []
        self._tools: dict[str, Tool] = {}  # new ones
        self._completed: dict[str, Tool] = {}
        self._facts: list[Fact] = []
        self._matched: list[UseRow] = []
        self._new: list[Addition] = []
        self._repeated: list[UseRow] = []
        self._questions: list[Question] = []
        self._conflicting: list[Conflict] = []
        self._broken: list[BrokenRow] = []
        self._notes: list[str] = []

    def plan(self) -> Plan:
        """The plan so far."""
        return Plan(
            additions=tuple(self._additions.values()),
            organisations=tuple(self._organisations),
            tools=tuple(self._tools.values()),
            matched=tuple(self._matched),
            new=tuple(self._new),
            repeated=tuple(self._repeated),
            questions=tuple(self._questions),
            conflicting=tuple(self._conflicting),
            broken=tuple(self._broken),
            completed=tuple(self._completed.values()),
            filled={id_: blanks_filled(self._known[id_], tool) for id_, tool in self._completed.items()},
            facts=tuple(self._facts),
            notes=tuple(self._notes),
        )

    def describe(self, stated: StatedTool) -> None:
        """What the file says of a tool: a new one, or what is blank in one that is known."""
        answer, sure = self._products.resolve_stated(stated), True
        if isinstance(answer, Ambiguous):
            asked = "does it only look like" if answer.question == LOOKS_LIKE else "is it"
            self._notes.append(f"the tool “{stated.name}” is left out: {asked} {' or '.join(answer.choices)}?")
            return
        if answer is None:
            tool = self._products.make_stated(stated)
            self._tools[tool.id] = tool
            if others := [other.name for other in self._known.values() if _same_name(other, tool)]:
                self._notes.append(f"“{tool.name}” isn't the known “{others[0]}”: its repository is another")
        else:
            sure = self._products.lives_at(answer.id, stated)
            tool = self._fill(answer.id, stated, sure=sure)
        self._facts += [
            Fact(tool.id, fact.topic, fact.text, stated.source, self._today, source_url=stated.repository)
            for fact in stated.facts
            if sure or fact.topic is not Topic.LICENCE
        ]

    def _fill(self, id_: str, stated: StatedTool, *, sure: bool) -> Tool:
        """Its blanks filled, and each one noted; what the register says otherwise stays, and is noted.

        Unless it is `sure` that this is the tool, and no namesake, the file doesn't say where it lives.
        """
        known = self._tools.get(id_) or self._completed.get(id_) or self._known[id_]
        fuller = completed(known, stated, sure=sure)
        if fuller != known:
            (self._tools if id_ in self._tools else self._completed)[id_] = fuller
            if fuller.repository != known.repository:
                self._products.placed(id_, fuller.repository)
            told = ", ".join(f"{blank} “{text[:100]}”" for blank, text in blanks_filled(known, fuller).items())
            self._notes.append(f"{known.name}: filled in: {told}")
        if left := [blank for blank in blanks_filled(fuller, completed(fuller, stated)) if blank in NOT_BY_NAME]:
            self._notes.append(f"{known.name}: known by its name alone, so not filled in: {', '.join(left)}")
        if stated.licence and stated.licence.casefold() != known.licence.casefold() and known.licence:
            self._notes.append(f"{known.name}: the register says {known.licence}, the file says {stated.licence}")
        return fuller

    def take(self, row: UseRow | BrokenRow) -> None:
        """One more row; nothing new is made for a row that is left out."""
        if isinstance(row, BrokenRow):
            self._broken.append(row)
            return
        answers = self._bodies.resolve(row), self._products.resolve(row)
        if asked := tuple(answer for answer in answers if isinstance(answer, Ambiguous)):
            self._questions.append(Question(row, asked))
            return
        body, product = self._body(row, answers[0]), self._product(row, answers[1])
        addition = self._addition(row, body.id, product.id)
        if body.known and product.known:
            self._matched.append(row)
        else:
            self._new.append(addition)
        if addition.id in self._additions:
            self._repeated.append(row)
            return
        self._additions[addition.id] = addition
        self._compare(row, addition.assertion)

    def _body(self, row: UseRow, answer: Answer | None) -> Found:
        if isinstance(answer, Found):
            return answer
        made = self._bodies.make(row)
        self._organisations.append(made)
        return Found(made.id, known=False)

    def _product(self, row: UseRow, answer: Answer | None) -> Found:
        if isinstance(answer, Found):
            if row.repository and row.tool_id == answer.id:  # a person's choice says where the tool lives
                self._fill(answer.id, StatedTool(row.line, row.called, row.repository), sure=True)
            return answer
        made = self._products.make(row)
        self._tools[made.id] = made
        return Found(made.id, known=False)

    def _addition(self, row: UseRow, organisation_id: str, tool_id: str) -> Addition:
        claim = claim_of(row, self._today)
        stated = _stated_on(row, claim.status)
        begun = first_day(row.since) if row.since and not claim.proves_use else None
        said = Assertion(
            organisation_id=organisation_id,
            tool_id=tool_id,
            relation=claim.relation,
            status=claim.status,
            grade=claim.grade,
            asserted_on=stated or begun or self._today,
            since=row.since,
            said_by=row.source or self._said_by,
            evidence_url=row.evidence_url,
        )
        # Nothing is said in the future: it would override all that people say until then.
        kept = replace(said, asserted_on=min(said.asserted_on, self._today))
        return Addition(assertion_id(said) if stated else undated_id(said), kept, row)

    def _compare(self, row: UseRow, said: Assertion) -> None:
        """Two statuses on one day contradict each other; on different days the later one is news."""
        key = (said.organisation_id, said.tool_id, said.relation, said.asserted_on)
        first_line, status = self._first_said.setdefault(key, (row.line, said.status))
        if status is not said.status:
            statuses, lines = (status, said.status), (first_line, row.line)
            self._conflicting.append(Conflict(lines, said.organisation_id, said.tool_id, statuses, row))


def _same_name(one: Tool, other: Tool) -> bool:
    return one.name.casefold() == other.name.casefold()


def _stated_on(row: UseRow, status: Status) -> date | None:
    """The day the file says it was known; an end is known from the day of the end."""
    if row.asserted_on:
        return first_day(row.asserted_on)
    return last_day(row.until) if row.until and status is Status.RETIRED else None
