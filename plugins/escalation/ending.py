"""The end of the ladder: the stewards hear that nobody is left, and the asker is told the truth; each once a round."""

from bot.actions import Changed, Effect, Priority, Say
from bot.domain.escalation import Nobody
from bot.domain.measures import Outcome
from bot.domain.promise import PUT_OFF
from bot.domain.request import Request
from bot.plugin import Context
from bot.words import Person, phrase
from plugins.escalation.passing_over import write_down_skipped
from plugins.escalation.promising import end_key
from plugins.escalation.settings import EscalationSettings
from plugins.escalation.whom import whom

Ctx = Context[EscalationSettings]

NOBODY_LEFT = "nobody left"  # a step of the history
STEWARDS = "stewards"


async def nobody_left(context: Ctx, request: Request, found: Nobody) -> list[Effect]:
    """Tell the stewards, unless they were called last, and the asker in the thread."""
    if await context.memory.outbox.state(f"escalation:{end_key(request)}") is not None:
        return []
    calls = [call for call in await context.memory.requests.calls(request) if call.outcome != Outcome.REFUSED]
    await write_down_skipped(context, request, found)
    await context.memory.requests.add_step(request.number, context.now, "", NOBODY_LEFT)
    effects: list[Effect] = [await _to_asker(context, request, anybody=bool(calls))]
    if STEWARDS not in {call.organisation_id for call in calls}:
        effects += await _to_stewards(context, request)
    return [*effects, Changed(request.id, PUT_OFF)]


async def _to_asker(context: Ctx, request: Request, *, anybody: bool) -> Say:
    key = "escalation.everybody_was_asked" if anybody else "escalation.nobody_to_ask"
    return Say(
        request.room_id,
        (phrase(key, asker=Person(request.asker), number=request.number),),
        thread=await context.thread_of(request),
        mentions=(request.asker,),
        notice=False,
        key=end_key(request),
        subject=request.id,
        language=request.language,
    )


async def _to_stewards(context: Ctx, request: Request) -> list[Effect]:
    who = await whom(context, STEWARDS, "stewards", request)
    if not (who.people or who.room):
        return []
    people = [Person(user_id) for user_id in who.people] or phrase("escalation.everybody")
    tool = request.tool_name or phrase("escalation.no_tool")
    line = phrase("escalation.nobody_left", whom=people, number=request.number, tool=tool,
                  link=await context.link_to(request))  # fmt: skip
    room = who.room_for(request)
    return [
        Say(
            room,
            (line, phrase("escalation.take", number=request.number)),
            thread=await context.thread_of(request) if room == request.room_id else None,
            mentions=who.people,
            notice=False,
            key=f"{end_key(request)}:{STEWARDS}",
            subject=request.id,
            priority=Priority.CALL,
        )
    ]
