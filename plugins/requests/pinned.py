"""A pinned board per room: one message with what waits there, kept up to date where the bot may pin."""

from datetime import timedelta

from bot.actions import Changed, Effect, Pin, Priority, Say, SetTimer
from bot.domain.request import Request
from bot.events import Due, Redacted
from bot.plugin import Context
from bot.words import Block, Items, Moment, Person, Phrase, phrase
from plugins.requests import plugin
from plugins.requests.card import state_line
from plugins.requests.life import spoken_of
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

KIND = "board"
SOON = timedelta(seconds=10)  # changes come in bursts; the board shows where they ended
AT_MOST = 10
FOR_GOOD = timedelta(days=36500)


@plugin.follows
async def show_soon(context: Ctx, changed: Changed) -> list[Effect]:
    """A change is shown soon; where the bot may not pin, the stewards are told so, once."""
    request = await spoken_of(context, changed.request_id)
    room = await context.memory.rooms.get(request.room_id) if request else None
    if room is None or not context.settings.pinned_boards or room.is_direct:
        return []
    key = _key(room.room_id)
    if not room.may_pin and await context.memory.outbox.state(f"requests:{key}") is None:
        return _cannot(context, room.room_id)
    if await context.memory.timers.due_at(key) or await context.memory.requests.is_quiet(key, context.now):
        return []
    return [SetTimer(KIND, key, context.now + SOON, room.room_id)]


def _cannot(context: Ctx, room_id: str) -> list[Effect]:
    stewards = context.community.stewards_room
    if not stewards or stewards == room_id:
        return []
    return [Say(stewards, (phrase("requests.may_not_pin", room=room_id),), key=f"may-not-pin:{room_id}")]


def _key(room_id: str) -> str:
    return f"board:{room_id}"


@plugin.due(KIND)
async def redraw(context: Ctx, due: Due) -> list[Effect]:
    """Bring the board up to date; it is pinned when it is new, and left alone if somebody unpins it."""
    room_id = due.subject
    count = await context.memory.requests.count_unanswered_in(room_id)
    waiting = await context.memory.requests.unanswered_in(room_id, AT_MOST)
    blocks: list[Block] = [phrase("requests.pinned_board", count=count) if count else phrase("requests.pinned_empty")]
    if waiting:
        blocks.append(Items(tuple([await _line(context, request) for request in waiting])))
    if count > len(waiting):
        blocks.append(phrase("requests.board_more", count=count - len(waiting)))
    key = _key(room_id)
    effects: list[Effect] = [Say(room_id, tuple(blocks), key=key, card=True, priority=Priority.BOARD)]
    if await context.memory.outbox.state(f"requests:{key}") is None:
        effects.append(Pin(room_id, key))
    return effects


async def _line(context: Ctx, request: Request) -> Phrase:
    key = "requests.pinned_line" if request.tool_name else "requests.pinned_line_no_tool"
    return phrase(
        key,
        link=await context.link_to(request),
        tool=request.tool_name,
        asker=Person(request.asker),
        at=Moment(request.opened_at, context.community.time_zone.key),
        state=state_line(context, request),
    )


@plugin.redacted
async def board_removed(context: Ctx, redacted: Redacted) -> list[Effect]:
    """A board that somebody removed isn't wanted."""
    key = _key(redacted.room_id)
    if await context.memory.outbox.op_of(redacted.target) == f"requests:{key}":
        await context.memory.requests.be_quiet(key, context.now + FOR_GOOD)
    return []
