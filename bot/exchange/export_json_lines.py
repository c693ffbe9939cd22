"""The register's whole history as JSON Lines: bodies, tools and every assertion, enough to build it anew."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.domain.directory import Assertion, assertion_id, trust
from bot.exchange.export import Part, Recorded, Said, by_id, in_turn
from bot.exchange.export_terms import Terms, hides_a_person

FORMAT, VERSION = "townclerk-register", 1
_NEVER = datetime.min.replace(tzinfo=UTC)


async def json_lines(register: Recorded, part: Part, terms: Terms) -> AsyncIterator[str]:
    """A header, the organisations, the tools, then the assertions, each use's oldest first."""
    yield _line("header", _header(part, terms))
    for organisation in await _organisations(register, part):
        yield _line("organisation", asdict(part.organisations[organisation]))
    for tool in await _tools(register, part):
        yield _line("tool", asdict(part.tools[tool]))
    async for _, said in in_turn(register, part, by_id):
        for assertion in _assertions(said, terms):
            yield _line("assertion", assertion)


def _header(part: Part, terms: Terms) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "generated_at": terms.now.isoformat(timespec="seconds"),
        "source": terms.community,
        "licence": terms.stated_licence,
        "organisation": part.organisation_id or None,
        "tool": part.tool_id or None,
    }


async def _organisations(register: Recorded, part: Part) -> list[str]:
    """All of them, or those that the part's assertions name."""
    if part.whole:
        return sorted(part.organisations)
    return [part.organisation_id] if part.organisation_id else [o.id async for o, _ in in_turn(register, part, by_id)]


async def _tools(register: Recorded, part: Part) -> list[str]:
    if part.whole:
        return sorted(part.tools)
    if part.tool_id:
        return [part.tool_id]
    return sorted({a.tool_id async for _, said in in_turn(register, part, by_id) for _, a in said})


def _assertions(said: Said, terms: Terms) -> Iterator[dict[str, Any]]:
    """Those about one organisation. Of one day's, `order` says which was said later: an instant could be looked
    up in a room's history, and an id made of a person's name could be tried with names until one fits.
    """
    places: Counter[tuple[str, ...]] = Counter()
    for identity, a in sorted(said, key=_order):
        day = (a.tool_id, a.relation, a.asserted_on.isoformat())
        order = places[day]
        places[day] += 1
        yield {
            "id": _public_id(a, order, terms) if hides_a_person(a) else identity,
            "organisation_id": a.organisation_id,
            "tool_id": a.tool_id,
            "relation": a.relation,
            "status": a.status,
            "since": a.since,
            "grade": a.grade,
            "asserted_on": a.asserted_on,
            "order": order,
            "source": terms.source(a),
            "evidence_url": terms.evidence(a),
            "licence": terms.licence_of(a),
        }


def _order(identified: tuple[str, Assertion]) -> tuple[object, ...]:
    identity, a = identified
    return a.tool_id, a.relation, a.asserted_on, -trust(a.grade), a.said_at or _NEVER, identity


def _public_id(a: Assertion, order: int, terms: Terms) -> str:
    """The identity of what is told of it: the same in every export, and no key to who said it."""
    placed = datetime.combine(a.asserted_on, time.min, UTC) + timedelta(microseconds=order)
    return assertion_id(replace(a, said_by=terms.source(a), said_at=placed, evidence_url=terms.evidence(a)))


def _line(kind: str, fields: dict[str, Any]) -> str:
    return json.dumps({"type": kind} | fields, ensure_ascii=False, default=str) + "\n"
