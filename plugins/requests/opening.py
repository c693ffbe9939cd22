"""Opening a request: the question is kept, numbered, and gets its card."""

from bot.domain.request import Kind, Request, State
from bot.errors import UserError
from bot.events import Changed, Effect, Heard
from bot.language.asking_back import tool_meant
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings
from bot.words import phrase
from plugins.requests import plugin

Ctx = Context[NoSettings]

MAX_TEXT = 4000  # of the question kept for the next one who asks; the room has it whole
MAX_NAME = 100


@plugin.hears("help")
async def open_request(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Open a request for this question."""
    text = (meant.slots.get("text") or heard.text).strip()
    if _says_nothing(text, meant):
        raise UserError(phrase("requests.what_help", tool=meant.tool.typed if meant.tool else "PlanX"))
    return await _open(context, heard, meant, Kind.HELP, text)


@plugin.hears("check_claim")
async def check_claim(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Have a claim about a tool checked: the same life as a question, and its answer becomes a fact."""
    tool = tool_meant(context.names, meant.tool)
    text = (meant.slots.get("text") or heard.text).strip()
    if _says_nothing(text, meant):
        raise UserError(phrase("requests.check_what", tool=tool.name))
    return await _open(context, heard, meant, Kind.CHECK, text)


async def _open(context: Ctx, heard: Heard, meant: Meaning, kind: Kind, text: str) -> list[Effect]:
    if heard.direct:
        raise UserError(phrase("requests.ask_in_a_room"))
    belonging = await context.belonging(heard.sender)
    tool_id = (meant.tool.id if meant.tool else None) or ""
    typed = meant.tool.typed if meant.tool else ""
    request = Request(
        number=await context.memory.requests.next_number(),
        question_event=heard.event_id,
        room_id=heard.room_id,
        thread=heard.thread or "",
        asker=heard.sender,
        asker_organisation=belonging.organisation_id if belonging else "",
        tool_id=tool_id,
        tool_name=context.names.tools[tool_id].name if tool_id else typed[:MAX_NAME],
        text=text[:MAX_TEXT],
        language=context.language,
        state=State.OPEN,
        opened_at=context.now,
        changed_at=context.now,
        kind=kind,
        topic=meant.slots.get("fact", ""),
    )
    await context.memory.requests.add(request)
    await context.memory.requests.add_step(request.number, context.now, heard.sender, "opened")
    await context.memory.inbox.set_subject(heard.event_id, request.id)
    if request.thread and await context.memory.inbox.subject(request.thread, heard.room_id) is None:
        await context.memory.inbox.set_subject(request.thread, request.id)
    if "escalation" not in context.plugins:
        await context.memory.requests.add_step(request.number, context.now, "", "nobody is called", "escalation is off")
    return [Changed(request.id, "opened")]


def _says_nothing(text: str, meant: Meaning) -> bool:
    """Only the name of a tool, with nothing asked about it."""
    return not text or (meant.tool is not None and text.casefold().strip(" ?!.:") == meant.tool.typed.casefold())
