"""The promise: who will be asked next and when; made when a request opens, and again whenever it changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.actions import Changed, DropTimer, Effect, SetTimer
from bot.domain.directory import Grade
from bot.domain.escalation import Ask, Candidate, Ladder, Nobody, Promise, promise
from bot.domain.promise import PromiseNote
from bot.domain.request import Cause, Request, State, number_of
from bot.plugin import Context
from plugins.escalation import plugin
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

KIND = "rung"
AFRESH = frozenset({"opened", "other tool"})  # a ladder of its own is taken
GIVEN_BACK = frozenset({Cause.PASS, Cause.RELEASE})  # the next one is asked at once
OPEN_AGAIN = GIVEN_BACK | {Cause.REOPEN, Cause.UNDO, Cause.ASKER_WROTE, Cause.ANSWER_DELETED}
IN_HAND = timedelta(days=90)  # a call that nobody followed for so long weighs no more


def timer_key(request: Request) -> str:
    """The one timer of a request's ladder."""
    return f"rung:{request.number}"


@plugin.follows
async def follow(context: Ctx, changed: Changed) -> list[Effect]:
    """Start, stop or hurry the clock."""
    number = number_of(changed.request_id)
    request = await context.memory.requests.get(number) if number else None
    if request is None:
        return []
    if request.state is not State.OPEN:
        return [DropTimer(timer_key(request))]
    if changed.what in AFRESH:
        ladder = context.settings.ladder_for(request.tool_id)
        request = replace(request, ladder=ladder.to_json(), rung=0)
    elif changed.what not in OPEN_AGAIN:
        return []  # the clock goes on as it was
    if changed.what == Cause.PASS and not await _had_its_turn(context, request):
        return _as_promised(context, request) or await look_ahead(context, request)
    return await look_ahead(context, request, at_once=changed.what in GIVEN_BACK)


async def _had_its_turn(context: Ctx, request: Request) -> bool:
    """Whether who gave it back is surely of a council that was called; others can't hurry the calls."""
    steps = await context.memory.requests.steps(request.number)
    called = {call.organisation_id for call in await context.memory.requests.calls(request)}
    return bool(steps) and await context.surely_of(steps[-1].who) in called


def _as_promised(context: Ctx, request: Request) -> list[Effect]:
    """The call that was promised before somebody took it and gave it back."""
    note = PromiseNote.from_json(request.promise)
    if note is None or note.at is None:
        return []
    return [SetTimer(KIND, timer_key(request), max(note.at, context.now), request.id)]


async def look_ahead(context: Ctx, request: Request, at_once: bool = False) -> list[Effect]:
    """Find who is asked next, keep that as the promise, and set the timer for it."""
    found = await next_call(context, request, at_once)
    called = [call.organisation_id for call in await context.memory.requests.calls(request)]
    note = PromiseNote(called=tuple(dict.fromkeys(called)), skipped=skipped_kinds(found))
    if isinstance(found, Nobody):
        await context.memory.requests.keep(replace(request, promise=note.to_json()))
        return [DropTimer(timer_key(request))]
    note = replace(
        note,
        ask=found.ask,
        organisation_id=found.organisation_id or "",
        at=found.at,
        rung=found.rung,
        closed=tuple(dict.fromkeys(closed.name for closed in found.closed if closed.name)),
    )
    await context.memory.requests.keep(replace(request, promise=note.to_json(), rung=found.rung))
    return [SetTimer(KIND, timer_key(request), found.at, request.id)]


async def next_call(context: Ctx, request: Request, at_once: bool) -> Promise | Nobody:
    """What the ladder says, with the councils as they are now."""
    ladder = Ladder.from_json(request.ladder) if request.ladder else context.settings.ladder_for(request.tool_id)
    if at_once and request.rung < len(ladder.rungs):
        rungs = list(ladder.rungs)
        rungs[request.rung] = replace(rungs[request.rung], after=timedelta(0))
        ladder = Ladder(tuple(rungs))
    if request.rung >= len(ladder.rungs):
        return Nobody()
    maintainers = await candidates(context, request)
    by_ask: dict[Ask, Sequence[Candidate]] = {"maintainer": maintainers, "users": (), "stewards": ()}
    called = [call.organisation_id for call in await context.memory.requests.calls(request)]
    return promise(
        ladder,
        request.rung,
        context.now,
        lambda ask: by_ask[ask],
        called,
        request.asker_organisation or None,
        context.community.calendar(None),
        has_stewards=bool(context.community.stewards or context.community.stewards_room),
    )


async def candidates(context: Ctx, request: Request) -> list[Candidate]:
    """The councils that volunteered for the tool, as far as that is verified, with what they have in hand."""
    if not request.tool_id:
        return []
    found = []
    for usage in await context.memory.register.maintainers(request.tool_id):
        organisation = context.names.organisations.get(usage.organisation_id)
        if organisation and usage.grade is not Grade.UNVERIFIED:
            found.append(
                Candidate(
                    organisation.id,
                    await context.memory.requests.open_of(organisation.id, context.now - IN_HAND),
                    await context.memory.requests.last_called(organisation.id),
                    await context.calendar(organisation.id),
                )
            )
    return found


def skipped_kinds(found: Promise | Nobody) -> tuple[str, ...]:
    """Which kinds of rung were empty, each named once."""
    return tuple(dict.fromkeys(skip.ask for skip in found.skipped if skip.organisation_id is None))
