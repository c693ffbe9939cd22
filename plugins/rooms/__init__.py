"""What a room may set: whether the bot answers there unasked, in threads, and the language it begins in."""

from dataclasses import replace
from pathlib import Path

from bot.actions import Effect
from bot.errors import UserError
from bot.events import Heard
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings, Plugin
from bot.words import phrase

plugin = Plugin("rooms", Path(__file__).parent, NoSettings, "lets stewards set how the bot behaves in a room")

Ctx = Context[NoSettings]


@plugin.hears("listen", "stop_listening")
async def listen(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Answer sure questions unasked, or no longer; for stewards, since everybody there is listened to."""
    _permit(context, heard)
    listening = meant.intent == "listen"
    await context.memory.rooms.set_listening(heard.room_id, listening)
    return [heard.reply(phrase("rooms.listening" if listening else "rooms.not_listening"))]


@plugin.hears("threads_off", "threads_on")
async def thread(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Answer by replies only, where people's clients don't show threads, or in threads again."""
    _permit(context, heard)
    threads = meant.intent == "threads_on"
    await context.memory.rooms.set_threads(heard.room_id, threads)
    return [heard.reply(phrase("rooms.threads" if threads else "rooms.no_threads"))]


@plugin.hears("speak")
async def speak(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """The language of what is said there before anybody has spoken, and of sentences that tell none."""
    if not heard.direct:
        _permit(context, heard)
    language = meant.slots.get("tongue", context.language)
    await context.memory.rooms.set_language(heard.room_id, language)
    return [replace(heard.reply(phrase("rooms.speaking")), language=language)]


def _permit(context: Ctx, heard: Heard) -> None:
    if heard.direct:
        raise UserError(phrase("rooms.in_a_room"))
    if context.community.stewards and not context.community.is_steward(heard.sender):
        raise UserError(phrase("rooms.stewards_only"))
