"""Moving a request along: the domain's table decides whether, `permits` who may; and where it is talked over."""

from dataclasses import replace

from bot.actions import Effect, Say
from bot.domain.measures import Outcome
from bot.domain.request import SETTLED, Cause, Request, State, moved, number_of
from bot.errors import UserError
from bot.events import Heard
from bot.plugin import Context
from bot.words import Block, Person, Phrase, phrase
from plugins.requests.permits import permit
from plugins.requests.settings import RequestsSettings
from plugins.requests.timing import timed

Ctx = Context[RequestsSettings]

MAX_ANSWER = 4000  # of the words kept for the next one who asks


async def move(
    context: Ctx,
    request: Request,
    cause: Cause,
    who: str,
    *,
    by: str | None = None,
    note: str = "",
    answer: tuple[str, str] | None = None,
    softly: bool = False,
) -> Request:
    """Carry out what the table allows and this person may do; raises UserError with who may, or why not.

    `who` is whom it is put down to, `by` the person who acts, if that is another; `answer` is what answered it: its
    words and its event. `softly`: who has not claimed it before has now.
    """
    actor = who if by is None else by
    await permit(context, request, cause, actor)
    belonging = await context.belonging(who) if who else None
    organisation = belonging.organisation_id if belonging else ""
    if cause is Cause.REOPEN:
        request = in_room(request, await context.memory.rooms.now(request.room_id))
    after = moved(request, cause, who, organisation, context.now)
    if after is None:
        raise UserError(_refusal(request, cause, actor))
    if cause in (Cause.PASS, Cause.RELEASE):
        await _not_asked_again(context, request, request.claimer_organisation or organisation, request.claimer or who)
    if answer:
        after = replace(after, answer=answer[0][:MAX_ANSWER], answer_event=answer[1])
    if softly and not after.claimer:
        after = replace(after, claimer=who, claimer_organisation=organisation)
    after = await timed(context, request, after, cause, who)
    await context.memory.requests.keep(after)
    await context.memory.requests.add_step(request.number, context.now, actor, cause, note)
    return after


def in_room(request: Request, room_id: str) -> Request:
    """The request in the room in which it goes on; in another one a card stands for its question."""
    if room_id == request.room_id:
        return request
    return replace(request, asked_in=request.question_room, room_id=room_id, thread="", cards=request.cards + 1)


async def _not_asked_again(context: Ctx, request: Request, organisation: str, who: str) -> None:
    """Whoever had it, or was called, and gives it back has had their turn. That was no call."""
    called = {call.organisation_id for call in await context.memory.requests.calls(request)}
    if organisation and organisation not in called:
        await context.memory.requests.add_call(request, organisation, who, context.now, request.rung)
        turn = (request.round, request.rung)
        await context.memory.requests.came_of(request.number, turn, organisation, Outcome.GIVEN_BACK)


def _refusal(request: Request, cause: Cause, who: str) -> Phrase:
    if cause is Cause.TAKE and request.state in (State.CLAIMED, State.WAITING):
        if request.claimer == who:
            return phrase("requests.yours_already", number=request.number)
        return phrase("requests.taken_already", number=request.number, claimer=Person(request.claimer))
    state = phrase(f"requests.state_{request.state}")
    settled = request.state in SETTLED or request.state is State.ANSWERED
    return phrase("requests.not_open" if settled else "requests.not_now", number=request.number, state=state)


def confirmation(cause: Cause, request: Request, who: str) -> Phrase:
    """What everybody in the thread should know now."""
    key = cause.replace(" ", "_")
    return phrase(f"requests.done_{key}", number=request.number, who=Person(who), asker=Person(request.asker))


async def in_thread(
    context: Ctx, request: Request, *lines: Block, mentions: tuple[str, ...] = (), key: str | None = None
) -> Say:
    """A word where the request is talked over; who is mentioned has something to do, and is pinged."""
    return Say(
        request.room_id,
        lines,
        thread=await context.thread_of(request),
        subject=request.id,
        mentions=mentions,
        notice=not mentions,
        key=key,
        language=request.language,
    )


async def here_and_there(context: Ctx, request: Request, heard: Heard, line: Block) -> list[Effect]:
    """A word where something was said, and in the request's own room if that is another."""
    if heard.room_id == request.room_id:
        return [heard.reply(line, language=request.language)]
    return [heard.reply(line), await in_thread(context, request, line)]


async def spoken_of(context: Ctx, subject: str | None) -> Request | None:
    """The request that the talk is about, if it is about one."""
    number = number_of(subject)
    return await context.memory.requests.get(number) if number else None
