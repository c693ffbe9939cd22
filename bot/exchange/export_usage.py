"""`publiccode-usage.json`: what one body uses, in the form it could publish under `/.well-known/` itself."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from functools import cache
from typing import Any

from babel import Locale

from bot.domain.directory import Grade, Organisation, Relation, Status, Usage, age_of, usages
from bot.exchange.export import Part, Recorded, Said, by_id, by_name, in_turn
from bot.exchange.export_files import file_name
from bot.exchange.export_terms import Terms

SCHEMA = "https://publiccode.net/usage-declaration/v1"
_UNITED_KINGDOM = dict.fromkeys(("England", "Scotland", "Wales", "Northern Ireland"), "GB")


async def declarations(register: Recorded, part: Part, terms: Terms) -> AsyncIterator[tuple[str, str]]:
    """A file's name and text for each body that uses something; for a body asked for by name, in any case."""
    written = False
    async for organisation, said in in_turn(register, part, by_id):
        software = _software(said, part, terms)
        if software or part.organisation_id:
            written = True
            yield file_name(organisation.id, ".json"), _text(organisation, software, terms)
    if part.organisation_id and not written:
        organisation = part.organisations[part.organisation_id]
        yield file_name(organisation.id, ".json"), _text(organisation, [], terms)


def _software(said: Said, part: Part, terms: Terms) -> list[dict[str, str]]:
    """What the body uses now. What nobody verified can't be said in its name: this form has no word for doubt."""
    found = [u for u in usages(a for _, a in said) if u.relation is Relation.USES and u.tool_id in part.tools]
    present = [u for u in found if u.status is not Status.RETIRED and u.grade is not Grade.UNVERIFIED]
    return [_entry(u, part, terms) for u in sorted(present, key=lambda u: by_name(part.tools[u.tool_id]))]


def _entry(usage: Usage, part: Part, terms: Terms) -> dict[str, str]:
    tool = part.tools[usage.tool_id]
    entry = {
        "url": tool.repository,
        "name": tool.name,
        "status": usage.status,
        "since": usage.since,
        "confirmedOn": usage.confirmed_on.isoformat(),
        "age": age_of(usage, terms.now.date()),
        "grade": usage.grade,
        "source": terms.source(usage),
        "evidenceUrl": terms.evidence(usage),
        "licence": terms.licence_of(usage),
    }
    return {name: value for name, value in entry.items() if value}


def _text(organisation: Organisation, software: list[dict[str, str]], terms: Terms) -> str:
    newest = max((entry["confirmedOn"] for entry in software), default=terms.now.date().isoformat())
    last = datetime.combine(datetime.fromisoformat(newest).date(), time.min, UTC)
    declaration: dict[str, Any] = {
        "schema": SCHEMA,
        "organization": _organisation(organisation),
        "software": software,
        "lastUpdated": _instant(last),
        "generatedAt": _instant(terms.now),
        "source": terms.community,
        "licence": terms.stated_licence,
    }
    return json.dumps(declaration, ensure_ascii=False, indent=2) + "\n"


def _organisation(organisation: Organisation) -> dict[str, Any]:
    domain = next((i for i in (organisation.id, *organisation.other_ids) if i.startswith("domain:")), "")
    known = {
        "name": organisation.name,
        "url": organisation.website or (f"https://{domain.removeprefix('domain:')}" if domain else ""),
        "type": "public-administration",
        "jurisdiction": _countries().get(organisation.nation, ""),
        "identifiers": [organisation.id, *organisation.other_ids],
    }
    return {name: value for name, value in known.items() if value}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _countries() -> dict[str, str]:
    """ISO 3166 codes by the countries' English names."""
    territories = Locale("en").territories
    return {name: code for code, name in territories.items() if len(code) == 2 and code.isalpha()} | _UNITED_KINGDOM
