"""The words that move a request along: take, pass, wait, answered, resolve, reopen, withdraw."""

from bot.actions import Changed, Effect
from bot.domain.calls import numbers_of
from bot.domain.request import Cause
from bot.errors import UserError
from bot.events import Heard
from bot.language.meaning import Meaning
from bot.plugin import Context
from plugins.requests import plugin
from plugins.requests.choosing import OF_A_CALL, about_calls, said_of_call
from plugins.requests.found import request_meant
from plugins.requests.life import confirmation, here_and_there, move
from plugins.requests.settings import RequestsSettings
from plugins.requests.talk import listen

Ctx = Context[RequestsSettings]

CAUSES = {
    "take": Cause.TAKE,
    "pass": Cause.PASS,
    "wait": Cause.WAIT,
    "answered": Cause.ANSWER,
    "resolve": Cause.RESOLVE,
    "reopen": Cause.REOPEN,
    "withdraw": Cause.WITHDRAW,
}
COMMAND = 2  # words: what is longer and not said to us may as well be said to the others


@plugin.hears(*CAUSES, in_thread=True)
async def by_word(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Somebody said it, in the thread or with the request's number."""
    cause = CAUSES[meant.intent]
    if meant.number is None and cause in OF_A_CALL:
        heard = await about_calls(context, heard)
    if meant.number is None and cause in OF_A_CALL and numbers_of(heard.subject):
        return await said_of_call(context, heard, cause, of_all=bool(meant.slots.get("every")))
    request = await request_meant(context, heard.subject, meant.number)
    if cause is Cause.ANSWER and heard.sender == request.asker:
        cause = Cause.RESOLVE  # who asked and says that it is answered has said it all
    if cause is Cause.TAKE and heard.sender == request.claimer and not heard.addressed:
        return []  # "I'll take a look", said of what is theirs already
    try:
        await move(context, request, cause, heard.sender)
    except UserError:
        if heard.addressed or meant.number or len(heard.text.split()) <= COMMAND:
            raise
        return [*await listen(context, heard, meant)]  # "that's it, that fixed it for us too"
    line = confirmation(cause, request, heard.sender)
    return [Changed(request.id, cause), *await here_and_there(context, request, heard, line)]
