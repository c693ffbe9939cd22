"""The talk in a request's thread: an answer counts as one without being declared."""

from bot.domain.request import Cause, Request, State, after, number_of
from bot.events import Changed, Effect, Heard
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings
from plugins.requests import plugin
from plugins.requests.life import confirmation, in_thread, move

Ctx = Context[NoSettings]


@plugin.overhears
async def listen(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Somebody wrote in the thread, or replied to the question or its card."""
    number = number_of(heard.subject)
    request = await context.memory.requests.get(number) if number else None
    if request is None or heard.room_id != request.room_id or not heard.text:
        return []
    cause = _cause(request, heard)
    if cause is None or after(request, cause) is None:
        return []
    answer = (heard.text, heard.event_id) if cause is Cause.ANSWER else None
    await move(context, request, cause, heard.sender, answer=answer)
    if answer:
        await context.memory.inbox.set_subject(heard.event_id, f"answer:{request.number}")
    effects: list[Effect] = [Changed(request.id, cause)]
    if cause is Cause.ANSWER:
        effects.append(in_thread(request, confirmation(cause, request, heard.sender)))
    return effects


def _cause(request: Request, heard: Heard) -> Cause | None:
    """The asker's word ends the waiting for it; anybody else's is an answer, unless it asks back."""
    if heard.sender == request.asker:
        return Cause.ASKER_WROTE if request.state is State.WAITING else None
    if heard.text.rstrip().endswith(("?", "؟", "？")):
        # A bystander's question changes nothing: the clock must not stop for it.
        return Cause.QUESTION_BACK if heard.sender == request.claimer else None
    return Cause.ANSWER
