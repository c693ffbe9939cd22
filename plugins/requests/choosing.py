"""A call for several requests at once: a bare `take` or `pass` there asks which one is meant."""

from dataclasses import replace
from datetime import timedelta

from bot.actions import Ask, Changed, Effect, Option, Say
from bot.domain.calls import numbers_of, subject_of
from bot.domain.request import Cause, Request, State
from bot.errors import UserError
from bot.events import Answered, Heard, Reacted
from bot.plugin import Context
from bot.words import phrase
from plugins.requests import plugin
from plugins.requests.life import confirmation, in_thread, move
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

KIND = "which_of_call"
ALL = "all"
MOST = 20
LONGEST = timedelta(days=90)  # that long ago nobody remembers what they were called for
OF_A_CALL = frozenset({Cause.TAKE, Cause.PASS})

_WHICH = {Cause.TAKE: "requests.take_which", Cause.PASS: "requests.pass_which"}
_ONE = {Cause.TAKE: "requests.take_one", Cause.PASS: "requests.pass_one"}


async def about_calls(context: Ctx, heard: Heard) -> Heard:
    """In a direct chat with us a bare word, though no reply, is about what their council was called for and hasn't
    spoken to: whoever of it was called, and wherever.
    """
    if not heard.direct or heard.subject:
        return heard
    council = await context.surely_of(heard.sender)
    since = context.now - LONGEST
    called = await context.memory.requests.waiting_for(council, since, MOST) if council else []
    return replace(heard, subject=subject_of(called)) if called else heard


async def said_of_call(context: Ctx, heard: Heard, cause: Cause, *, of_all: bool) -> list[Effect]:
    """Somebody said it in reply to such a call, without a number."""
    waiting = await _waiting(context, heard.subject)
    if not waiting:
        raise UserError(phrase("requests.nothing_left_of_call"))
    if of_all or len(waiting) == 1:
        return [*await _moved(context, waiting, cause, heard.sender, heard)]
    return [_which(heard.reply(), waiting, cause, heard.sender)]


async def reacted_to_call(context: Ctx, reacted: Reacted, cause: Cause) -> list[Effect]:
    """Somebody put the emoji for it on such a call."""
    waiting = await _waiting(context, reacted.subject)
    if not waiting:
        return []
    here = Say(reacted.room_id, (), reply_to=reacted.target)
    if len(waiting) == 1:
        return await _moved(context, waiting, cause, reacted.sender, None)
    return [_which(here, waiting, cause, reacted.sender)]


def _which(say: Say, waiting: list[Request], cause: Cause, person: str) -> Effect:
    """A choice by numbers, unless "2" could as well be said of request #2: then the whole word is asked for."""
    numbers = [one.number for one in waiting]
    choices = [*numbers, None]
    if any(number <= len(choices) and choices[number - 1] != number for number in numbers):
        first, *_ = numbers
        line = phrase(_ONE[cause], numbers=[f"#{number}" for number in numbers], number=first)
        return replace(say, blocks=(line,), subject=subject_of(numbers))
    options = [
        Option(str(one.number), f"#{one.number}", phrase("requests.one_of_call", number=one.number, tool=one.tool_name))
        for one in waiting
    ]
    every = Option(ALL, ALL, phrase("requests.all_of_them"))
    asked = replace(say, blocks=(phrase(_WHICH[cause]),))
    return Ask(asked, KIND, f"{cause}:{','.join(map(str, numbers))}", (*options, every), person)


@plugin.answers(KIND)
async def chosen_of_call(context: Ctx, answered: Answered) -> list[Effect]:
    """They said which; what has moved on meanwhile is left as it is."""
    cause, _, numbers = answered.subject.partition(":")
    wanted = numbers if answered.value == ALL else answered.value
    waiting = await _waiting(context, f"calls:{wanted}")
    if not waiting:
        raise UserError(phrase("requests.nothing_left_of_call"))
    return await _moved(context, waiting, Cause(cause), answered.sender, answered)


async def _waiting(context: Ctx, subject: str | None) -> list[Request]:
    """Those that nobody has taken."""
    found = [await context.memory.requests.get(number) for number in numbers_of(subject)]
    return [one for one in found if one and one.state is State.OPEN]


async def _moved(
    context: Ctx, waiting: list[Request], cause: Cause, who: str, said: Heard | Answered | None
) -> list[Effect]:
    """One after the other; what is refused is said, and stops the rest. A gesture is answered in the threads alone."""
    effects: list[Effect] = []
    refusal = None
    for one in waiting:
        try:
            await move(context, one, cause, who)
        except UserError as error:
            refusal = error
            break
        line = confirmation(cause, one, who)
        effects += [Changed(one.id, cause), await in_thread(context, one, line)]
        if said and said.room_id != one.room_id:
            effects.append(said.reply(line))
    if refusal and not effects and said:
        raise refusal
    return [*effects, said.reply(refusal.phrase)] if refusal and said else effects
