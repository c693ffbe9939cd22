"""Facts about tools: only added, but for answers that no longer stand."""

from collections.abc import Iterable
from datetime import date, datetime

from bot.domain.facts import Fact, Topic, fact_id
from bot.store.database import Connection, Row, micros

# Said as the indexes say it, or they aren't used.
_ANSWERED = (
    "answer_event <> '' AND answer_event IN "
    "(SELECT event_id FROM subject WHERE subject = $1 AND substr(subject, 1, 7) = 'answer:')"
)


class Facts:
    """The table fact."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    async def add(self, facts: Iterable[Fact], now: datetime) -> None:
        """Add these facts; one that is there already stays as it is."""
        await self._db.execute_many(
            "INSERT INTO fact (id, tool_id, topic, claim, text, source, source_url, stated_on, answer_event, added_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            [
                (fact_id(f), f.tool_id, f.topic, f.claim, f.text, f.source, f.source_url, f.stated_on.isoformat(),
                 f.answer_event, micros(now))
                for f in facts
            ],
        )  # fmt: skip

    async def of_tool(self, tool_id: str) -> list[Fact]:
        """All that was ever found out about this tool, oldest first."""
        rows = await self._db.fetch(
            "SELECT tool_id, topic, claim, text, source, source_url, stated_on, answer_event FROM fact "
            "WHERE tool_id = $1 ORDER BY stated_on, added_at, id",
            tool_id,
        )
        return [_fact(row) for row in rows]

    async def all(self) -> list[Fact]:
        """Every fact about every tool."""
        rows = await self._db.fetch(
            "SELECT tool_id, topic, claim, text, source, source_url, stated_on, answer_event FROM fact "
            "ORDER BY tool_id, stated_on, added_at, id"
        )
        return [_fact(row) for row in rows]

    async def knows(self, answer_event: str) -> bool:
        """Whether what this message said is kept."""
        row = await self._db.fetch_one(
            "SELECT 1 AS one FROM fact WHERE answer_event = $1 AND answer_event <> '' LIMIT 1", answer_event
        )
        return row is not None

    async def take_back(self, answer_event: str) -> None:
        """The message that said it was redacted."""
        await self._db.execute("DELETE FROM fact WHERE answer_event = $1 AND answer_event <> ''", answer_event)

    async def take_back_all(self, answer_id: str) -> None:
        """The request with these answers (`Request.answer_id`) is open again."""
        await self._db.execute(f"DELETE FROM fact WHERE {_ANSWERED}", answer_id)

    async def erase_claim(self, answer_id: str) -> None:
        """The claim's words are gone for good, and with them the facts that say nothing without it."""
        await self._db.execute(f"DELETE FROM fact WHERE topic = 'other' AND {_ANSWERED}", answer_id)
        await self._db.execute(f"UPDATE fact SET claim = '' WHERE {_ANSWERED}", answer_id)


def _fact(row: Row) -> Fact:
    return Fact(
        tool_id=row["tool_id"],
        topic=Topic(row["topic"]),
        text=row["text"],
        source=row["source"],
        stated_on=date.fromisoformat(row["stated_on"]),
        source_url=row["source_url"],
        claim=row["claim"],
        answer_event=row["answer_event"],
    )
