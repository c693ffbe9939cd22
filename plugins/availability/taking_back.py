"""What was said of availability goes with the message that said it, and changes with it."""

from collections.abc import Sequence
from datetime import date

from bot.actions import Changed, Effect, Say
from bot.domain.promise import ASKING_CHANGED, AT_MOST_CHANGED, AWAY_CHANGED, CLOSED_DAYS_CHANGED, HOURS_CHANGED
from bot.errors import UserError
from bot.events import Edited, Heard, Redacted
from bot.language.meaning import Meaning
from bot.words import Person, Phrase, phrase
from plugins.availability import plugin
from plugins.availability.asking import named
from plugins.availability.record import Record, keep, read
from plugins.availability.whose import Ctx, look_again

CHANGES = {
    "hours": HOURS_CHANGED, "at_most": AT_MOST_CHANGED, "closed": CLOSED_DAYS_CHANGED,
    "open": CLOSED_DAYS_CHANGED, "away": AWAY_CHANGED, "back": AWAY_CHANGED,
    "not_asked": ASKING_CHANGED, "asked": ASKING_CHANGED,
}  # fmt: skip


@plugin.redacted
async def unsaid(context: Ctx, redacted: Redacted) -> list[Effect]:
    """A message was taken back: what it changed is as if it had never been said, and the room is told."""
    record = read(redacted.subject)
    if record is None:
        return []
    told, changes = await _undo(context, redacted.target, record)
    said: list[Effect] = [Say(redacted.room_id, tuple(told))] if told else []
    return [*said, *changes]


@plugin.edited
async def said_anew(context: Ctx, edited: Edited, meant: Meaning) -> list[Effect]:
    """A message was changed: it is taken back, and heard anew."""
    record = read(await context.memory.inbox.subject(edited.target, edited.room_id))
    told, changes = await _undo(context, edited.target, record) if record else ([], [])
    hearing = plugin.intents.get(meant.intent)
    if hearing and not hearing.reads and (record or await _was_for_us(context, edited)):
        heard = Heard(edited.target, edited.room_id, edited.sender, edited.text, edited.received_at, True)
        try:
            return [*await hearing.handler(context, heard.in_thread(edited.thread), meant), *changes]
        except UserError as error:
            told = [*told, error.phrase]
    if not told:
        return []
    return [Say(edited.room_id, tuple(told), reply_to=edited.target, thread=edited.thread), *changes]


async def _was_for_us(context: Ctx, edited: Edited) -> bool:
    """Whether it was said to the bot: it was answered, or refused by one of these handlers."""
    before = await context.memory.inbox.handlers(edited.target)
    return bool(edited.answered) or any(handler.startswith(f"{plugin.name}.") for handler in before)


async def _undo(context: Ctx, event_id: str, record: Record) -> tuple[list[Phrase], Sequence[Changed]]:
    """Take it back once: what to tell of it, if it still held, and which promises are looked at again."""
    for said_in in {event_id, record.said_in}:  # a sentence whose name had to be settled is two messages
        await keep(context, said_in, Record("taken_back", record.whose))
    if record.kind in ("away", "back"):
        told = await _away(context, record)
        council = await context.surely_of(record.whose)
    else:
        told = await _of_council(context, record)
        council = record.whose
    return told, await look_again(context, council, CHANGES[record.kind]) if told else ()


async def _away(context: Ctx, record: Record) -> list[Phrase]:
    availability, person = context.memory.availability, Person(record.whose)
    if record.kind == "away":
        _, people = await availability.take_back(record.said_in)
        return [phrase("availability.away_taken_back", person=person)] if people else []
    for begin, end in _spans(record):
        await availability.add_away(record.whose, begin, end, record.said_in)
    return [phrase("availability.back_taken_back", person=person)] if record.values else []


async def _of_council(context: Ctx, record: Record) -> list[Phrase]:
    council = context.names.organisations.get(record.whose)
    if council is None or not await _held(context, record):
        return []
    tools = named(context, list(record.values)) if record.kind in ("not_asked", "asked") else []
    return [phrase(f"availability.taken_back_{record.kind}", organisation=council.label, tools=tools)]


async def _held(context: Ctx, record: Record) -> bool:
    """Undo it for the council; whether there was anything left of it to undo."""
    if record.kind in ("hours", "at_most"):
        return await _weekly(context, record)
    if record.kind in ("not_asked", "asked"):
        return await _asking(context, record)
    if record.kind == "closed":
        return bool((await context.memory.availability.take_back(record.said_in))[0])
    for begin, end in _spans(record):
        await context.memory.availability.add_closed(record.whose, begin, end or begin, "", record.said_in)
    return bool(record.values)


async def _weekly(context: Ctx, record: Record) -> bool:
    """What was said later stays."""
    availability, council = context.memory.availability, record.whose
    said = await availability.said(council)
    if record.kind == "hours" and [said.hours] == list(record.values):
        await availability.keep_hours(council, "", "", context.now)
        return True
    if record.kind == "at_most" and said.at_most is not None and [str(said.at_most)] == list(record.values):
        await availability.keep_at_most(council, None, "", context.now)
        return True
    return False


async def _asking(context: Ctx, record: Record) -> bool:
    for tool in record.values:
        if record.kind == "not_asked":
            await context.memory.availability.ask_again(record.whose, tool)
        else:
            await context.memory.availability.dont_ask(record.whose, tool, "", context.now)
    return bool(record.values)


def _spans(record: Record) -> list[tuple[date, date | None]]:
    pairs = (value.split("/") for value in record.values)
    return [(date.fromisoformat(first), date.fromisoformat(last) if last else None) for first, last in pairs]
