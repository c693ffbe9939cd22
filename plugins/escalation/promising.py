"""The promise: who will be asked next and when; made when a request opens, and again whenever it changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions import Changed, DropTimer, Effect, SetTimer
from bot.domain.escalation import Ask, Candidate, Ladder, Nobody, Promise, promise
from bot.domain.measures import Outcome
from bot.domain.promise import AGAIN, PUT_OFF, PromiseNote
from bot.domain.request import Request
from bot.domain.working_time import NeverOpen
from bot.plugin import Context
from plugins.escalation.candidates import maintainers, users
from plugins.escalation.noting import noted
from plugins.escalation.settings import EscalationSettings

Ctx = Context[EscalationSettings]

ByAsk = dict[Ask, Sequence[Candidate]]

KIND = "rung"
ASKED_AGAIN = "asked again from the beginning"  # a step of the history


def timer_key(request: Request) -> str:
    """The one timer of a request's ladder."""
    return f"rung:{request.number}"


def end_key(request: Request) -> str:
    """What is said under this key once nobody is left to ask, is said once a round."""
    return f"nobody:{request.number}:{request.round}"


def ladder_of(context: Ctx, request: Request) -> Ladder:
    """The ladder it was opened with."""
    if request.ladder:
        return Ladder.from_json(request.ladder)
    tool = context.names.tools.get(request.tool_id)
    return context.settings.ladder_for(request.tool_id, tool.category if tool else "")


def afresh(context: Ctx, request: Request) -> Request:
    """The request as its time begins anew: nothing is promised of it yet. Who was passed over before stays told."""
    kept = PromiseNote.from_json(request.promise)
    promise = PromiseNote(not_called=kept.not_called).to_json() if kept and kept.not_called else ""
    return replace(request, rung_since=context.now, promise=promise, promised_to="", promised_at=None)


async def look_ahead(context: Ctx, request: Request, at_once: bool = False, why: str = "") -> list[Effect]:
    """Find who is asked next, keep that as the promise, and set the timer for it.

    The time goes on from where it stood, or is up now (`at_once`). `why` is the reason, if what was promised may move
    by this: see `PromiseNote.moved`.
    """
    if at_once:
        request = afresh(context, request)
    before = PromiseNote.from_json(request.promise)
    at_once = at_once or bool(before and before.at_once)
    found = await next_call(context, request, at_once)
    if isinstance(found, Nobody):
        return await _nobody(context, request, found, at_once)
    note = await noted(context, request, found, before, why)
    await context.memory.requests.keep(
        replace(
            request,
            promise=replace(note, at_once=at_once).to_json(),
            promised_to=found.organisation_id or found.ask,
            promised_at=found.at,
            rung_since=_since(context, request),
        )
    )
    return [SetTimer(KIND, timer_key(request), found.at, request.id)]


async def _nobody(context: Ctx, request: Request, found: Nobody, at_once: bool) -> list[Effect]:
    """When the last call has had its time, too, the ladder begins again, if it may; else it is said that nobody is
    left.
    """
    again = await may_begin_again(context, request)
    note = replace(await noted(context, request, found, None, ""), at_once=at_once)
    since = _since(context, request)
    rungs = ladder_of(context, request).rungs
    patience = rungs[0].after if again else timedelta(0) if at_once else rungs[-1].after
    breaks = await context.memory.promises.breaks(request.number, context.now)
    try:
        at = max(context.community.calendar(None).deadline(since, patience, breaks), context.now)
    except NeverOpen:
        at = context.now
    if again:
        note = replace(note, ask=AGAIN, at=at)
    kept = replace(request, promise=note.to_json(), promised_to="", promised_at=None, rung_since=since)
    await context.memory.requests.keep(kept)
    told = await context.memory.outbox.state(f"escalation:{end_key(request)}") is not None
    return [DropTimer(timer_key(request)) if told and not again else SetTimer(KIND, timer_key(request), at, request.id)]


async def may_begin_again(context: Ctx, request: Request) -> bool:
    """Whether the ladder is climbed once more when nobody has answered at its end; not if there was nobody to call."""
    if request.repeats >= ladder_of(context, request).repeats:
        return False
    return any(call.outcome != Outcome.REFUSED for call in await context.memory.requests.calls(request))


async def begin_again(context: Ctx, request: Request) -> list[Effect]:
    """The ladder from its first rung: its councils may be called once more, and the first of them is at once."""
    await context.memory.requests.add_step(request.number, context.now, "", ASKED_AGAIN)
    again = replace(request, round=request.round + 1, repeats=request.repeats + 1, rung=0, promise="")
    return [*await look_ahead(context, again, at_once=True), Changed(request.id, PUT_OFF)]


def _since(context: Ctx, request: Request) -> datetime:
    return min(request.rung_since or request.changed_at, context.now)  # clocks do jump back


async def next_call(context: Ctx, request: Request, at_once: bool = False) -> Promise | Nobody:
    """What the ladder says, with the councils as they are now; whom it named before keeps their turn."""
    ladder = _ladder_now(context, request, at_once)
    if request.rung >= len(ladder.rungs):
        return Nobody()
    called = [call.organisation_id for call in await context.memory.requests.calls(request)]
    volunteers = await maintainers(context, request.tool_id, request.number)
    by_ask: ByAsk = {"maintainer": volunteers, "maintainers": volunteers, "users": ()}
    found = await _promise(context, request, ladder, by_ask, called)
    asks = [rung.ask for rung in ladder.rungs[request.rung : None if isinstance(found, Nobody) else found.rung]]
    if "users" in asks:  # they are many: looked for when it may be their turn
        by_ask["users"] = await users(context, request, called)
        found = await _promise(context, request, ladder, by_ask, called)
    if isinstance(found, Promise) and _loses_its_turn(request, found):
        kept = [one for one in volunteers if one.organisation_id == request.promised_to]
        again = await _promise(context, request, ladder, by_ask | {"maintainer": kept}, called)
        if isinstance(again, Promise) and again.rung == found.rung:
            return replace(again, because=found.because, skipped=found.skipped)
    return found


async def each_of(context: Ctx, request: Request, found: Promise) -> list[tuple[str, datetime]]:
    """The councils of a rung whose councils are asked all together, and when each can be called."""
    called = [call.organisation_id for call in await context.memory.requests.calls(request)]
    if found.ask == "users":
        candidates = await users(context, request, called)
    else:
        candidates = await maintainers(context, request.tool_id, request.number)
    slots, ladder = [], _ladder_now(context, request)
    for one in candidates:
        by_ask: ByAsk = {"maintainer": (), "maintainers": (), "users": (), found.ask: [one]}
        slot = await _promise(context, request, ladder, by_ask, called)
        if isinstance(slot, Promise) and slot.rung == found.rung:
            slots.append((one.organisation_id, slot.at))
    return [slot for slot in slots if slot[0] != request.asker_organisation] or slots


def _ladder_now(context: Ctx, request: Request, at_once: bool = False) -> Ladder:
    """The ladder it was opened with; without patience where somebody gave the request back."""
    ladder = ladder_of(context, request)
    if not (at_once or _is_given_back(request)):
        return ladder
    return Ladder(tuple(replace(rung, after=timedelta(0)) for rung in ladder.rungs), ladder.repeats)


def _is_given_back(request: Request) -> bool:
    note = PromiseNote.from_json(request.promise)
    return bool(note and note.at_once)


def _loses_its_turn(request: Request, found: Promise) -> bool:
    """Whether another council would be asked than was promised, though that one could be."""
    if found.ask != "maintainer" or request.promised_to in ("", found.organisation_id, request.asker_organisation):
        return False
    return request.promised_to not in {skip.organisation_id for skip in found.skipped}


async def _promise(
    context: Ctx,
    request: Request,
    ladder: Ladder,
    by_ask: ByAsk,
    called: Sequence[str],
) -> Promise | Nobody:
    return promise(
        ladder,
        request.rung,
        _since(context, request),
        lambda ask: by_ask[ask],
        called,
        request.asker_organisation or None,
        context.community.calendar(None),
        now=context.now,
        breaks=await context.memory.promises.breaks(request.number, context.now),
        has_stewards=bool(context.community.stewards or context.community.stewards_room),
    )
