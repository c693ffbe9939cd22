"""Redactions: what was taken back goes wherever we showed it; a card that was taken away is said anew."""

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import Changed, Effect, Redact, Say
from bot.domain.request import SETTLED, Cause, Request, State
from bot.errors import UserError
from bot.events import Redacted
from bot.plugin import Context
from bot.words import phrase
from plugins.requests import plugin
from plugins.requests.life import in_thread, move, spoken_of
from plugins.requests.settings import RequestsSettings
from plugins.requests.suggesting import shown_as

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
        return await _answer(context, request)
    op_id, mark, _ = (await context.memory.outbox.op_of(redacted.target) or "").partition("~")
    if op_id != request.card_op or (request.state in SETTLED and not mark):
        return []
    return await _card(context, request, redacted.sender)


async def _question(context: Ctx, request: Request) -> list[Effect]:
    """The cards that show its words go with them, and what we showed of it to others."""
    effects = [*_cards_gone(request), *await _no_longer_shown(context, request)]
    request = _without_words(request)
    await context.memory.requests.keep(request)
    try:
        await move(context, request, Cause.WITHDRAW, request.asker, note="deleted")
    except UserError:
        return [*effects, Changed(request.id, "question erased")]  # settled already: its history stays
    return [*effects, Changed(request.id, Cause.WITHDRAW)]


def _without_words(request: Request) -> Request:
    """A tool that isn't known was named in the asker's words, too."""
    request = replace(request, text="", tool_name=request.tool_name if request.tool_id else "")
    return replace(request, cards=request.cards + 1) if request.is_elsewhere else request


def _cards_gone(request: Request) -> list[Effect]:
    """All cards there were, in whatever room, if they stood for the question."""
    if not request.is_elsewhere:
        return []
    every = [replace(request, cards=number) for number in range(request.cards + 1)]
    return [Redact(request.room_id, one.card_key) for one in every]


async def _no_longer_shown(context: Ctx, request: Request) -> Sequence[Effect]:
    return [shown_as(asked) for asked in await context.memory.requests.shown_to(request.number)]


async def _answer(context: Ctx, request: Request) -> list[Effect]:
    """What it answered is waiting again, unless it is settled by now."""
    effects = await _no_longer_shown(context, request)
    await context.memory.requests.erase_answer(request.answer_event)
    if request.state is not State.ANSWERED:
        return [*effects, Changed(request.id, "answer erased")]
    request = replace(request, answer="")
    await move(context, request, Cause.ANSWER_DELETED, "")
    line = phrase("requests.done_answer_deleted", number=request.number)
    return [*effects, Changed(request.id, Cause.ANSWER_DELETED), await in_thread(context, request, line)]


async def _card(context: Ctx, request: Request, who: str) -> list[Effect]:
    """A new one takes its place. Without its newest edit it would show older words: what is left of it goes, too. A
    card that stood for the question was taken away for its words: they don't come again.
    """
    effects: list[Effect] = [Redact(request.room_id, request.card_key)]
    if request.is_elsewhere and request.text:
        effects += [*_cards_gone(request)[:-1], *await _no_longer_shown(context, request)]
        line = phrase("requests.words_removed", number=request.number)
        key = f"removed:{request.card_key}"
        effects.append(Say(request.question_room, (line,), key=key, language=request.language))
        request = replace(_without_words(request), cards=request.cards)
    await context.memory.requests.keep(replace(request, cards=request.cards + 1))
    await context.memory.requests.add_step(request.number, context.now, who, "card lost")
    return [*effects, Changed(request.id, "card lost")]
