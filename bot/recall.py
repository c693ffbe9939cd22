"""What the memory knows of an event before anybody is given it: what it speaks of, and the language of its room."""

from collections.abc import Collection
from dataclasses import replace

from bot.domain.request import number_of
from bot.events import Answered, Due, Edited, Event, Heard, Reacted, Redacted
from bot.store.memory import Memory


async def with_subject(memory: Memory, event: Event, readers: Collection[str]) -> Event:
    """The event with what it is about: of a reply its thread's or target's subject, of an edit who answered it.

    `readers` are the handlers (`plugin.handler`) that only read: theirs are the answers that an edit changes.
    """
    match event:
        case Heard():
            return replace(event, subject=await _spoken_of(memory, event))
        case Reacted() | Redacted():
            return replace(event, subject=await memory.inbox.subject(event.target, event.room_id))
        case Edited():
            answered = [h for h in await memory.inbox.handlers(event.target) if h in readers]
            return replace(event, answered=answered[0] if answered else "")
        case _:
            return event


async def _spoken_of(memory: Memory, heard: Heard) -> str | None:
    """In a request's thread everything is about the request, but for an answer to a question that waits for one."""
    replied = await memory.inbox.subject(heard.reply_to, heard.room_id)
    if number_of(replied) is not None:
        return replied
    waiting = await memory.questions.get(replied, heard.received_at)
    if waiting and waiting.person in ("", heard.sender):
        return replied
    talk = await memory.inbox.subject(heard.thread, heard.room_id)
    return replied or talk if number_of(talk) is None else talk


async def language_of(memory: Memory, event: Event, default: str) -> str:
    """The language of the room where it happened, as it was set there."""
    if isinstance(event, Due | Answered):
        return default
    room = await memory.rooms.get(event.room_id)
    return (room.language if room else "") or default
