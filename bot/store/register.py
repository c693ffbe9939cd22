"""The register: organisations, tools, and assertions that are only ever added."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from bot.domain.directory import (
    Assertion,
    Grade,
    Organisation,
    Relation,
    Status,
    Tool,
    Usage,
    assertion_id,
    usages,
)
from bot.store import counter
from bot.store.database import Connection, Row, dumps, instant, micros

_VERSION = "register"


class Register:
    """The tables organisation, tool and assertion; every change moves the register's version on."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def version(self) -> int:
        """Grows with every change: whoever keeps an index of names compares it."""
        return await counter.read(self._db, _VERSION)

    async def add_organisations(self, organisations: Iterable[Organisation]) -> None:
        """Write these organisations; known ids are brought up to date."""
        await self._db.execute_many(
            "INSERT INTO organisation (id, name, short_name, kind, nation, region, website, ended, successors, "
            "aliases, other_ids) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
            "ON CONFLICT (id) DO UPDATE SET name = excluded.name, short_name = excluded.short_name, "
            "kind = excluded.kind, nation = excluded.nation, region = excluded.region, "
            "website = excluded.website, ended = excluded.ended, successors = excluded.successors, "
            "aliases = excluded.aliases, other_ids = excluded.other_ids",
            [
                (o.id, o.name, o.short_name, o.kind, o.nation, o.region, o.website,
                 o.ended.isoformat() if o.ended else "", dumps(o.successors), dumps(o.aliases), dumps(o.other_ids))
                for o in organisations
            ],
        )  # fmt: skip
        await counter.take(self._db, _VERSION)

    async def add_tools(self, tools: Iterable[Tool], now: datetime) -> None:
        """Write these tools; known ids are brought up to date."""
        await self._db.execute_many(
            "INSERT INTO tool (id, name, description, category, repository, licence, website, aliases, added_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
            "description = excluded.description, category = excluded.category, "
            "repository = excluded.repository, licence = excluded.licence, website = excluded.website, "
            "aliases = excluded.aliases",
            [
                (t.id, t.name, t.description, t.category, t.repository, t.licence, t.website,
                 dumps(t.aliases), micros(now))
                for t in tools
            ],
        )  # fmt: skip
        await counter.take(self._db, _VERSION)

    async def add_assertions(self, assertions: Iterable[Assertion], now: datetime) -> None:
        """Add these assertions; one that is there already stays as it is."""
        await self.add_identified(((assertion_id(a), a) for a in assertions), now)

    async def add_identified(self, assertions: Iterable[tuple[str, Assertion]], now: datetime) -> None:
        """Add these assertions under the ids given, by which an import knows them again."""
        await self._db.execute_many(
            "INSERT INTO assertion (id, organisation_id, tool_id, relation, status, grade, asserted_on, since, "
            "said_by, evidence_url, said_at, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
            "ON CONFLICT DO NOTHING",
            [
                (identity, a.organisation_id, a.tool_id, a.relation, a.status, a.grade,
                 a.asserted_on.isoformat(), a.since, a.said_by, a.evidence_url,
                 micros(a.said_at) if a.said_at else None, micros(now))
                for identity, a in assertions
            ],
        )  # fmt: skip
        await counter.take(self._db, _VERSION)

    async def organisations(self) -> list[Organisation]:
        """All of them."""
        return [_organisation(r) for r in await self._db.fetch("SELECT * FROM organisation ORDER BY id")]

    async def tools(self) -> list[Tool]:
        """All of them."""
        return [_tool(r) for r in await self._db.fetch("SELECT * FROM tool ORDER BY id")]

    async def usages_of_tool(self, tool_id: str, relation: Relation = Relation.USES) -> list[Usage]:
        """Who uses (maintains) this tool, or did."""
        return await self._usages("tool_id = $1 AND relation = $2", tool_id, relation)

    async def usages_of_organisation(self, organisation_id: str, relation: Relation = Relation.USES) -> list[Usage]:
        """What this organisation uses (maintains), or did."""
        return await self._usages("organisation_id = $1 AND relation = $2", organisation_id, relation)

    async def maintainers(self, tool_id: str) -> list[Usage]:
        """The councils that answer questions about this tool now."""
        maintaining = await self.usages_of_tool(tool_id, Relation.MAINTAINS)
        return [u for u in maintaining if u.status is not Status.RETIRED]

    async def maintained_by(self, organisation_id: str) -> list[Usage]:
        """The tools this organisation answers questions about now."""
        maintaining = await self.usages_of_organisation(organisation_id, Relation.MAINTAINS)
        return [u for u in maintaining if u.status is not Status.RETIRED]

    async def tools_without_maintainer(self, limit: int) -> list[tuple[str, int]]:
        """Tools in use that nobody surely answers for, the most used first, with how many bodies use them now."""
        present = [u for u in await self.all_usages() if u.status is not Status.RETIRED]
        sure = [u for u in present if u.grade is not Grade.UNVERIFIED]
        maintained = {u.tool_id for u in sure if u.relation is Relation.MAINTAINS}
        users = Counter(u.tool_id for u in present if u.relation is Relation.USES and u.tool_id not in maintained)
        return sorted(users.items(), key=lambda used: (-used[1], used[0]))[:limit]

    async def all_usages(self) -> list[Usage]:
        """Who uses or maintains whatever, or did."""
        return usages([_assertion(r) for r in await self._db.fetch("SELECT * FROM assertion")])

    async def confirmed_before(self, day: date) -> list[Usage]:
        """The uses of which nothing was said since that day, except by somebody whom nobody has verified."""
        return await self._usages(
            "(organisation_id, tool_id, relation) IN (SELECT organisation_id, tool_id, relation FROM assertion "
            "GROUP BY organisation_id, tool_id, relation "
            "HAVING COALESCE(MAX(CASE WHEN grade <> $2 THEN asserted_on END), MAX(asserted_on)) < $1)",
            day.isoformat(),
            Grade.UNVERIFIED.value,
        )

    async def said_by(self, user_id: str, organisation_id: str) -> list[Assertion]:
        """What this person said of this organisation, oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM assertion WHERE said_by = $1 AND organisation_id = $2 ORDER BY added_at, id",
            user_id,
            organisation_id,
        )
        return [_assertion(r) for r in rows]

    async def added_between(self, start: datetime, end: datetime) -> list[Assertion]:
        """What was asserted in this time, oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM assertion WHERE added_at >= $1 AND added_at < $2 ORDER BY added_at, id",
            micros(start),
            micros(end),
        )
        return [_assertion(r) for r in rows]

    async def tools_added_between(self, start: datetime, end: datetime) -> list[str]:
        """The ids of the tools that came into the register in this time."""
        rows = await self._db.fetch(
            "SELECT id FROM tool WHERE added_at >= $1 AND added_at < $2 ORDER BY name",
            micros(start),
            micros(end),
        )
        return [r["id"] for r in rows]

    async def first_added_at(self) -> datetime | None:
        """When the register began."""
        row = await self._db.fetch_one("SELECT MIN(added_at) AS at FROM assertion")
        return instant(row["at"]) if row and row["at"] is not None else None

    async def _usages(self, where: str, *values: object) -> list[Usage]:
        rows = await self._db.fetch(f"SELECT * FROM assertion WHERE {where}", *values)
        return usages([_assertion(r) for r in rows])

    async def assertions_of(self, organisation_ids: Sequence[str], tool_id: str = "") -> list[tuple[str, Assertion]]:
        """All that was ever said of these organisations, and of this tool if one is named, with its ids; unordered."""
        listed = ", ".join(f"${number}" for number in range(1, len(organisation_ids) + 1))
        if not listed:
            return []
        where, values = f"organisation_id IN ({listed})", [*organisation_ids]
        if tool_id:
            where, values = f"{where} AND tool_id = ${len(values) + 1}", [*values, tool_id]
        rows = await self._db.fetch(f"SELECT * FROM assertion WHERE {where}", *values)
        return [(row["id"], _assertion(row)) for row in rows]


def _organisation(row: Row) -> Organisation:
    known: dict[str, Any] = dict(row)
    return Organisation(
        **known
        | {
            "ended": date.fromisoformat(row["ended"]) if row["ended"] else None,
            "successors": tuple(json.loads(row["successors"])),
            "aliases": tuple(json.loads(row["aliases"])),
            "other_ids": tuple(json.loads(row["other_ids"])),
        }
    )


def _tool(row: Row) -> Tool:
    known: dict[str, Any] = dict(row)
    del known["added_at"]
    return Tool(**known | {"aliases": tuple(json.loads(row["aliases"]))})


def _assertion(row: Row) -> Assertion:
    return Assertion(
        organisation_id=row["organisation_id"],
        tool_id=row["tool_id"],
        relation=Relation(row["relation"]),
        status=Status(row["status"]),
        grade=Grade(row["grade"]),
        asserted_on=date.fromisoformat(row["asserted_on"]),
        since=row["since"],
        said_by=row["said_by"],
        evidence_url=row["evidence_url"],
        said_at=instant(row["said_at"]) if row["said_at"] is not None else None,
    )
