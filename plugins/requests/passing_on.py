"""What an asker says of their request in our direct chat: passed on to its thread, after a yes."""

import json
from datetime import timedelta

from bot.actions import Ask, Changed, Effect, Option
from bot.domain.request import Cause, Request
from bot.domain.request import after as leads_to
from bot.events import Answered, Heard, Redacted
from bot.plugin import Context
from bot.words import Person, Quote, phrase
from plugins.requests import plugin
from plugins.requests.life import in_thread, move, spoken_of
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

KIND = "pass_on"
LASTS = timedelta(hours=12)


def pass_on(request: Request, heard: Heard) -> list[Effect]:
    """Ask first: what is said here is between us."""
    subject = {"number": request.number, "text": heard.text}
    say = heard.reply(phrase("requests.shall_i_pass_on", number=request.number))
    return [Ask(say, KIND, json.dumps(subject), (Option("yes"), Option("no")), heard.sender, LASTS)]


@plugin.answers(KIND)
async def passed_on(context: Ctx, answered: Answered) -> list[Effect]:
    """Say it in the thread; it ends the waiting for the asker."""
    said = json.loads(answered.subject)
    request = await spoken_of(context, f"request:{said['number']}")
    if answered.value == "no" or request is None:
        return [answered.reply(phrase("requests.not_passed_on"))]
    line = phrase("requests.asker_says", asker=Person(request.asker), text=Quote(said["text"]))
    helper = (request.claimer,) if request.claimer else ()
    effects: list[Effect] = [
        await in_thread(context, request, line, mentions=helper),
        answered.reply(phrase("requests.passed_on", number=request.number)),
    ]
    if leads_to(request, Cause.ASKER_WROTE):
        await move(context, request, Cause.ASKER_WROTE, request.asker)
        effects.append(Changed(request.id, Cause.ASKER_WROTE))
    return effects


@plugin.redacted
async def not_to_pass_on(context: Ctx, redacted: Redacted) -> list[Effect]:
    """What was taken back before the yes stays unsaid."""
    await context.memory.questions.withdraw(redacted.target, (KIND,), context.now)
    return []
