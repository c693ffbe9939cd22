"""What moves a request along: take, pass, answered, resolve, reopen, withdraw. The table in the domain decides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.domain.request import UNANSWERED, Cause, Request, State, after
from bot.errors import UserError
from bot.events import Changed, Effect, Heard, Say
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings
from bot.words import Person, Phrase, phrase
from plugins.requests import plugin
from plugins.requests.found import request_meant

Ctx = Context[NoSettings]

MAX_ANSWER = 4000  # of the words kept for the next one who asks

CAUSES = {
    "take": Cause.TAKE,
    "pass": Cause.PASS,
    "answered": Cause.ANSWER,
    "resolve": Cause.RESOLVE,
    "reopen": Cause.REOPEN,
    "withdraw": Cause.WITHDRAW,
}


@plugin.hears(*CAUSES, in_thread=True)
async def by_word(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Somebody said it, in the thread or with the request's number."""
    request = await request_meant(context, heard.subject, meant.number)
    cause = CAUSES[meant.intent]
    await move(context, request, cause, heard.sender)
    return [Changed(request.id, cause), heard.reply(confirmation(cause, request, heard.sender))]


async def move(
    context: Ctx, request: Request, cause: Cause, who: str, note: str = "", answer: tuple[str, str] | None = None
) -> Request:
    """Carry out what the table allows and this person may do; raises UserError with who may, or why not.

    `answer` is what answered it: its words and its event.
    """
    called = {call.organisation_id for call in await context.memory.requests.calls(request.number)}
    belonging = await context.belonging(who)
    organisation = belonging.organisation_id if belonging else ""
    _permit(context, request, cause, who, called=organisation in called and bool(belonging and belonging.verified))
    state = after(request, cause)
    if state is None:
        raise UserError(_refusal(request, cause, who))
    if cause is Cause.PASS and organisation and organisation not in called:
        # Whoever passes it on is not asked again for it.
        await context.memory.requests.add_call(request.number, request.rung, organisation, who, context.now)
    if answer:
        request = replace(request, answer=answer[0][:MAX_ANSWER], answer_event=answer[1])
    moved = _CHANGES.get(cause, _only_state)(replace(request, state=state, changed_at=context.now), who, organisation)
    await context.memory.requests.keep(moved)
    await context.memory.requests.add_step(request.number, context.now, who, cause, note)
    return moved


def _permit(context: Ctx, request: Request, cause: Cause, who: str, *, called: bool) -> None:
    """Who may: anybody but the asker takes; a claim is passed by its holder, a call by the council that was called;
    the question is settled by those it concerns.
    """
    if cause is Cause.TAKE and who == request.asker:
        raise UserError(phrase("requests.own_question", number=request.number))
    if context.community.is_steward(who):
        return
    if cause is Cause.PASS and not request.claimer and not called:
        raise UserError(phrase("requests.only_called", number=request.number))
    if cause is Cause.PASS and request.claimer and who != request.claimer:
        raise UserError(phrase("requests.only_claimer", number=request.number, claimer=Person(request.claimer)))
    if cause is Cause.WITHDRAW and who != request.asker:
        raise UserError(phrase("requests.only_asker", number=request.number, asker=Person(request.asker)))
    concerned = {request.asker, request.claimer, request.answerer}
    if cause in (Cause.RESOLVE, Cause.REOPEN) and who not in concerned:
        raise UserError(phrase("requests.only_concerned", number=request.number, asker=Person(request.asker)))


def _refusal(request: Request, cause: Cause, who: str) -> Phrase:
    if cause is Cause.TAKE and request.state is State.CLAIMED:
        if request.claimer == who:
            return phrase("requests.yours_already", number=request.number)
        return phrase("requests.taken_already", number=request.number, claimer=Person(request.claimer))
    state = phrase(f"requests.state_{request.state}")
    key = "requests.not_open" if request.state not in UNANSWERED else "requests.not_now"
    return phrase(key, number=request.number, state=state)


Change = Callable[[Request, str, str], Request]


def _only_state(request: Request, who: str, organisation: str) -> Request:
    return request


def _claimed(request: Request, who: str, organisation: str) -> Request:
    return replace(request, claimer=who, claimer_organisation=organisation)


def _released(request: Request, who: str, organisation: str) -> Request:
    return replace(request, claimer="", claimer_organisation="")


def _answered(request: Request, who: str, organisation: str) -> Request:
    at: datetime = request.answered_at or request.changed_at
    return replace(request, answerer=who, answerer_organisation=organisation, answered_at=at)


def _resolved(request: Request, who: str, organisation: str) -> Request:
    return replace(request, resolved_at=request.changed_at)


def _reopened(request: Request, who: str, organisation: str) -> Request:
    return replace(_released(request, who, organisation), answerer="", answerer_organisation="",
                   answered_at=None, resolved_at=None, answer="", answer_event="")  # fmt: skip


_CHANGES: dict[Cause, Change] = {
    Cause.TAKE: _claimed,
    Cause.PASS: _released,
    Cause.ANSWER: _answered,
    Cause.BETTER_ANSWER: _answered,
    Cause.RESOLVE: _resolved,
    Cause.REOPEN: _reopened,
}


def confirmation(cause: Cause, request: Request, who: str) -> Phrase:
    """What everybody in the thread should know now."""
    key = cause.replace(" ", "_")
    return phrase(f"requests.done_{key}", number=request.number, who=Person(who), asker=Person(request.asker))


def in_thread(request: Request, line: Phrase) -> Say:
    """A notice where the request is talked over."""
    return Say(request.room_id, (line,), thread=request.thread_root, subject=request.id)
