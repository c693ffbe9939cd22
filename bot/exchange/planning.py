"""Working out what an import would do: every row is matched, asked about, new or broken."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Protocol

from bot.domain.directory import Assertion, Organisation, Relation, Status, Tool, assertion_id
from bot.exchange.claims import claim_of
from bot.exchange.dates import first_day, last_day
from bot.exchange.identity import undated_id
from bot.exchange.plan import Addition, Conflict, Plan
from bot.exchange.resolving import Ambiguous, Answer, Bodies, Found, Products
from bot.exchange.rows import BrokenRow, UseRow
from bot.language.meaning import Named


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


def plan(rows: Iterable[UseRow | BrokenRow], names: KnownNames, today: date, said_by: str) -> Plan:
    """What importing these rows would do; `said_by` names the file where a row names no source."""
    planner = _Planner(names, today, said_by)
    for row in rows:
        if isinstance(row, BrokenRow):
            planner.broken.append(row)
        else:
            planner.take(row)
    return planner.plan()


class _Planner:
    """The plan while its rows are being read."""

    def __init__(self, names: KnownNames, today: date, said_by: str) -> None:
        self._bodies = Bodies(names.organisations, names.find_organisation)
        self._products = Products(names.tools, names.find_tool)
        self._today = today
        self._said_by = said_by
        self._additions: dict[str, Addition] = {}
        self._first_said: dict[tuple[str, str, Relation, date], tuple[int, Status]] = {}
        self._organisations: list[Organisation] = []
        self._tools: list[Tool] = []
        self._rows: dict[str, list[UseRow]] = {"matched": [], "new": [], "repeated": []}
        self._ambiguous: list[Ambiguous] = []
        self._conflicting: list[Conflict] = []
        self.broken: list[BrokenRow] = []

    def plan(self) -> Plan:
        """The plan so far."""
        return Plan(
            additions=tuple(self._additions.values()),
            organisations=tuple(self._organisations),
            tools=tuple(self._tools),
            ambiguous=tuple(self._ambiguous),
            conflicting=tuple(self._conflicting),
            broken=tuple(self.broken),
            **{kind: tuple(rows) for kind, rows in self._rows.items()},
        )

    def take(self, row: UseRow) -> None:
        """One more row; nothing new is made for a row that is left out."""
        answers = self._bodies.resolve(row), self._products.resolve(row)
        if asked := [answer for answer in answers if isinstance(answer, Ambiguous)]:
            self._ambiguous += asked
            return
        body, product = self._body(row, answers[0]), self._product(row, answers[1])
        self._rows["matched" if body.known and product.known else "new"].append(row)
        addition = self._addition(row, body.id, product.id)
        if addition.id in self._additions:
            self._rows["repeated"].append(row)
            return
        self._additions[addition.id] = addition
        self._compare(row.line, addition.assertion)

    def _body(self, row: UseRow, answer: Answer | None) -> Found:
        if isinstance(answer, Found):
            return answer
        made = self._bodies.make(row)
        self._organisations.append(made)
        return Found(made.id, known=False)

    def _product(self, row: UseRow, answer: Answer | None) -> Found:
        if isinstance(answer, Found):
            return answer
        made = self._products.make(row)
        self._tools.append(made)
        return Found(made.id, known=False)

    def _addition(self, row: UseRow, organisation_id: str, tool_id: str) -> Addition:
        claim = claim_of(row, self._today)
        stated = _stated_on(row, claim.status)
        said = Assertion(
            organisation_id=organisation_id,
            tool_id=tool_id,
            relation=claim.relation,
            status=claim.status,
            grade=claim.grade,
            asserted_on=stated or self._today,
            since=row.since,
            said_by=row.source or self._said_by,
            evidence_url=row.evidence_url,
        )
        # Nothing is said in the future: it would override all that people say until then.
        kept = replace(said, asserted_on=min(said.asserted_on, self._today))
        return Addition(assertion_id(said) if stated else undated_id(said), kept)

    def _compare(self, line: int, said: Assertion) -> None:
        """Two statuses on one day contradict each other; on different days the later one is news."""
        key = (said.organisation_id, said.tool_id, said.relation, said.asserted_on)
        first_line, status = self._first_said.setdefault(key, (line, said.status))
        if status is not said.status:
            statuses = (status, said.status)
            self._conflicting.append(Conflict((first_line, line), said.organisation_id, said.tool_id, statuses))


def _stated_on(row: UseRow, status: Status) -> date | None:
    """The day the file says it was known; an end is known from the day of the end."""
    if row.asserted_on:
        return first_day(row.asserted_on)
    return last_day(row.until) if row.until and status is Status.RETIRED else None
