"""Handing a claim over: asked of the one who is to have it, and theirs only when they say yes."""

from bot.actions import Ask, Changed, Effect, Option
from bot.domain.request import Cause, Request
from bot.domain.request import after as leads_to
from bot.errors import UserError
from bot.events import Answered, Heard
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import Person, phrase
from plugins.requests import plugin
from plugins.requests.found import request_meant
from plugins.requests.life import in_thread, move, spoken_of
from plugins.requests.permits import may_have_more, permit
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

KIND = "handed"


@plugin.hears("hand_over", in_thread=True)
async def hand_over(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Ask the person named whether they take it on; until they say yes nothing changes."""
    request = await request_meant(context, heard.subject, meant.number)
    if leads_to(request, Cause.HAND_OVER) is None:
        raise UserError(phrase("requests.nobody_has_it", number=request.number))
    await permit(context, request, Cause.HAND_OVER, heard.sender)
    to = _named(context, request, heard)
    line = phrase("requests.will_you", to=Person(to), who=Person(heard.sender), number=request.number)
    say = await in_thread(context, request, line, mentions=(to,), key=f"handed:{heard.event_id}")
    step = (request.number, context.now, heard.sender, "offered", to)
    await context.memory.requests.add_step(*step)
    asked = Ask(say, KIND, f"{request.number} {heard.sender} {request.claimer}", (Option("yes"), Option("no")), to)
    if heard.room_id == request.room_id:
        return [asked]
    return [asked, heard.reply(phrase("requests.asked_them", to=Person(to), number=request.number))]


def _named(context: Ctx, request: Request, heard: Heard) -> str:
    named = [person for person in heard.mentions if person != context.bot]
    if len(named) > 1:  # clients mention whom a reply answers, too
        named = [person for person in named if person not in (request.asker, request.claimer, heard.sender)]
    if len(named) != 1:
        raise UserError(phrase("requests.hand_to_whom", number=request.number))
    if named[0] == request.claimer:
        raise UserError(phrase("requests.with_them_already", number=request.number, who=Person(named[0])))
    if named[0] == request.asker:
        raise UserError(phrase("requests.own_question", number=request.number))
    return named[0]


@plugin.answers(KIND)
async def taken_on(context: Ctx, answered: Answered) -> list[Effect]:
    """They said yes or no; meanwhile the claim may have gone another way."""
    number, giver, holder = answered.subject.split(" ")
    request = await spoken_of(context, f"request:{number}")
    if request is None or leads_to(request, Cause.HAND_OVER) is None or request.claimer != holder:
        return [answered.reply(phrase("requests.overtaken", number=int(number)))]
    to = Person(answered.sender)
    if answered.value == "no":
        return [
            answered.reply(phrase("requests.not_taken_on", who=Person(request.claimer), to=to, number=request.number))
        ]
    await may_have_more(context, answered.sender)
    await move(context, request, Cause.HAND_OVER, answered.sender, by=giver, note=answered.sender)
    line = phrase("requests.done_hand_over", number=request.number, who=to)
    return [Changed(request.id, Cause.HAND_OVER), answered.reply(line)]
