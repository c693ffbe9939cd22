"""Which editions of the digest there are, where each is posted and when, and how its weeks are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.issue import Issue
from bot.domain.week import iso_week, next_posting, working_day_before
from bot.plugin import Context
from plugins.digest.settings import DigestSettings, EditionSettings

Ctx = Context[DigestSettings]

NO_TOOL = "?"  # no tool's id
POSTED, DRAFTED = "digest", "draft"  # the kinds of timer, and how the messages are called


@dataclass(frozen=True)
class Name:
    """The name of an issue, by which its messages are known."""

    week: str
    edition: str

    def __str__(self) -> str:
        return f"issue:{self.week}:{self.edition}"

    @property
    def told(self) -> str:
        """What the posted message is about."""
        return f"told:{self.week}:{self.edition}"

    @property
    def introduction(self) -> str:
        """What the message is about that its introduction was said in."""
        return f"introduction:{self.week}:{self.edition}"

    @property
    def message(self) -> str:
        """The key under which it is posted: a pure function of room and week, so that it is never there twice."""
        return f"{POSTED}:{self.edition}:{self.week}"

    @property
    def draft(self) -> str:
        """The key of its draft."""
        return f"{DRAFTED}:{self.edition}:{self.week}"

    @classmethod
    def read(cls, subject: str | None, kind: str = "issue") -> "Name | None":
        """The issue behind the subject of its draft ("issue"), its message ("told") or its "introduction"."""
        found, _, rest = (subject or "").partition(":")
        week, _, edition = rest.partition(":")
        return cls(week, edition) if found == kind and edition else None


def name_of(issue: Issue) -> Name:
    """The issue's name."""
    return Name(issue.week, issue.edition)


def editions(context: Ctx) -> list[EditionSettings]:
    """All of them."""
    return [edition for edition in (context.settings, *context.settings.more) if edition.room]


def edition_of(context: Ctx, key: str) -> EditionSettings | None:
    """The one with this key, if the settings still name it."""
    return next((edition for edition in editions(context) if edition.key == key), None)


def timer_of(edition: EditionSettings, kind: str = POSTED) -> str:
    """The key of the timer that posts it, or drafts it."""
    return f"{kind}:{edition.key}"


def tools_of(context: Context[Any], edition: EditionSettings) -> Sequence[str]:
    """The ids of the tools it is about, named by id or category; none: all."""
    if not edition.tools:
        return ()
    wanted = {name.casefold() for name in edition.tools}
    tools = context.names.tools.values()
    found = [tool.id for tool in tools if {tool.id.casefold(), tool.category.casefold()} & wanted]
    return sorted(found) or (NO_TOOL,)


def label_of(edition: EditionSettings) -> str:
    """What it is called where there are several."""
    about = ", ".join([*edition.tools, *([edition.language] if edition.language else [])])
    return f"{edition.room} ({about})" if about else edition.room


async def room_of(context: Ctx, edition: EditionSettings) -> str:
    """Where it is posted now: an alias stands for the room we entered by it, and a room may have been upgraded."""
    return await context.memory.rooms.now(await context.memory.rooms.joined_as(edition.room) or edition.room)


def posting_after(context: Ctx, edition: EditionSettings, now: datetime) -> datetime:
    """When it is posted next."""
    community = context.community
    return next_posting(now, int(edition.day), edition.time, community.time_zone, community.calendar(None))


def week_of(context: Ctx, edition: EditionSettings, due: datetime) -> str:
    """The name of the week that is told then: by its own day, before a holiday put the posting off, perhaps into the
    next week.
    """
    zone = context.community.time_zone
    moved = timedelta(days=(due.astimezone(zone).weekday() - edition.day) % 7)
    return iso_week(due - moved, zone)


def draft_for(context: Ctx, due: datetime) -> datetime | None:
    """When the stewards see what is posted then; None if they don't."""
    before = context.settings.draft_before
    if before is None:
        return working_day_before(due, context.community.time_zone, context.community.calendar(None))
    return due - before if before else None
