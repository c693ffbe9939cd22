"""Reactions that wait for a message to be fetched: taken back meanwhile, they do nothing."""

from bot.events import Fetched, Reacted, Redacted
from bot.plugin import Context
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

PENDING, GONE = "reaction:pending", "reaction:gone"


async def wait(context: Ctx, reacted: Reacted) -> None:
    """From now on its redaction is noticed."""
    await context.memory.inbox.set_subject(reacted.event_id, PENDING)


async def give_up(context: Ctx, redacted: Redacted) -> bool:
    """Whether this reaction was waiting; it no longer is."""
    if redacted.subject != PENDING:
        return False
    await context.memory.inbox.set_subject(redacted.target, GONE)
    return True


async def is_gone(context: Ctx, reaction: str, fetched: Fetched) -> bool:
    """Whether the reaction for which the message was fetched has been taken back."""
    return await context.memory.inbox.subject(reaction, fetched.room_id) == GONE
