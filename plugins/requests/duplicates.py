"""Duplicates: a question asked before is answered there; whoever asked it again is told."""

from dataclasses import replace

from bot.actions import Changed, Effect
from bot.domain.request import Cause, Request, State
from bot.errors import UserError
from bot.events import Heard
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import phrase
from plugins.requests import plugin
from plugins.requests.found import request_meant
from plugins.requests.life import here_and_there, move
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

LONGEST_CHAIN = 20


@plugin.hears("duplicate", in_thread=True)
async def duplicate(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Close this request for the one it repeats."""
    request, original = await _both(context, heard, meant)
    if original.number == request.number:
        raise UserError(phrase("requests.of_itself", number=request.number))
    original = await _first(context, original, request)
    if original.state in (State.WITHDRAWN, State.LAPSED):
        state = phrase(f"requests.state_{original.state}")
        raise UserError(phrase("requests.original_is_over", original=original.number, state=state))
    moved = await move(context, request, Cause.DUPLICATE, heard.sender, note=f"#{original.number}")
    await context.memory.requests.keep(replace(moved, duplicate_of=original.number))
    await context.memory.watchers.add(original.number, request.asker, context.now)
    key = "requests.done_duplicate" if original.state is not State.RESOLVED else "requests.done_duplicate_resolved"
    line = phrase(key, number=request.number, original=await context.link_to(original))
    return [Changed(request.id, Cause.DUPLICATE), *await here_and_there(context, request, heard, line)]


async def _both(context: Ctx, heard: Heard, meant: Meaning) -> tuple[Request, Request]:
    """The request and the one it repeats: "duplicate of #12" in its thread, "#14 is a duplicate of #12" anywhere."""
    if meant.original is None:
        raise UserError(phrase("requests.duplicate_of_which"))
    return (
        await request_meant(context, heard.subject, meant.number),
        await request_meant(context, None, meant.original),
    )


async def _first(context: Ctx, original: Request, request: Request) -> Request:
    """The one that is repeated in the end; raises UserError if that would be this request itself."""
    for _ in range(LONGEST_CHAIN):
        if original.number == request.number:
            raise UserError(phrase("requests.in_a_circle", number=request.number))
        found = await context.memory.requests.get(original.duplicate_of) if original.duplicate_of else None
        if found is None:
            return original
        original = found
    raise UserError(phrase("requests.in_a_circle", number=request.number))
