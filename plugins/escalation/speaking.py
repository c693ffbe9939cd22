"""Saying a call: it is written down with its request, and the clock of the next one begins."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.actions import Changed, Effect, Priority, Say, SetTimer
from bot.domain.calls import subject_of
from bot.domain.escalation import Promise
from bot.domain.promise import PromiseNote
from bot.domain.request import Request, State
from bot.domain.working_time import NeverOpen
from bot.plugin import Context
from plugins.escalation.candidates import IN_HAND
from plugins.escalation.passing_over import councils_passed_over
from plugins.escalation.promising import afresh, look_ahead
from plugins.escalation.settings import EscalationSettings
from plugins.escalation.whom import Whom
from plugins.escalation.wording import Waiting, many_calls, one_call

Ctx = Context[EscalationSettings]

RECALL = "recall"
LATE = timedelta(minutes=1)
MOST_AT_ONCE = 10  # requests in one message; what is left has a timer of its own
OLDER = 5  # calls that are named again with a new one
HELD = "held"  # why a promise moved: nobody was called at the time


class Ref(NamedTuple):
    """A call for a request, as it is written in timers and keys."""

    number: int
    round: int
    rung: int

    @classmethod
    def read(cls, text: str) -> "Ref":
        """What `str` wrote."""
        return cls(*(int(part) for part in text.split(".")))

    def __str__(self) -> str:
        return f"{self.number}.{self.round}.{self.rung}"


async def open_request(context: Ctx, ref: Ref) -> Request | None:
    """The request that somebody was called for, while it waits for them still."""
    request = await context.memory.requests.get(ref.number)
    return request if request and request.state is State.OPEN and request.round == ref.round else None


def turn_of(one: Waiting) -> str:
    """The turn a call takes, by the question and without the time: when a backup was put back and the question comes
    anew, its number and times may be others, but what was said is known by its key.
    """
    return f"{one.request.question_event}.{one.request.round}.{one.rung}"


async def open_turn(context: Ctx, turn: str) -> tuple[Request, int] | None:
    """The request that took this turn, while it waits still, and the rung."""
    question, number, rung = turn.rsplit(".", 2)
    request = await context.memory.requests.of_question(question)
    waits = request and request.state is State.OPEN and request.round == int(number)
    return (request, int(rung)) if request and waits else None


async def climb(context: Ctx, request: Request, found: Promise) -> list[Effect]:
    """This rung is called now: the next one's time begins; who was passed over for it stays told."""
    before = PromiseNote.from_json(request.promise) or PromiseNote()
    not_called = dict(before.not_called) | dict(await councils_passed_over(context, request, found))
    told = PromiseNote(not_called=tuple(not_called.items()))
    above = replace(afresh(context, replace(request, promise=told.to_json())), rung=found.rung + 1)
    return [*await look_ahead(context, above), Changed(request.id, "called")]


def due_since(context: Ctx, request: Request) -> datetime | None:
    """When the call was due that is made now, if that is long past and nobody but us put it off."""
    note = PromiseNote.from_json(request.promise)
    if note is None or note.at is None:
        return None
    at = note.first_at if note.first_at and note.moved == HELD else note.at
    return at if context.now - at > LATE else None


async def write_down(context: Ctx, who: Whom, request: Request, rung: int, *, late: bool) -> None:
    """They are called for it, by its history and by what weighs on them."""
    await context.memory.requests.add_call(request, who.called, who.person, context.now, rung)
    what = "called late" if late else "called"
    note = who.organisation.name if who.organisation else who.ask
    await context.memory.requests.add_step(request.number, context.now, "", what, note)
    if who.ask == "users" and who.person:
        await context.memory.contacts.asked(who.person, context.now)


async def speak(context: Ctx, who: Whom, waiting: Sequence[Waiting], *, again: str = "") -> list[Effect]:
    """The one message of a call, and the time after which it is repeated; `again` tells the repeated ones apart."""
    numbers = [one.request.number for one in waiting]
    refs = ",".join(str(Ref(one.request.number, one.request.round, one.rung)) for one in waiting)
    older = await context.memory.requests.waiting_for(who.called, context.now - IN_HAND, OLDER + len(waiting))
    older = [] if again else [number for number in older if number not in numbers][:OLDER]
    first = waiting[0].request
    room = who.room_for(first)
    alone = len(waiting) == 1
    blocks = await (one_call(context, who, waiting[0], older, again=bool(again)) if alone else
                    many_calls(context, who, waiting, older))  # fmt: skip
    in_thread = alone and room == first.room_id
    say = Say(
        room,
        tuple(blocks),
        thread=await context.thread_of(first) if in_thread else None,
        mentions=who.people,
        notice=False,
        key=f"call:{who.called};{','.join(turn_of(one) for one in waiting)};{again}",
        subject=first.id if alone else subject_of(numbers),
        priority=Priority.CALL,
        language=(await context.memory.contacts.get(room)).language or None if room.startswith("@") else None,
    )
    return [say, *([] if again else await _recall_timer(context, who, refs))]


async def _recall_timer(context: Ctx, who: Whom, refs: str) -> list[Effect]:
    after = context.settings.recall_after
    if not (after and who.organisation and who.person and who.ask != "users"):
        return []
    try:
        at = (await context.calendar(who.called)).deadline(context.now, after)
    except NeverOpen:
        return []
    return [SetTimer(RECALL, f"{RECALL}:{who.called};{refs}", at, f"{who.called};{refs}")]
