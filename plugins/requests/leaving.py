"""Leaving: when the asker, the claimer or the bot goes, or the room does, a request goes on or ends with a reason."""

from bot.actions import Changed, Effect, Say
from bot.domain.request import Cause
from bot.events import Departed, Moved, Unsent
from bot.plugin import Context
from bot.words import Person, phrase
from plugins.requests import plugin
from plugins.requests.life import in_room, in_thread, move
from plugins.requests.patience import released
from plugins.requests.settings import RequestsSettings
from plugins.requests.watching import asked_in_private

Ctx = Context[RequestsSettings]

LISTED = 20  # requests named in one message
TOLD = 50  # people written to at once


@plugin.departs
async def gone(context: Ctx, departed: Departed) -> list[Effect]:
    """Nobody answers who isn't there, and nobody is answered."""
    if departed.sender == context.bot:
        return await _we_left(context, departed)
    effects: list[Effect] = []
    for request in await context.memory.requests.unanswered_of(departed.sender):
        if request.room_id == departed.room_id and not await asked_in_private(context, request):
            await move(context, request, Cause.ASKER_LEFT, "", note=departed.sender)
            line = phrase("requests.done_asker_left", number=request.number, asker=Person(request.asker))
            effects += [Changed(request.id, Cause.ASKER_LEFT), await in_thread(context, request, line)]
    for request in await context.memory.requests.in_hand(departed.sender):
        if request.room_id == departed.room_id:
            effects += await released(context, request, "left")
    return effects


async def _we_left(context: Ctx, departed: Departed) -> list[Effect]:
    """Nothing can be said there any more: those who wait are told in person, the stewards in their room."""
    left = await context.memory.requests.unanswered_in(departed.room_id)
    effects: list[Effect] = []
    for request in left:
        await move(context, request, Cause.ROOM_LEFT, "")
        effects.append(Changed(request.id, Cause.ROOM_LEFT))
    for request in left[:TOLD]:
        line = phrase("requests.we_left", number=request.number)
        key = f"left:{request.number}:{departed.event_id}"
        effects.append(Say(request.asker, (line,), key=key, language=request.language))
    stewards = context.community.stewards_room
    if left and stewards and stewards != departed.room_id:
        numbers = [f"#{request.number}" for request in left[:LISTED]]
        line = phrase("requests.we_left_room", count=len(left), room=departed.room_id, numbers=numbers)
        effects.append(Say(stewards, (line,), key=f"left:{departed.event_id}"))
    return effects


@plugin.moved
async def upgraded(context: Ctx, moved: Moved) -> list[Effect]:
    """The requests of an upgraded room get a card in the new one, which stands for the question."""
    requests = context.memory.requests
    found = [*await requests.unanswered_in(moved.room_id), *await requests.answered_in(moved.room_id)]
    await context.memory.answers.move(moved.room_id, moved.successor)
    effects: list[Effect] = []
    for request in found:
        await requests.keep(in_room(request, moved.successor))
        await requests.add_step(request.number, context.now, "", "room moved")
        effects.append(Changed(request.id, "room moved"))
    return effects


@plugin.unsent
async def not_shown(context: Ctx, unsent: Unsent) -> list[Effect]:
    """A card that may not be shown: the stewards hear it, once a day and room."""
    stewards = context.community.stewards_room
    if unsent.what not in ("message", "edit") or not unsent.key.startswith("card:") or stewards == unsent.room_id:
        return []
    if not stewards:
        return []
    line = phrase("requests.cant_write", room=unsent.room_id)
    return [Say(stewards, (line,), key=f"cant-write:{unsent.room_id}:{context.now.date().isoformat()}")]
