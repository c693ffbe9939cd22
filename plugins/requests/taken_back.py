"""Redactions: a question taken back is withdrawn and its words erased, an answer's too; a lost card is said anew."""

from dataclasses import replace

from bot.actions import Changed, Effect, Redact
from bot.domain.request import SETTLED, Cause, Request
from bot.errors import UserError
from bot.events import Redacted
from bot.plugin import Context
from plugins.requests import plugin
from plugins.requests.life import move, spoken_of
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]


@plugin.redacted
async def erased(context: Ctx, redacted: Redacted) -> list[Effect]:
    """Somebody, perhaps a moderator, took a message back."""
    request = await context.memory.requests.of_question(redacted.target)
    if request:
        return await _question(context, request) if request.question_room == redacted.room_id else []
    request = await spoken_of(context, redacted.subject)
    if request is None:
        return []
    if redacted.target == request.answer_event:
        await context.memory.requests.erase_answer(redacted.target)
        return [Changed(request.id, "answer erased")]
    op_id, mark, _ = (await context.memory.outbox.op_of(redacted.target) or "").partition("~")
    if op_id != request.card_op or (request.state in SETTLED and not mark):
        return []
    return await _card(context, request, redacted.sender)


async def _question(context: Ctx, request: Request) -> list[Effect]:
    """A card that shows the words goes with them."""
    effects: list[Effect] = []
    if request.is_elsewhere:
        effects.append(Redact(request.room_id, request.card_key))
        request = replace(request, cards=request.cards + 1)
    request = replace(request, text="")
    await context.memory.requests.keep(request)
    try:
        await move(context, request, Cause.WITHDRAW, request.asker, note="the question was taken back")
    except UserError:
        return [*effects, Changed(request.id, "question erased")]  # settled already: its history stays
    return [*effects, Changed(request.id, Cause.WITHDRAW)]


async def _card(context: Ctx, request: Request, who: str) -> list[Effect]:
    """A new one takes its place. Without its newest edit it would show older words: what is left of it goes, too."""
    effects: list[Effect] = [Redact(request.room_id, request.card_key)]
    await context.memory.requests.keep(replace(request, cards=request.cards + 1))
    await context.memory.requests.add_step(request.number, context.now, who, "card lost")
    return [*effects, Changed(request.id, "card lost")]
