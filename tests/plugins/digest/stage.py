"""The room and the settings of the digest's dialogues, and what is to be seen there."""

from typing import Any

from bot.domain.issue import Issue
from bot.store.memory import Memory
from tests.dialogue import SAM, STEWARDS, Dialogue, Said

CHANNEL, OTHER = "!channel:example.org", "!other:example.org"
WEEK = "2026-W20"
FRIDAY: dict[str, Any] = {"room": CHANNEL, "day": "Friday", "time": "16:00"}
PLUGINS: dict[str, dict[str, Any]] = {"digest": FRIDAY, "directory": {}, "requests": {}}


def posted(talk: Dialogue, room: str = CHANNEL) -> list[Said]:
    """The digests in the channel, without their edits."""
    return [said for said in talk.in_room(room) if said.op_id.startswith("digest:digest:") and not said.edits]


def as_it_is(talk: Dialogue, first: Said) -> str:
    """What a message says after all its edits."""
    return [said.body for said in talk.said if first.event_id in (said.event_id, said.edits)][-1].removeprefix("* ")


def drafts(talk: Dialogue) -> list[Said]:
    """The drafts, without their edits."""
    return [said for said in talk.in_room(STEWARDS) if said.op_id.startswith("digest:draft:") and not said.edits]


async def until_draft(talk: Dialogue) -> Said:
    """Thursday, four o'clock in London and a minute: the stewards have the draft."""
    await talk.wait(days=3, hours=6, minutes=1)
    return drafts(talk)[-1]


async def tell(talk: Dialogue, text: str, **how: Any) -> str:
    """A steward says something in the stewards' room."""
    return await talk.say(text, **{"sender": SAM, "room": STEWARDS} | how)


async def issue(talk: Dialogue, week: str = WEEK, edition: str = CHANNEL) -> Issue | None:
    """The issue as it is kept."""
    async with talk.database.reading() as connection:
        return await Memory(connection).digests.get(edition, week)


async def start(talk: Dialogue) -> None:
    """The bot is started anew, on the same database."""
    async with talk.database.transaction() as connection:
        await talk.router.start(Memory(connection), talk.now)
    await talk.settle()
