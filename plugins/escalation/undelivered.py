"""The call that couldn't be delivered: it isn't counted, the stewards are told, and the next is asked at once."""

from dataclasses import replace

from bot.actions import Changed, Effect, Say
from bot.domain.measures import Outcome
from bot.domain.promise import PUT_OFF
from bot.domain.request import Request
from bot.events import Unsent
from bot.plugin import Context
from bot.words import Person, phrase
from plugins.escalation import plugin
from plugins.escalation.ending import STEWARDS
from plugins.escalation.promising import look_ahead
from plugins.escalation.recalling import AGAIN
from plugins.escalation.settings import EscalationSettings
from plugins.escalation.speaking import open_turn

Ctx = Context[EscalationSettings]

UNDELIVERED = "undelivered"  # a step of the history


@plugin.unsent
async def undelivered(context: Ctx, unsent: Unsent) -> list[Effect]:
    """The homeserver refused it for good."""
    kind, _, written = unsent.key.partition(":")
    if unsent.what != "message" or kind != "call":
        return []
    called, turns, cause = written.split(";", 2)
    effects: list[Effect] = _tell_stewards(context, called, unsent.room_id)
    for turn in turns.split(","):
        found = await open_turn(context, turn)
        if found is None:
            continue
        request, rung = found
        organisation = context.names.organisations.get(called)
        note = organisation.name if organisation else called
        await context.memory.requests.add_step(request.number, context.now, "", UNDELIVERED, note)
        if not cause.startswith(AGAIN):  # what is only repeated had been heard before
            effects += await _not_made(context, request, called, rung)
    return effects


async def _not_made(context: Ctx, request: Request, called: str, called_on: int) -> list[Effect]:
    """As if it hadn't been: whoever is next on the same rung is asked at once, if nobody else of it was reached."""
    calls = await context.memory.requests.calls(request)
    for call in calls:
        if call.organisation_id == called and call.rung == called_on:
            await context.memory.requests.refuse_call(request, call)
    reached = [c for c in calls if c.rung >= called_on and c.organisation_id != called and c.outcome != Outcome.REFUSED]
    if reached or request.rung != called_on + 1:
        return [*await look_ahead(context, request), Changed(request.id, PUT_OFF)]
    rung = request.rung if called == STEWARDS else called_on
    again = await look_ahead(context, replace(request, rung=rung), at_once=True)
    return [*again, Changed(request.id, PUT_OFF)]


def _tell_stewards(context: Ctx, called: str, refused: str) -> list[Effect]:
    """Once a day for each council; not where it was refused."""
    community = context.community
    rooms = [room for room in (community.stewards_room, community.maintainers_room) if room and room != refused]
    if not rooms:
        return []
    organisation = context.names.organisations.get(called)
    council: object = organisation.label if organisation else phrase("escalation.the_stewards")
    people = [Person(user_id) for user_id in community.stewards] or phrase("escalation.everybody")
    key = "escalation.undelivered_person" if refused.startswith("@") else "escalation.undelivered"
    day = context.now.astimezone(community.time_zone).date()
    return [
        Say(
            rooms[0],
            (phrase(key, whom=people, council=council, room=refused),),
            mentions=tuple(community.stewards),
            notice=False,
            key=f"undelivered:{called}:{day.isoformat()}",
        )
    ]
