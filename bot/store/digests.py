"""The issues of the digests, what they tell, and who doesn't want to be named in them."""

import json
from datetime import datetime
from typing import Any

from bot.domain.issue import Issue, IssueState
from bot.store.database import Row, dumps, instant, micros
from bot.store.weeks import Weeks

__all__ = ["Digests", "Issue", "IssueState"]


class Digests(Weeks):
    """The tables digest and left_out."""

    async def get(self, edition: str, week: str) -> Issue | None:
        """This issue, if it was begun."""
        row = await self._db.fetch_one("SELECT * FROM digest WHERE edition = $1 AND week = $2", edition, week)
        return _issue(row) if row else None

    async def keep(self, issue: Issue) -> None:
        """Write it as it is now."""
        await self._db.execute(
            "INSERT INTO digest (edition, week, room_id, state, due_at, introduction, introduced_by, published_at, "
            "title, body, formatted_body, figures) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
            "ON CONFLICT (edition, week) DO UPDATE SET room_id = excluded.room_id, state = excluded.state, "
            "due_at = excluded.due_at, introduction = excluded.introduction, introduced_by = excluded.introduced_by, "
            "published_at = excluded.published_at, title = excluded.title, body = excluded.body, "
            "formatted_body = excluded.formatted_body, figures = excluded.figures",
            issue.edition, issue.week, issue.room_id, issue.state, micros(issue.due_at), issue.introduction,
            issue.introduced_by, micros(issue.published_at) if issue.published_at else None, issue.title, issue.body,
            issue.formatted_body, dumps(dict(issue.figures)),
        )  # fmt: skip

    async def newest(self, limit: int) -> list[Issue]:
        """The issues published last, newest first."""
        rows = await self._db.fetch(
            "SELECT * FROM digest WHERE state = 'published' ORDER BY published_at DESC LIMIT $1", limit
        )
        return [_issue(r) for r in rows]

    async def before(self, edition: str, week: str, limit: int) -> list[Issue]:
        """The published issues of an edition before this week, newest first."""
        rows = await self._db.fetch(
            "SELECT * FROM digest WHERE edition = $1 AND week < $2 AND state = 'published' "
            "ORDER BY week DESC LIMIT $3",
            edition, week, limit,
        )  # fmt: skip
        return [_issue(r) for r in rows]

    async def leave_out(self, who: str, now: datetime) -> None:
        """This person or organisation isn't named any more."""
        await self._db.execute(
            "INSERT INTO left_out (who, since) VALUES ($1, $2) ON CONFLICT DO NOTHING", who, micros(now)
        )

    async def put_in_again(self, who: str) -> bool:
        """They may be named again; True if they weren't."""
        return await self._db.execute("DELETE FROM left_out WHERE who = $1", who) > 0

    async def left_out(self) -> set[str]:
        """Who isn't to be named."""
        rows = await self._db.fetch("SELECT who FROM left_out")
        return {r["who"] for r in rows}


def _issue(row: Row) -> Issue:
    known: dict[str, Any] = dict(row)
    known["due_at"] = instant(known["due_at"])
    known["published_at"] = instant(known["published_at"]) if known["published_at"] is not None else None
    return Issue(**known | {"state": IssueState(known["state"]), "figures": json.loads(known["figures"])})
