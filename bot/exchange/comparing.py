"""A plan held against what the register knows already: what is there, and what contradicts it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.domain.directory import Assertion, Grade, Relation, Status, Usage, trust, usages
from bot.domain.facts import Fact
from bot.exchange.plan import Addition, Conflict, Plan

Known = Mapping[tuple[str, str, Relation], Usage]


def compared(plan: Plan, said: Iterable[tuple[str, Assertion]], facts: Iterable[Fact]) -> Plan:
    """The plan with its conflicts with the register's uses, and without the facts that the register has.

    `said` is what the register holds of the plan's organisations, by id; `facts` what it holds of the plan's tools.
    An addition without a date is as old as what is known better of its use, so that it doesn't decide.
    """
    recorded = dict(said)
    known = _by_use(recorded.values())
    dated = _by_use((*recorded.values(), *(addition.assertion for addition in plan.additions if addition.dated)))
    told = {_words(fact) for fact in facts}
    conflicts = [
        found
        for addition in plan.additions
        if (found := _contradicted(addition, recorded.get(addition.id, addition.assertion), known))
    ]
    return replace(
        plan,
        additions=tuple(_no_newer_than_better(addition, dated) for addition in plan.additions),
        conflicting=(*plan.conflicting, *conflicts),
        facts=tuple(fact for fact in plan.facts if _words(fact) not in told),
        already=frozenset(addition.id for addition in plan.additions if addition.id in recorded),
    )


def _by_use(said: Iterable[Assertion]) -> Known:
    return {(use.organisation_id, use.tool_id, use.relation): use for use in usages(said)}


def _no_newer_than_better(addition: Addition, known: Known) -> Addition:
    said = addition.assertion
    use = known.get((said.organisation_id, said.tool_id, said.relation))
    if addition.dated or use is None or trust(said.grade) <= trust(use.grade):
        return addition
    return replace(addition, assertion=replace(said, asserted_on=min(said.asserted_on, use.confirmed_on)))


def _contradicted(addition: Addition, said: Assertion, known: Known) -> Conflict | None:
    """Whether one says that it ended and the other that it goes on, and it is neither old news nor mere news.

    Without a date it can't be news against what is known better, and any other status contradicts that.
    """
    use = known.get((said.organisation_id, said.tool_id, said.relation))
    if use is None or said.asserted_on < use.confirmed_on or use.status is said.status:
        return None
    worse = not addition.dated and trust(said.grade) > trust(use.grade)
    if not worse and (use.status is Status.RETIRED) == (said.status is Status.RETIRED):
        return None
    if addition.dated and said.asserted_on > use.confirmed_on and use.grade is not Grade.CONFIRMED:
        return None
    statuses = (use.status, said.status)
    return Conflict((addition.row.line,), said.organisation_id, said.tool_id, statuses, addition.row, use)


def _words(fact: Fact) -> tuple[str, ...]:
    return fact.tool_id, fact.topic, fact.text, fact.source, fact.source_url
