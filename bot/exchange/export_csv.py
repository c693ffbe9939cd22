"""The register as a table: one row for each use as it stands today, ended ones too."""

import csv
import io
from collections.abc import AsyncIterator

from bot.domain.directory import Organisation, Usage, age_of, usages
from bot.exchange.export import Part, Recorded, by_name, in_turn
from bot.exchange.export_terms import Terms
from bot.exchange.formulas import harmless

# Import reads these under the same names; `age` and `licence` are for people.
COLUMNS = (
    "organisation", "organisation_id", "tool", "tool_id", "repository", "relation", "status", "since", "grade",
    "asserted_on", "age", "source", "evidence_url", "licence", "kind", "nation", "region",
)  # fmt: skip


async def csv_text(register: Recorded, part: Part, terms: Terms) -> AsyncIterator[str]:
    """The table in pieces, by the names of organisation and tool."""
    yield _line(COLUMNS)
    async for organisation, said in in_turn(register, part, by_name):
        found = [u for u in usages(a for _, a in said) if u.tool_id in part.tools]
        found.sort(key=lambda u: (by_name(part.tools[u.tool_id]), u.relation))
        for usage in found:
            yield _line(_row(organisation, usage, part, terms))


def _row(organisation: Organisation, usage: Usage, part: Part, terms: Terms) -> tuple[str, ...]:
    tool = part.tools[usage.tool_id]
    return (
        organisation.name, organisation.id, tool.name, tool.id, tool.repository, usage.relation, usage.status,
        usage.since, usage.grade, usage.confirmed_on.isoformat(), age_of(usage, terms.now.date()),
        terms.source(usage), terms.evidence(usage), terms.licence_of(usage),
        organisation.kind, organisation.nation, organisation.region,
    )  # fmt: skip


def _line(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([harmless(cell) for cell in cells])
    return written.getvalue()
