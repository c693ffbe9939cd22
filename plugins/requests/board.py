"""Looking at requests: the board of what is open, and one request's history."""

from bot.actions import Effect
from bot.domain.request import Cause, Request
from bot.events import Heard
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import Block, Items, Moment, Person, Phrase, phrase
from plugins.requests import plugin
from plugins.requests.card import headline, promise_lines, state_line
from plugins.requests.found import request_meant
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

AT_MOST = 10
STEPS = 15


@plugin.hears("board", reads=True)
async def board(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What waits, oldest first."""
    count = await context.memory.requests.count_unanswered()
    if not count:
        return [heard.reply(phrase("requests.board_empty"))]
    waiting = await context.memory.requests.unanswered(AT_MOST)
    blocks: list[Block] = [
        phrase("requests.board", count=count),
        Items(tuple([await _line(context, request) for request in waiting])),
    ]
    if count > AT_MOST:
        blocks.append(phrase("requests.board_more", count=count - AT_MOST))
    return [heard.reply(*blocks)]


async def _line(context: Ctx, request: Request) -> Phrase:
    key = "requests.board_line" if request.tool_name else "requests.board_line_no_tool"
    return phrase(
        key,
        link=await context.link_to(request),
        tool=request.tool_name,
        asker=Person(request.asker),
        age=context.now - request.opened_at,
        state=state_line(context, request),
    )


@plugin.hears("status", reads=True, in_thread=True)
async def status(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """One request: where it stands, and everything that happened."""
    request = await request_meant(context, heard.subject, meant.number)
    steps = await context.memory.requests.steps(request.number)
    shown = steps[-STEPS:]
    lines = tuple(
        phrase(
            "requests.step",
            at=Moment(step.at, context.community.time_zone.key),
            who=Person(step.who) if step.who else phrase("requests.the_clerk"),
            what=_what(step.what, step.note),
        )
        for step in shown
    )
    blocks: list[Block] = [headline(request), state_line(context, request), *promise_lines(context, request)]
    if len(steps) > len(shown):
        blocks.append(phrase("requests.earlier_steps", count=len(steps) - len(shown)))
    return [heard.reply(*blocks, Items(lines))]


WHY = frozenset({"silent", "left", "deleted", "unpointed"})


def _what(what: str, note: str) -> Phrase:
    """What happened, with whom it was given to, or why it was done."""
    key = f"requests.step_{what.replace(' ', '_')}"
    if note in WHY:
        return phrase(f"{key}_{note}")
    if what == Cause.RESOLVE and note:
        return phrase("requests.step_resolve_by_past", note=note)
    return phrase(key, note=Person(note) if note.startswith("@") else note)
