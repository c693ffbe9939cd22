"""Opening a request: the question is kept, numbered, and gets its card."""

from datetime import timedelta

from bot.actions import Changed, Effect
from bot.domain.request import Request, State
from bot.language.meaning import Named
from bot.plugin import Context
from plugins.requests.question import Question
from plugins.requests.settings import RequestsSettings
from plugins.requests.suggesting import suggest
from plugins.requests.timing import time_is_up

Ctx = Context[RequestsSettings]

MAX_TEXT = 4000  # of the question kept for the next one who asks; the room has it whole
MAX_NAME = 100


async def open_request(context: Ctx, question: Question) -> list[Effect]:
    """Keep and number it; past answers that fit are shown before its card."""
    request = await _kept(context, question)
    heard = question.heard
    note = question.opened_by if question.opened_by != heard.sender else ""
    await context.memory.requests.add_step(request.number, context.now, note or heard.sender, "opened")
    await context.memory.inbox.set_subject(heard.event_id, request.id)
    if request.thread and await context.memory.inbox.subject(request.thread, heard.room_id) is None:
        await context.memory.inbox.set_subject(request.thread, request.id)
    if "escalation" not in context.plugins:
        await context.memory.requests.add_step(request.number, context.now, "", "nobody is called", "escalation is off")
    return [*await suggest(context, request, heard), Changed(request.id, "opened")]


async def _kept(context: Ctx, question: Question) -> Request:
    heard, room = question.heard, question.room or question.heard.room_id
    belonging = await context.belonging(heard.sender)
    tool_id, tool_name = tool_of(context, question.tool)
    target = context.settings.respond_within
    request = Request(
        number=await context.memory.requests.next_number(),
        question_event=heard.event_id,
        room_id=room,
        thread=(heard.thread or "") if room == heard.room_id else "",
        asker=heard.sender,
        asker_organisation=belonging.organisation_id if belonging else "",
        tool_id=tool_id,
        tool_name=tool_name,
        text=question.text[:MAX_TEXT],
        language=context.language,
        state=State.OPEN,
        opened_at=context.now,
        changed_at=context.now,
        kind=question.kind,
        topic=question.topic,
        asked_in=heard.room_id if room != heard.room_id else "",
        target_seconds=target // timedelta(seconds=1),
        respond_by=await time_is_up(context, context.now, target),
    )
    await context.memory.requests.add(request)
    return request


def tool_of(context: Ctx, named: Named | None) -> tuple[str, str]:
    """The id and the name of the tool it is about; no id if it isn't surely known."""
    tool_id = (named.id if named else None) or ""
    typed = named.typed if named else ""
    return tool_id, context.names.tools[tool_id].name if tool_id else typed[:MAX_NAME]
