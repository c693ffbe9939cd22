"""How fast was responded to requests and calls, and what has fallen silent."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from bot.domain.directory import Usage
from bot.domain.measures import RESPONSES, UNANSWERED, AtRisk, Outcome, Response, maintaining, risks
from bot.store.database import Connection, micros
from bot.store.register import Register

MOST_COUNTED = 100  # unanswered calls in a row

# What says something of a council that was called, and what of it is a response.
_TOLD = ", ".join(f"'{outcome}'" for outcome in sorted({*RESPONSES, Outcome.SILENT}))
_RESPONDED = ", ".join(f"'{outcome}'" for outcome in sorted(RESPONSES))


class Measures:
    """What the tables request and call tell of kept and broken promises; it writes nothing."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def responses(self, start: datetime, end: datetime, tool_ids: Sequence[str] = ()) -> Response:
        """Of the requests (about one of these tools) whose time to respond was up between two instants, neither of
        them to come: a request is counted once, whenever it was asked or answered, and one without a response has
        missed its time. What was taken back before anybody responded doesn't count.
        """
        listed = ", ".join(f"${number}" for number in range(3, 3 + len(tool_ids)))
        where = "respond_by >= $1 AND respond_by < $2" + (f" AND tool_id IN ({listed})" if tool_ids else "")
        span = (micros(start), micros(end), *tool_ids)
        row = await self._db.fetch_one(
            "SELECT COUNT(*) AS counted, COUNT(response_seconds) AS answered, MAX(target_seconds) AS target, "
            "COUNT(CASE WHEN response_seconds <= target_seconds THEN 1 END) AS within "
            f"FROM request WHERE {where} AND (response_seconds IS NOT NULL OR state NOT IN ('withdrawn', 'duplicate'))",
            *span,
        )
        if row is None or not row["counted"]:
            return Response()
        median = await self._median("request", where, span, row["answered"])
        return Response(row["answered"], row["counted"], row["within"], median, timedelta(seconds=row["target"]))

    async def of_council(self, organisation_id: str, start: datetime, end: datetime) -> Response:
        """Of the calls made to this council in this time, in its own working time; the ones that somebody else
        answered before it could are left out.
        """
        where = "organisation_id = $1 AND called_at >= $2 AND called_at < $3 AND outcome <> ''"
        of = (organisation_id, micros(start), micros(end))
        row = await self._db.fetch_one(
            f"SELECT COUNT(*) AS called, COUNT(CASE WHEN outcome IN ({_RESPONDED}) THEN 1 END) AS answered, "
            "COUNT(CASE WHEN response_seconds IS NOT NULL THEN 1 END) AS timed "
            f"FROM call WHERE {where} AND outcome IN ({_TOLD})",
            *of,
        )
        if row is None or not row["called"]:
            return Response()
        median = await self._median("call", where, of, row["timed"])
        return Response(row["answered"], row["called"], row["answered"], median)

    async def _median(self, table: str, where: str, values: Sequence[object], count: int) -> timedelta | None:
        if not count:
            return None
        place = len(values) + 1
        rows = await self._db.fetch(
            f"SELECT response_seconds FROM {table} WHERE {where} AND response_seconds IS NOT NULL "
            f"ORDER BY response_seconds LIMIT ${place} OFFSET ${place + 1}",
            *values, 2 - count % 2, (count - 1) // 2,
        )  # fmt: skip
        return timedelta(seconds=sum(r["response_seconds"] for r in rows) // len(rows))

    async def unanswered(self, organisation_id: str) -> list[int]:
        """The requests of the calls that this council left unanswered since it last responded, oldest first."""
        rows = await self._db.fetch(
            f"SELECT number, outcome FROM call WHERE organisation_id = $1 AND outcome <> '' AND outcome IN ({_TOLD}) "
            "ORDER BY called_at DESC, number DESC LIMIT $2",
            organisation_id, MOST_COUNTED,
        )  # fmt: skip
        run: list[int] = []
        for row in rows:
            if row["outcome"] != Outcome.SILENT:
                break
            run.insert(0, row["number"])
        return run

    async def silent_councils(self, organisation_ids: Iterable[str], limit: int = UNANSWERED) -> dict[str, int]:
        """Those of these councils that left their last calls unanswered, `limit` at least, with how many."""
        runs = {council: len(await self.unanswered(council)) for council in sorted(set(organisation_ids))}
        return {council: run for council, run in runs.items() if run >= limit}

    async def tools_at_risk(self, limit: int, today: date) -> list[AtRisk]:
        """The tools at risk, the most used first."""
        by_tool: dict[str, list[Usage]] = {}
        for usage in await Register(self._db).all_usages():
            by_tool.setdefault(usage.tool_id, []).append(usage)
        silent = await self.silent_councils(council for known in by_tool.values() for council in maintaining(known))
        return risks(by_tool, silent, today)[:limit]
