"""The shortcuts: an emoji on the question, its card or a call does what the word does; taking it back undoes it."""

from bot.domain.request import Cause, Request, number_of
from bot.errors import UserError
from bot.events import Changed, Effect, Reacted, Redacted
from bot.plugin import Context, NoSettings
from plugins.requests import plugin
from plugins.requests.life import confirmation, in_thread, move

Ctx = Context[NoSettings]

REACTIONS = {"🙋": Cause.TAKE, "🙅": Cause.PASS, "💬": Cause.ANSWER, "✅": Cause.RESOLVE, "🔁": Cause.REOPEN}
UNDONE_BY = {Cause.TAKE: Cause.PASS, Cause.RESOLVE: Cause.REOPEN}


@plugin.reacts
async def by_reaction(context: Ctx, reacted: Reacted) -> list[Effect]:
    """Do what the emoji stands for; refused in silence, since a reaction is a gesture and not a question."""
    cause = REACTIONS.get(reacted.key[:1])  # skin tones and genders are further characters
    number = number_of(reacted.subject)
    request = await context.memory.requests.get(number) if number else None
    if cause is None or request is None:
        return []
    effects = await _moved(context, request, cause, reacted.sender)
    if effects:
        await context.memory.inbox.set_subject(reacted.event_id, f"reaction:{cause}:{request.number}")
    return effects


@plugin.redacted
async def taken_back(context: Ctx, redacted: Redacted) -> list[Effect]:
    """A reaction taken back undoes what it did; a question taken back is withdrawn and its words erased."""
    kind, _, rest = (redacted.subject or "").partition(":")
    if kind == "answer":
        await context.memory.requests.erase_answer(redacted.target)
        return []
    if kind == "reaction":
        cause, _, number = rest.rpartition(":")
        request = await context.memory.requests.get(int(number))
        undo = UNDONE_BY.get(Cause(cause))
        if request is None or undo is None or (undo is Cause.PASS and request.claimer != redacted.sender):
            return []
        return await _moved(context, request, undo, redacted.sender)
    request = await context.memory.requests.of_question(redacted.target)
    if request is None or request.room_id != redacted.room_id:
        return []
    await context.memory.requests.erase_text(request.number)
    try:
        await move(
            context,
            await _fresh(context, request),
            Cause.WITHDRAW,
            request.asker,
            "the question was taken back",
        )
    except UserError:
        return []  # settled already: its words are gone, its history stays
    return [Changed(request.id, Cause.WITHDRAW)]


async def _fresh(context: Ctx, request: Request) -> Request:
    return await context.memory.requests.get(request.number) or request


async def _moved(context: Ctx, request: Request, cause: Cause, who: str) -> list[Effect]:
    try:
        await move(context, request, cause, who)
    except UserError:
        return []
    return [Changed(request.id, cause), in_thread(request, confirmation(cause, request, who))]
