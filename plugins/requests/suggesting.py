"""Past answers first: up to three that fit are shown to whoever asks; "that's it" closes the new request."""

from bot.actions import Ask, Changed, Effect, Option, Redact
from bot.domain.request import Cause, Request
from bot.domain.request import after as leads_to
from bot.events import Answered, Heard
from bot.plugin import Context
from bot.words import phrase
from plugins.requests import plugin
from plugins.requests.life import move, spoken_of
from plugins.requests.past import fitting, remember
from plugins.requests.settings import RequestsSettings
from plugins.requests.shortly import shortly

Ctx = Context[RequestsSettings]

KIND = "answered_before"
QUESTION, ANSWER = 80, 200  # letters shown of each


async def suggest(context: Ctx, request: Request, heard: Heard) -> list[Effect]:
    """Has this been answered? Asked of the asker alone; whatever they say, the request is open meanwhile."""
    found = await fitting(context, request)
    if not found:
        return []
    options = [await _option(context, past) for past in found]
    options += [Option("that"), Option("no"), Option("none")]
    if len(found) == 1:
        options.append(Option("yes"))
    line = phrase("requests.answered_before", count=len(found), number=request.number)
    subject = " ".join(str(number) for number in (request.number, *(past.number for past in found)))
    say = heard.reply(line, key=_key(request))
    await context.memory.requests.show([past.number for past in found], request.number)
    return [Ask(say, KIND, subject, tuple(options), request.asker)]


def _key(request: Request) -> str:
    return f"before:{request.question_event}"


def shown_as(request: Request) -> Redact:
    """Takes back what was shown to whoever asked this."""
    return Redact(request.room_id, _key(request))


async def _option(context: Ctx, past: Request) -> Option:
    shown = phrase(
        "requests.past_answer",
        link=await context.link_to(past),
        question=shortly(past.text, QUESTION) or past.tool_name,
        answer=shortly(past.answer, ANSWER),
    )
    return Option(str(past.number), f"#{past.number}", shown)


@plugin.answers(KIND)
async def past_chosen(context: Ctx, answered: Answered) -> list[Effect]:
    """The asker found their answer among the past ones, or didn't."""
    number, *past = answered.subject.split()
    request = await spoken_of(context, f"request:{number}")
    if answered.value in ("no", "none"):
        return [answered.reply(phrase("requests.then_somebody_answers", number=int(number)))]
    if request is None or leads_to(request, Cause.RESOLVE) is None:
        return [answered.reply(phrase("requests.overtaken", number=int(number)))]
    which = int(answered.value if answered.value in past else past[0])
    await move(context, request, Cause.RESOLVE, answered.sender, note=f"#{which}")
    original = await context.memory.requests.get(which)
    link = await context.link_to(original) if original else f"#{which}"
    return [
        Changed(request.id, Cause.RESOLVE),
        answered.reply(phrase("requests.answered_by_past", number=request.number, past=link)),
    ]


@plugin.follows
async def find_again(context: Ctx, changed: Changed) -> list[Effect]:
    """Every change may give an answer to be found again, or take one away."""
    request = await spoken_of(context, changed.request_id)
    if request:
        await remember(context, request)
    return []
