"""A small register in memory, and what the formats make of it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.domain.directory import Assertion, Grade, Organisation, Relation, Status, Tool, Usage, assertion_id, usages
from bot.exchange.document import document_of
from bot.exchange.export import Part, Recorded
from bot.exchange.export_csv import csv_text
from bot.exchange.export_json_lines import json_lines
from bot.exchange.export_terms import Terms
from bot.exchange.export_usage import declarations
from bot.exchange.export_used_by import fragments
from bot.exchange.kinds import read
from bot.exchange.planning import plan
from bot.language.names import Names

NOW = datetime(2026, 9, 14, 10, 0, tzinfo=UTC)
TERMS = Terms("Open Councils", "CC-BY-4.0", {"Our survey": "OGL-UK-3.0"}, NOW)
CAMDEN = Organisation(
    "local-authority:CMD",
    "London Borough of Camden",
    nation="England",
    website="https://www.camden.example",
    other_ids=("gss:E09000007",),
)
LEEDS = Organisation("local-authority:LDS", "Leeds City Council", nation="England")
PLANX = Tool("planx", "PlanX", repository="https://code.example/planx")
BOPS = Tool("bops", "BOPS")
USES = Assertion(
    CAMDEN.id,
    PLANX.id,
    Relation.USES,
    Status.PRODUCTION,
    Grade.IMPORTED,
    date(2026, 5, 1),
    since="2022-03",
    said_by="Our survey",
    evidence_url="https://evidence.example/1",
)

Texts = Callable[[Recorded, Part, Terms], AsyncIterator[str]]
Files = Callable[[Recorded, Part, Terms], AsyncIterator[tuple[str, str]]]


@dataclass
class Kept:
    """What was said, as the store would give it."""

    said: list[Assertion]
    organisations: list[Organisation] = field(default_factory=lambda: [CAMDEN, LEEDS])
    tools: list[Tool] = field(default_factory=lambda: [PLANX, BOPS])

    async def assertions_of(self, organisation_ids: Sequence[str], tool_id: str = "") -> list[tuple[str, Assertion]]:
        return [
            (assertion_id(a), a)
            for a in self.said
            if a.organisation_id in organisation_ids and tool_id in ("", a.tool_id)
        ]

    async def usages_of_tool(self, tool_id: str) -> list[Usage]:
        return usages(a for a in self.said if a.tool_id == tool_id and a.relation is Relation.USES)

    def part(self, organisation: str = "", tool: str = "") -> Part:
        return Part({o.id: o for o in self.organisations}, {t.id: t for t in self.tools}, organisation, tool)

    async def text(self, texts: Texts, organisation: str = "", tool: str = "") -> str:
        return "".join([piece async for piece in texts(self, self.part(organisation, tool), TERMS)])

    async def files(self, files: Files, organisation: str = "", tool: str = "") -> dict[str, str]:
        return {name: text async for name, text in files(self, self.part(organisation, tool), TERMS)}

    async def everything(self) -> str:
        """All formats one after the other."""
        texts = [await self.text(texts) for texts in (csv_text, json_lines)]
        files = [await self.files(files) for files in (declarations, fragments)]
        return "\n".join([*texts, *(text for some in files for pair in some.items() for text in pair)])


def imported(name: str, text: str) -> list[Usage]:
    """What importing the file makes of an empty register."""
    planned = plan(read(document_of(name, text.encode("utf-8-sig"))), Names(), NOW.date(), name)
    assert not planned.broken
    assert not planned.ambiguous
    return usages(addition.assertion for addition in planned.additions)


def facts(found: list[Usage]) -> set[tuple[object, ...]]:
    """What is said, without by whom and how surely: an import is never surer than an import."""
    return {
        (u.organisation_id, u.tool_id, u.relation, u.status, u.since, u.confirmed_on, u.evidence_url) for u in found
    }
