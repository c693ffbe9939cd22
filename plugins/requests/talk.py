"""The talk in a request's thread: an answer counts as one without being declared, chatter doesn't."""

import re

from bot.actions import Changed, Effect
from bot.domain.request import SETTLED, UNANSWERED, Cause, Kind, Request, State
from bot.domain.request import after as leads_to
from bot.errors import UserError
from bot.events import Heard
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import Person, phrase
from plugins.requests import plugin
from plugins.requests.life import confirmation, in_thread, move, spoken_of
from plugins.requests.passing_on import pass_on
from plugins.requests.patience import OBJECTED, restart
from plugins.requests.permits import answers_for, has_hands_full, knows_the_tool
from plugins.requests.settings import RequestsSettings

Ctx = Context[RequestsSettings]

NO_ANSWER = frozenset({"thanks", "me_too", "small_talk", "usage", "looking", "take", "pass", "wait", "watch"})
IN_PASSING = 10  # words, up to which it is then but said in passing
LIKELY = 0.8
ANSWERS = 2  # words, from which on it may be an answer
SAYS_SOMETHING = 4  # words, from which on a stranger's remark may be an answer

# Not the "?" in an address. It begins behind a mark, or a text without any would be read again from each letter.
_QUESTION = re.compile(r"(?<![^.!?…？؟\n])[^.!?…？؟\n]*+[?？؟](?=\s|$)")


@plugin.overhears
async def listen(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Somebody wrote in the thread, or replied to what was said there."""
    request = await spoken_of(context, heard.subject)
    if request is None or is_quote(heard.text):
        return []
    if heard.room_id != request.room_id:
        return pass_on(request, heard) if heard.direct and heard.sender == request.asker else []
    await context.memory.inbox.set_subject(heard.event_id, request.talk_id)
    cause = await _cause(context, request, heard, meant)
    if cause is None or leads_to(request, cause) is None:
        if heard.sender == request.asker and request.state is State.ANSWERED and not _in_passing(heard, meant):
            return await _perhaps_not(context, request)
        return [*await _still_alive(context, request, heard), *await _perhaps(context, request, heard, meant)]
    answer = (heard.text, heard.event_id) if cause in (Cause.ANSWER, Cause.BETTER_ANSWER) else None
    try:
        claims = await _claims(context, request, heard.sender)
        await move(context, request, cause, heard.sender, answer=answer, softly=claims)
    except UserError:
        return []  # nobody asked for anything
    if answer:
        await context.memory.inbox.set_subject(heard.event_id, request.answer_id)
    effects: list[Effect] = [Changed(request.id, cause)]
    if answer and (cause is Cause.ANSWER or request.kind is Kind.CHECK):
        effects.append(await in_thread(context, request, confirmation(cause, request, heard.sender)))
    return effects


@plugin.hears("thanks", in_thread=True)
async def thanked(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Thanks settle nothing by themselves, but whoever asked may be glad of the word that does; offered once."""
    request = await spoken_of(context, heard.subject)
    if request is None:
        return [heard.reply(phrase("requests.welcome"))] if heard.addressed or heard.direct else []
    await context.memory.inbox.set_subject(heard.event_id, request.talk_id)
    if heard.sender != request.asker or not await _has_an_answer(context, request):
        return []  # "thanks in advance"
    line = phrase("requests.thanked", number=request.number)
    return [await in_thread(context, request, line, key=f"thanked:{request.number}:{request.round}")]


async def _has_an_answer(context: Ctx, request: Request) -> bool:
    remarked = await context.memory.outbox.state(f"requests:{_remark_key(request)}") is not None
    return request.state is State.ANSWERED or (request.state in UNANSWERED and remarked)


def _remark_key(request: Request) -> str:
    return f"perhaps:{request.number}:{request.round}"


@plugin.hears("looking", talk=True)
async def looked_into(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Somebody looks into it: no answer, but a word. Whoever answers for the tool has it in hand by that."""
    request = await spoken_of(context, heard.subject)
    if request is None:
        return []
    await context.memory.inbox.set_subject(heard.event_id, request.talk_id)
    if leads_to(request, Cause.TAKE) and await _claims(context, request, heard.sender):
        await move(context, request, Cause.TAKE, heard.sender)
        return [
            Changed(request.id, Cause.TAKE),
            await in_thread(context, request, confirmation(Cause.TAKE, request, heard.sender)),
        ]
    return await _still_alive(context, request, heard)


@plugin.hears("small_talk", "asks_for", talk=True)
async def talked(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Nothing that settles anything; but who asks the asker for something waits for them."""
    return [*await listen(context, heard, meant)]


@plugin.hears("me_too", talk=True)
async def wanted_too(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Others have the same question: no answer, but worth knowing, and they may want to hear the answer."""
    request = await spoken_of(context, heard.subject)
    if request is None or heard.sender == request.asker:
        return []
    await context.memory.inbox.set_subject(heard.event_id, request.talk_id)
    steps = await context.memory.requests.steps(request.number)
    if any(step.who == heard.sender and step.what == "me too" for step in steps):
        return []
    await context.memory.requests.add_step(request.number, context.now, heard.sender, "me too")
    if request.state in SETTLED:
        return [Changed(request.id, "me too")]
    line = phrase("requests.me_too", number=request.number)
    return [Changed(request.id, "me too"), await in_thread(context, request, line)]


async def _cause(context: Ctx, request: Request, heard: Heard, meant: Meaning) -> Cause | None:
    """The asker's word ends the waiting for it; the word of somebody who knows is an answer, unless it asks back."""
    if heard.sender == request.asker:
        thanks = meant.intent == "thanks" and _in_passing(heard, meant)
        return Cause.ASKER_WROTE if request.state in (State.WAITING, State.LAPSED) and not thanks else None
    if _in_passing(heard, meant):
        return None
    if asks_back(heard.text) or (meant.intent == "asks_for" and meant.certainty >= LIKELY):
        if set(heard.mentions) - {request.asker, context.bot}:
            return None  # asked of somebody else
        # A bystander's question changes nothing: the clock must not stop for it.
        return Cause.QUESTION_BACK if await _helps(context, request, heard.sender) else None
    if request.state is State.ANSWERED:
        return Cause.BETTER_ANSWER if await _knows_better(context, request, heard) else None
    told = len(heard.text.split()) >= ANSWERS or heard.text.count("`") > 1
    return Cause.ANSWER if told and await knows_the_tool(context, request, heard.sender) else None


async def _claims(context: Ctx, request: Request, who: str) -> bool:
    """Whether who helps has it in hand by that: people of a council that answers for the tool, but not too much."""
    if who == request.asker or not await answers_for(context, request, who):
        return False
    return not await has_hands_full(context, who)


def asks_back(text: str) -> bool:
    """Whether it is above all a question."""
    asked = sum(len(question.split()) for question in _QUESTION.findall(text))
    return asked * 2 >= len(text.split()) and asked > 0


def is_quote(text: str) -> bool:
    """Whether it says nothing but what somebody else said."""
    return all(not line.strip() or line.lstrip().startswith(">") for line in text.splitlines())


def _in_passing(heard: Heard, meant: Meaning) -> bool:
    """A word like "on it" or "cheers", perhaps said to the people and not to us."""
    return meant.intent in NO_ANSWER and meant.certainty >= LIKELY and len(heard.text.split()) <= IN_PASSING


async def _helps(context: Ctx, request: Request, who: str) -> bool:
    return who == request.claimer or (not request.claimer and await answers_for(context, request, who))


async def _still_alive(context: Ctx, request: Request, heard: Heard) -> list[Effect]:
    """A word of those it concerns: nobody's patience is at an end."""
    return await restart(context, request) if heard.sender in (request.asker, request.claimer) else []


async def _perhaps_not(context: Ctx, request: Request) -> list[Effect]:
    """The asker writes after the answer, and not to say thanks: perhaps it isn't settled. Asked once; and silence
    doesn't settle it before they were asked again.
    """
    await context.memory.requests.add_step(request.number, context.now, request.asker, OBJECTED)
    line = phrase("requests.perhaps_not", asker=Person(request.asker), number=request.number)
    key = f"perhaps-not:{request.number}:{request.round}"
    return [*await restart(context, request), await in_thread(context, request, line, key=key)]


async def _perhaps(context: Ctx, request: Request, heard: Heard, meant: Meaning) -> list[Effect]:
    """What somebody else writes may be an answer too: the asker can say so. Told once."""
    stranger = heard.sender not in (request.asker, request.claimer, request.answerer)
    words = 0 if _in_passing(heard, meant) or asks_back(heard.text) else len(heard.text.split())
    if not (stranger and request.state in UNANSWERED and words >= SAYS_SOMETHING):
        return []
    line = phrase("requests.perhaps_answered", asker=Person(request.asker), number=request.number)
    return [await in_thread(context, request, line, key=_remark_key(request))]


async def _knows_better(context: Ctx, request: Request, heard: Heard) -> bool:
    """A claim is checked by those who are surely of a council: the first remark doesn't shut them out. To a question
    the same person may say more than they said first.
    """
    if request.kind is Kind.HELP:
        return heard.sender == request.answerer and len(heard.text) > len(request.answer)
    if not await context.surely_of(heard.sender):
        return False
    return not request.answer or not await context.surely_of(request.answerer)
