"""The kept answer: the asker says which message in the thread answered it; its words are fetched and kept."""

from bot.actions import Changed, Effect, Fetch
from bot.domain.request import Cause, Request
from bot.domain.request import after as leads_to
from bot.errors import UserError
from bot.events import Fetched, Reacted
from bot.plugin import Context
from plugins.requests import pending, plugin
from plugins.requests.life import confirmation, in_thread, move, spoken_of
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

KIND = "accepted"


async def choose(context: Ctx, request: Request, reacted: Reacted) -> list[Effect]:
    """✅ by the asker (or a steward) on a message of the thread: have it shown to us."""
    if reacted.sender != request.asker and not context.community.is_steward(reacted.sender):
        return []
    if leads_to(request, Cause.ACCEPT) is None:
        return []
    await pending.wait(context, reacted)
    return [Fetch(reacted.room_id, reacted.target, KIND, f"{request.number} {reacted.sender} {reacted.event_id}")]


@plugin.fetched(KIND)
async def accept(context: Ctx, fetched: Fetched) -> list[Effect]:
    """Keep these words as the answer, put down to their author; unreadable ones settle it all the same."""
    number, chooser, reaction = fetched.subject.split(" ")
    request = await spoken_of(context, f"request:{number}")
    if request is None or await pending.is_gone(context, reaction, fetched):
        return []
    cause = Cause.ACCEPT if fetched.text else Cause.RESOLVE
    answer = (fetched.text, fetched.target) if fetched.text else None
    try:
        await move(context, request, cause, fetched.sender if fetched.text else chooser, by=chooser, answer=answer)
    except UserError:
        return []  # it has gone another way meanwhile
    if answer:
        await context.memory.inbox.set_subject(fetched.target, request.answer_id)
    await context.memory.inbox.set_subject(reaction, f"reaction:{Cause.RESOLVE}:{request.number}")
    line = confirmation(cause, request, fetched.sender)
    return [Changed(request.id, cause), await in_thread(context, request, line)]
