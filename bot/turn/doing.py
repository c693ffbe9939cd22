"""One row of the outbox done, and written down: what comes of it is saved together with its mark."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.failpoints import reach
from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.store.outbox import Ready
from bot.turn import sequel
from bot.turn.chat import Chat, Incoming, Refused, TryLater

log = structlog.get_logger()


@dataclass(frozen=True)
class Outcome:
    """What became of a row: done (perhaps as an event, or with what was fetched, or in a room that was entered),
    refused for good, or to be tried again.
    """

    row: Ready
    event_id: str | None = None
    arrival: Arrival | None = None
    entered: str = ""
    refused: str | None = None
    later: TryLater | None = None


async def do(chat: Chat, row: Ready) -> Outcome:
    """Do what the row says. Raises LoggedOut."""
    try:
        match row.kind:
            case "fetch":
                done = Outcome(row, arrival=sequel.fetched(row, await _found(chat, row)))
            case "join":
                done = Outcome(
                    row,
                    entered=await chat.join(row.room_id, row.content.get("via") or (), row.content.get("knock", "")),
                )
            case _:
                done = Outcome(row, event_id=await chat.send(row))
    except TryLater as error:
        return Outcome(row, later=error)
    except Refused as error:
        log.error("not sent", room_id=shown(row.room_id), kind=row.kind, reason=error.reason)
        return Outcome(row, arrival=sequel.unsent(row, error.reason), refused=error.reason)
    reach("say.sent")
    return done


async def _found(chat: Chat, row: Ready) -> Incoming | None:
    try:
        return await chat.fetch(row.room_id, row.target)
    except Refused as error:
        log.info("not to be seen", room_id=shown(row.room_id), event_id=row.target, reason=error.reason)
        return None


async def write_down(memory: Memory, outcomes: Iterable[Outcome], now: datetime) -> None:
    """In the caller's transaction. News is thought about right after the event it comes of, if one is named."""
    for one in outcomes:
        op_id = one.row.op_id
        if one.later:
            if one.later.account and one.later.limited:
                await memory.outbox.untried(op_id)
            continue
        if one.refused is not None:
            await memory.outbox.dead(op_id, one.refused)
        else:
            if one.entered and one.row.room_id.startswith("#"):
                await memory.rooms.call(one.entered, one.row.room_id)
            await memory.outbox.sent(op_id, one.event_id)
        if one.arrival:
            if (one.arrival.content or {}).get("locked"):
                await memory.outbox.fetch_when_unlocked(one.row, now)
            after = "" if one.refused is not None else str(one.row.content.get("after", ""))
            await memory.inbox.add_after(after, one.arrival, now)


def shown(room_id: str) -> str:
    """A room's id for the log; whom we write to directly is nobody's business."""
    return "a direct chat" if room_id.startswith("@") else room_id
