"""A plugin that does what it is told, and tells what it is given."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.actions import Effect, Fetch, Join, Picture, Pin, Redact, Say
from bot.domain.chart import Chart, Series
from bot.events import Departed, Edited, Fetched, Heard, Moved, Reacted, Unsent
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings, Plugin
from bot.words import phrase

CHART = Chart("Questions, week by week", ("4 May", "11 May"), (Series("asked", (3, 5)), Series("answered", (2, 5))))

plugin = Plugin("probe", Path(__file__).parent, NoSettings, "probes")


def tell(room: str, text: str, **options: Any) -> Say:
    """These words."""
    return Say(room, (phrase("probe.said", text=text),), **options)


def show(room: str, key: str = "", **options: Any) -> Picture:
    """The chart above."""
    return Picture(room, CHART, (phrase("probe.said", text="5 asked, 5 answered"),), key=key or None, **options)


@plugin.overhears
async def told(context: Context[NoSettings], heard: Heard, meant: Meaning) -> Sequence[Effect]:
    """`say`, `change`, `pin`, `unpin`, `redact` something by its key; a `chart`; `fetch` an event; tell of the room."""
    room, (what, _, key) = heard.room_id, heard.text.partition(" ")
    match what:
        case "say":
            return [tell(room, f"words of {key}", key=key, card=True, thread=heard.thread)]
        case "change":
            return [tell(room, f"other words of {key}", key=key, card=True)]
        case "both":
            return [tell(room, f"words of {key}", key=key), Pin(room, key)]
        case "chart":
            return [tell(room, "in words"), show(room, key, thread=heard.thread), tell(room, "that was it")]
        case "pin" | "unpin":
            return [Pin(room, key, what == "pin")]
        case "redact":
            return [Redact(room, key)]
        case "fetch":
            return [Fetch(room, key, "sos", "about it")]
    return await _about(context, heard, what)


async def _about(context: Context[NoSettings], heard: Heard, what: str) -> Sequence[Effect]:
    rooms = context.memory.rooms
    match what:
        case "named":
            return [tell(heard.room_id, "named " + " ".join(heard.mentions))]
        case "room":
            known = await rooms.get(heard.room_id)
            state = [word for word in ("may_pin", "may_send", "shared", "listening") if getattr(known, word)]
            return [tell(heard.room_id, " ".join(["room:", *state, known.language if known else ""]))]
        case "cymraeg":
            await rooms.set_language(heard.room_id, "cy")
            await rooms.set_listening(heard.room_id, True)
            return [tell(heard.room_id, "diolch")]
        case "enter":
            return [Join(heard.text.partition(" ")[2])]
        case "where":
            return [heard.reply(phrase("probe.said", text="here"))]
    return []


@plugin.reacts
async def asked(context: Context[NoSettings], reacted: Reacted) -> Sequence[Effect]:
    """Any emoji asks to see the message."""
    return [Fetch(reacted.room_id, reacted.target, "sos")]


@plugin.edited
async def changed(context: Context[NoSettings], edited: Edited, meant: Meaning) -> Sequence[Effect]:
    """What it says now."""
    return [tell(edited.room_id, f"edited: {edited.text}", key=f"edit of {edited.event_id}")]


@plugin.fetched("sos")
async def got(context: Context[NoSettings], fetched: Fetched) -> Sequence[Effect]:
    """The message, or nothing."""
    return [tell(fetched.room_id, f"fetched {fetched.sender}: {fetched.text or 'nothing'}")]


@plugin.departs
async def gone(context: Context[NoSettings], departed: Departed) -> Sequence[Effect]:
    """Told in a room the bot is still in."""
    return [tell((await context.memory.rooms.joined())[0], f"gone {departed.sender}")]


@plugin.moved
async def followed(context: Context[NoSettings], moved: Moved) -> Sequence[Effect]:
    """Told in the new room."""
    return [tell(moved.successor, "moved here")]


@plugin.unsent
async def refused(context: Context[NoSettings], unsent: Unsent) -> Sequence[Effect]:
    """Stubbornly told in the same room."""
    return [tell(unsent.room_id, f"unsent {unsent.what} {unsent.key}")]
