"""A plan held against what the register knows already: what is there, and what contradicts it."""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.directory import Assertion, Grade, Relation, Status, Usage, usages
from bot.domain.facts import Fact
from bot.exchange.plan import Addition, Conflict, Plan


def compared(plan: Plan, said: Iterable[tuple[str, Assertion]], facts: Iterable[Fact]) -> Plan:
    """The plan with its conflicts with the register's uses, and without the facts that the register has.

    `said` is what the register holds of the plan's organisations, by id; `facts` what it holds of the plan's tools.
    """
    recorded = dict(said)
    known = {(use.organisation_id, use.tool_id, use.relation): use for use in usages(recorded.values())}
    told = {_words(fact) for fact in facts}
    already = frozenset(addition.id for addition in plan.additions if addition.id in recorded)
    conflicts = [
        found
        for addition in plan.additions
        if (found := _contradicted(addition, recorded.get(addition.id, addition.assertion), known))
    ]
    return replace(
        plan,
        conflicting=(*plan.conflicting, *conflicts),
        facts=tuple(fact for fact in plan.facts if _words(fact) not in told),
        already=already,
    )


def _contradicted(
    addition: Addition, said: Assertion, known: dict[tuple[str, str, Relation], Usage]
) -> Conflict | None:
    """Whether one says that it ended and the other that it goes on, and it is neither old news nor mere news."""
    use = known.get((said.organisation_id, said.tool_id, said.relation))
    if use is None or (use.status is Status.RETIRED) == (said.status is Status.RETIRED):
        return None
    if said.asserted_on < use.confirmed_on:
        return None
    dated = bool(addition.row.asserted_on or addition.row.until)
    if dated and said.asserted_on > use.confirmed_on and use.grade is not Grade.CONFIRMED:
        return None
    statuses = (use.status, said.status)
    return Conflict((addition.row.line,), said.organisation_id, said.tool_id, statuses, addition.row, use)


def _words(fact: Fact) -> tuple[str, ...]:
    return fact.tool_id, fact.topic, fact.text, fact.source, fact.source_url
