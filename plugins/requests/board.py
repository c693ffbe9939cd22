"""Looking at requests: the board of what is open, and one request's history."""

from bot.domain.request import Request
from bot.events import Effect, Heard
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings
from bot.words import Block, Items, Link, Moment, Person, Phrase, phrase
from plugins.requests import plugin
from plugins.requests.card import headline, promise_lines, state_line
from plugins.requests.found import request_meant

Ctx = Context[NoSettings]

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
        Items(tuple(_line(context, request) for request in waiting)),
    ]
    if count > AT_MOST:
        blocks.append(phrase("requests.board_more", count=count - AT_MOST))
    return [heard.reply(*blocks)]


def _line(context: Ctx, request: Request) -> Phrase:
    link = Link(context.permalink(request.room_id, request.question_event), f"#{request.number}")
    key = "requests.board_line" if request.tool_name else "requests.board_line_no_tool"
    return phrase(
        key,
        link=link,
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
    lines = tuple(
        phrase(
            "requests.step",
            at=Moment(step.at, context.community.time_zone.key),
            who=Person(step.who) if step.who else phrase("requests.the_clerk"),
            what=phrase(f"requests.step_{step.what.replace(' ', '_')}", note=step.note),
        )
        for step in steps[-STEPS:]
    )
    return [
        heard.reply(headline(request), state_line(context, request), *promise_lines(context, request), Items(lines))
    ]
