"""Abolished bodies: who stands in their place today, and whose place a body of today took."""

from collections.abc import Mapping

from bot.domain.directory import Organisation


def heirs(known: Mapping[str, Organisation], organisation: Organisation) -> list[tuple[Organisation, ...]]:
    """The bodies that stand in its place after however many reforms; none if nobody took over.

    Each as the way that leads there: the abolished body itself, those between, the body of today.
    """
    found: dict[str, tuple[Organisation, ...]] = {}
    ways: list[tuple[Organisation, ...]] = [(organisation,)]
    seen = {organisation.id}
    for way in ways:
        following = [heir for heir in way[-1].successors if heir in known]
        if not following and len(way) > 1:
            found[way[-1].id] = way
        ways += [(*way, known[heir]) for heir in following if heir not in seen]
        seen.update(following)
    return list(found.values())


def predecessors(known: Mapping[str, Organisation], organisation: Organisation) -> list[Organisation]:
    """The abolished bodies in whose place it stands today."""
    abolished = (body for body in known.values() if body.successors and body.id != organisation.id)
    return [body for body in abolished if any(way[-1].id == organisation.id for way in heirs(known, body))]
