"""The shortcuts: an emoji on the question, its card or a call does what the word does; taking it back undoes it."""

from bot.actions import Changed, Effect
from bot.domain.calls import numbers_of
from bot.domain.request import Cause, Request, State
from bot.errors import UserError
from bot.events import Reacted, Redacted
from bot.plugin import Context
from plugins.requests import pending, plugin
from plugins.requests.accepting import choose
from plugins.requests.choosing import OF_A_CALL, reacted_to_call
from plugins.requests.life import confirmation, in_thread, move, spoken_of
from plugins.requests.pointing import CALL_FOR_HELP, point, unpoint
from plugins.requests.settings import RequestsSettings
from plugins.requests.watching import unwatch_by_reaction, watch_by_reaction

Ctx = Context[RequestsSettings]

REACTIONS = {"🙋": Cause.TAKE, "🙅": Cause.PASS, "💬": Cause.ANSWER, "✅": Cause.RESOLVE, "🔁": Cause.REOPEN}
UNDONE_BY = {Cause.TAKE: Cause.PASS, Cause.RESOLVE: Cause.UNDO}
WATCH = "👀"


@plugin.reacts
async def by_reaction(context: Ctx, reacted: Reacted) -> list[Effect]:
    """Do what the emoji stands for; skin tones and genders are further characters."""
    sign = reacted.key[:1]
    if sign == CALL_FOR_HELP:
        return await point(context, reacted)
    if numbers_of(reacted.subject) and REACTIONS.get(sign) in OF_A_CALL:
        return await reacted_to_call(context, reacted, REACTIONS[sign])
    request = await spoken_of(context, reacted.subject)
    if request is None:
        return []
    if sign == WATCH:
        await _remember(context, reacted, "watch", request)
        return await watch_by_reaction(context, request, reacted.sender)
    cause = REACTIONS.get(sign)
    if cause is None or _is_talk(reacted):
        return await choose(context, request, reacted) if cause is Cause.RESOLVE else []
    effects = await _moved(context, request, cause, reacted.sender)
    if any(isinstance(effect, Changed) for effect in effects):
        await _remember(context, reacted, cause, request)
    return effects


def _is_talk(reacted: Reacted) -> bool:
    """Whether it is on a message of somebody's in the thread, and not on the question, its card or a call."""
    return (reacted.subject or "").startswith(("talk:", "answer:"))


async def _remember(context: Ctx, reacted: Reacted, what: str, request: Request) -> None:
    await context.memory.inbox.set_subject(reacted.event_id, f"reaction:{what}:{request.number}")


@plugin.redacted
async def taken_back(context: Ctx, redacted: Redacted) -> list[Effect]:
    """A reaction taken back undoes what it did."""
    if await pending.give_up(context, redacted):
        return []
    kind, _, rest = (redacted.subject or "").partition(":")
    what, _, number = rest.rpartition(":")
    request = await spoken_of(context, f"request:{number}") if kind == "reaction" else None
    if request is None:
        return []
    if what == "watch":
        author = await context.memory.inbox.known(redacted.target)  # a moderator may have taken it away
        return await unwatch_by_reaction(context, request, author[0] if author else redacted.sender)
    if what == CALL_FOR_HELP:
        return await unpoint(context, request, redacted.sender)
    undo = UNDONE_BY.get(Cause(what))
    if undo is None or (undo is Cause.PASS and request.claimer != redacted.sender):
        return []
    return await _moved(context, request, undo, redacted.sender)


async def _moved(context: Ctx, request: Request, cause: Cause, who: str) -> list[Effect]:
    """A gesture that may not be is passed over in silence, but who wants to help is told who has it."""
    try:
        await move(context, request, cause, who)
    except UserError as error:
        refused_claim = cause is Cause.TAKE and request.state in (State.OPEN, State.CLAIMED, State.WAITING)
        own = who in (request.claimer, request.asker)
        return [await in_thread(context, request, error.phrase)] if refused_claim and not own else []
    return [Changed(request.id, cause), await in_thread(context, request, confirmation(cause, request, who))]
