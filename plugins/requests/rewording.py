"""Edits: what was asked, or answered, put differently by the one who said it."""

from dataclasses import replace

from bot.actions import Changed, Effect
from bot.domain.request import SETTLED, Request, number_of
from bot.events import Edited, Heard
from bot.language.meaning import Meaning
from bot.plugin import Context
from plugins.requests import plugin
from plugins.requests.asking import says_nothing
from plugins.requests.life import MAX_ANSWER
from plugins.requests.offering import KIND as OFFERED
from plugins.requests.opening import MAX_TEXT, open_request, tool_of
from plugins.requests.question import Question, whole
from plugins.requests.relaying import reworded_before
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]


@plugin.edited
async def reworded(context: Ctx, edited: Edited, meant: Meaning) -> list[Effect]:
    """Follow the asker's edit of the question, the answerer's of the kept answer; an edit that makes a question of
    what wasn't understood opens a request.
    """
    asked = await context.memory.requests.of_question(edited.target)
    if asked:
        return await _asked(context, asked, edited, meant) if asked.question_room == edited.room_id else []
    number = number_of(await context.memory.inbox.subject(edited.target, edited.room_id))
    request = await context.memory.requests.get(number) if number else None
    by_name = await context.memory.outbox.state(f"requests:saved:{edited.target}") is not None
    if request and request.answer_event == edited.target and request.answer and not by_name:
        await context.memory.requests.keep(replace(request, answer=edited.text[:MAX_ANSWER]))
        return [Changed(request.id, "edited")]
    if request:
        return []
    await context.memory.questions.withdraw(edited.target, (OFFERED,), context.now)
    return await reworded_before(context, edited, meant) or await _now_asked(context, edited, meant)


async def _asked(context: Ctx, request: Request, edited: Edited, meant: Meaning) -> list[Effect]:
    """A tool named now that wasn't before is a new question to other councils: the ladder is made anew."""
    if not request.text or edited.sender != request.asker:
        return []  # taken back, or opened for somebody by a message of another's
    text = whole(meant.slots.get("text"), edited.text)[:MAX_TEXT]
    tool_id, tool_name = tool_of(context, meant.tool)
    other_tool = bool(tool_name or not request.tool_id) and tool_name != request.tool_name
    other_tool = other_tool and request.state not in SETTLED
    if text == request.text and not other_tool:
        return []
    changed = replace(request, text=text)
    if other_tool:
        changed = replace(changed, tool_id=tool_id, tool_name=tool_name, round=request.round + 1, rung=0)
    await context.memory.requests.keep(changed)
    note = tool_name if other_tool and tool_id else ""  # what isn't a tool's name is somebody's words
    step = "edited" if not other_tool else "other tool" if note else "unknown tool"
    await context.memory.requests.add_step(request.number, context.now, edited.sender, step, note)
    return [Changed(request.id, "other tool" if other_tool else "edited")]


async def _now_asked(context: Ctx, edited: Edited, meant: Meaning) -> list[Effect]:
    """It had an answer that only read, like "I didn't understand": it was said to us, and now it is a question."""
    room = await context.memory.rooms.get(edited.room_id)
    text = whole(meant.slots.get("text"), edited.text)
    direct = bool(room and room.is_direct)
    if meant.intent != "help" or not edited.answered or direct or says_nothing(text, meant):
        return []
    heard = Heard(edited.target, edited.room_id, edited.sender, edited.text, edited.received_at, True)
    return await open_request(context, Question(heard.in_thread(edited.thread), meant.tool, text))
