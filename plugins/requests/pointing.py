"""Pointing at a question: 🆘 on somebody's message opens a request for them; its words are fetched."""

from dataclasses import replace

from bot.actions import Changed, Effect, Fetch, Say
from bot.domain.request import Cause, Request, State
from bot.errors import UserError
from bot.events import Fetched, Heard, Reacted
from bot.plugin import Context
from bot.words import phrase
from plugins.requests import pending, plugin
from plugins.requests.life import confirmation, in_thread, move
from plugins.requests.opening import open_request
from plugins.requests.question import Question, whole
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

CALL_FOR_HELP = "🆘"
KIND = "pointed"


async def point(context: Ctx, reacted: Reacted) -> list[Effect]:
    """Have the message shown to us, unless it belongs to a request already."""
    if reacted.subject is not None:
        return []
    await pending.wait(context, reacted)
    return [Fetch(reacted.room_id, reacted.target, KIND, f"{reacted.sender} {reacted.event_id}")]


@plugin.fetched(KIND)
async def pointed(context: Ctx, fetched: Fetched) -> list[Effect]:
    """Open the request of the message's author."""
    who, reaction = fetched.subject.split(" ")
    if fetched.locked:
        line = phrase("requests.cant_read")
        return [Say(fetched.room_id, (line,), reply_to=fetched.target, key=f"locked:{fetched.target}")]
    known = await context.memory.requests.of_question(fetched.target)
    if known or not fetched.text or await pending.is_gone(context, reaction, fetched):
        return []
    heard = Heard(fetched.target, fetched.room_id, fetched.sender, fetched.text, fetched.received_at, True)
    meaning = context.understand(fetched.text)
    text = meaning.slots.get("text") if meaning.intent == "help" else None
    question = Question(heard.in_thread(fetched.thread), meaning.tool, whole(text, fetched.text), opened_by=who)
    effects = await open_request(replace(context, language=meaning.language), question)
    request = await context.memory.requests.of_question(fetched.target)
    if request:
        await context.memory.inbox.set_subject(reaction, f"reaction:{CALL_FOR_HELP}:{request.number}")
    return effects


async def unpoint(context: Ctx, request: Request, who: str) -> list[Effect]:
    """The 🆘 taken back takes the request back, if nobody has done anything about it yet."""
    if request.state is not State.OPEN:
        return []
    try:
        await move(context, request, Cause.WITHDRAW, request.asker, note=f"🆘 was taken back by {who}")
    except UserError:
        return []
    line = confirmation(Cause.WITHDRAW, request, who)
    return [Changed(request.id, Cause.WITHDRAW), await in_thread(context, request, line)]
