"""A week counted: by the database, whatever was asked before and however much was asked in it."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.directory import Grade, Relation, Status
from bot.domain.request import Request
from bot.store.database import Connection, micros
from bot.store.requests import as_request

# No index has that: what waits, or a week, is looked up, and not all that was ever asked about a tool.
UNINDEXED_TOOL = "tool_id || ''"
UNINDEXED_OPENED = "opened_at + 0"
_SAID = (Grade.CONFIRMED, Grade.MAINTAINER, Grade.UNVERIFIED)  # by people, not by lists


class Weeks:
    """What the tables request, assertion and tool tell of a span of time; of some tools, or of all if none is named."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def count_asked(self, start: datetime, end: datetime, tools: Sequence[str] = ()) -> int:
        """How many questions were asked."""
        return await self._count("opened_at", start, end, tools, "tool_id")

    async def count_answered(self, start: datetime, end: datetime, tools: Sequence[str] = ()) -> int:
        """How many were answered."""
        return await self._count("answered_at", start, end, tools, UNINDEXED_TOOL)

    async def _count(self, column: str, start: datetime, end: datetime, tools: Sequence[str], tool: str) -> int:
        row = await self._db.fetch_one(
            f"SELECT COUNT(*) AS n FROM request WHERE {column} >= $1 AND {column} < $2{_of(tool, tools, 3)}",
            micros(start), micros(end), *tools,
        )  # fmt: skip
        return int(row["n"]) if row else 0

    async def count_waiting(self, until: datetime, tools: Sequence[str] = ()) -> int:
        """How many wait for an answer now that were asked before then."""
        row = await self._db.fetch_one(
            "SELECT COUNT(*) AS n FROM request WHERE state IN ('open', 'claimed', 'waiting') "
            f"AND {UNINDEXED_OPENED} < $1{_of(UNINDEXED_TOOL, tools, 2)}",
            micros(until), *tools,
        )  # fmt: skip
        return int(row["n"]) if row else 0

    async def waiting_longest(self, until: datetime, limit: int, tools: Sequence[str] = ()) -> list[Request]:
        """What waits for an answer now and was asked before then, longest first, but for what those asked who don't
        want to be named.
        """
        rows = await self._db.fetch(
            "SELECT * FROM request WHERE state IN ('open', 'claimed', 'waiting') "
            f"AND {UNINDEXED_OPENED} < $1 AND asker NOT IN (SELECT who FROM left_out){_of(UNINDEXED_TOOL, tools, 3)} "
            "ORDER BY opened_at LIMIT $2",
            micros(until), limit, *tools,
        )  # fmt: skip
        return [as_request(r) for r in rows]

    async def answerers(
        self, start: datetime, end: datetime, limit: int, tools: Sequence[str] = ()
    ) -> list[tuple[str, int]]:
        """The organisations that answered, most first, with how often; but for those who don't want to be named."""
        rows = await self._db.fetch(
            "SELECT answerer_organisation AS id, COUNT(*) AS n FROM request WHERE answered_at >= $1 AND "
            "answered_at < $2 AND answerer_organisation <> '' AND answerer_organisation NOT IN "
            f"(SELECT who FROM left_out){_of(UNINDEXED_TOOL, tools, 4)} "
            "GROUP BY answerer_organisation ORDER BY COUNT(*) DESC, answerer_organisation LIMIT $3",
            micros(start), micros(end), limit, *tools,
        )  # fmt: skip
        return [(r["id"], int(r["n"])) for r in rows]

    async def new_uses(
        self, start: datetime, end: datetime, limit: int, tools: Sequence[str] = ()
    ) -> list[tuple[str, str]]:
        """The organisations and tools of which somebody said for the first time that the one uses the other, and
        nobody took it back since; but for those who don't want to be named.
        """
        rows = await self._db.fetch(
            "SELECT a.organisation_id, a.tool_id FROM assertion AS a WHERE a.added_at >= $1 AND a.added_at < $2 "
            "AND a.relation = $4 AND a.status <> $5 AND a.grade IN ($6, $7, $8) "
            "AND a.organisation_id NOT IN (SELECT who FROM left_out) AND NOT EXISTS (SELECT 1 FROM assertion AS o "
            "WHERE o.organisation_id = a.organisation_id AND o.relation = a.relation AND o.tool_id = a.tool_id "
            "AND (o.added_at < $1 OR (o.status = $5 AND o.added_at > a.added_at))) "
            f"{_of('a.tool_id', tools, 9)} "
            "GROUP BY a.organisation_id, a.tool_id ORDER BY MIN(a.added_at), a.organisation_id, a.tool_id LIMIT $3",
            micros(start), micros(end), limit, Relation.USES, Status.RETIRED, *_SAID, *tools,
        )  # fmt: skip
        return [(r["organisation_id"], r["tool_id"]) for r in rows]


def _of(column: str, tools: Sequence[str], first: int) -> str:
    """The condition that it is about one of these tools, whose ids are the values from `first` on."""
    if not tools:
        return ""
    return f" AND {column} IN ({', '.join(f'${number}' for number in range(first, first + len(tools)))})"
