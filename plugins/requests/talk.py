"""The talk in a request's thread: an answer counts as one without being declared."""

from dataclasses import replace

from bot.domain.request import Cause, Kind, Request, State, after, number_of
from bot.events import Changed, Edited, Effect, Heard
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings
from plugins.requests import plugin
from plugins.requests.life import MAX_ANSWER, confirmation, in_thread, move

Ctx = Context[NoSettings]


@plugin.overhears
async def listen(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Somebody wrote in the thread, or replied to the question or its card."""
    number = number_of(heard.subject)
    request = await context.memory.requests.get(number) if number else None
    if request is None or heard.room_id != request.room_id or not heard.text:
        return []
    cause = await _cause(context, request, heard)
    if cause is None or after(request, cause) is None:
        return []
    answer = (heard.text, heard.event_id) if cause in (Cause.ANSWER, Cause.BETTER_ANSWER) else None
    await move(context, request, cause, heard.sender, answer=answer)
    if answer:
        await context.memory.inbox.set_subject(heard.event_id, request.answer_id)
    effects: list[Effect] = [Changed(request.id, cause)]
    if answer:
        effects.append(in_thread(request, confirmation(cause, request, heard.sender)))
    return effects


@plugin.edited
async def reworded(context: Ctx, edited: Edited, meant: Meaning) -> list[Effect]:
    """The answer's author put it differently: those are the words kept for the next one who asks."""
    number = number_of(await context.memory.inbox.subject(edited.target, edited.room_id))
    request = await context.memory.requests.get(number) if number else None
    if request is None or request.answer_event != edited.target or not request.answer:
        return []  # another message, or one that was taken back
    await context.memory.requests.keep(replace(request, answer=edited.text[:MAX_ANSWER]))
    return [Changed(request.id, "edited")]


async def _cause(context: Ctx, request: Request, heard: Heard) -> Cause | None:
    """The asker's word ends the waiting for it; anybody else's is an answer, unless it asks back."""
    if heard.sender == request.asker:
        return Cause.ASKER_WROTE if request.state is State.WAITING else None
    if heard.text.rstrip().endswith(("?", "؟", "？")):
        # A bystander's question changes nothing: the clock must not stop for it.
        return Cause.QUESTION_BACK if heard.sender == request.claimer else None
    if request.state is State.ANSWERED:
        return Cause.BETTER_ANSWER if await _knows_better(context, request, heard.sender) else None
    return Cause.ANSWER


async def _knows_better(context: Ctx, request: Request, who: str) -> bool:
    """A claim is checked by those who are surely of a council: the first remark doesn't shut them out."""
    if request.kind is not Kind.CHECK or not await _is_verified(context, who):
        return False
    return not request.answer or not await _is_verified(context, request.answerer)


async def _is_verified(context: Ctx, who: str) -> bool:
    belonging = await context.belonging(who)
    return bool(belonging and belonging.verified)
