"""Whether a person may be asked: about entries that grew old, and questions that others put to a tool's users."""

from bot.actions import Effect
from bot.events import Heard
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings
from bot.words import phrase
from plugins.people import plugin

Ctx = Context[NoSettings]


@plugin.hears("may_ask")
async def may_ask(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """They may be asked; by us alone, nobody learns their address."""
    await context.memory.contacts.keep_consent(heard.sender, "yes")
    await context.memory.contacts.keep_language(heard.sender, context.language)
    belonging = await context.belonging(heard.sender)
    blocks = [phrase("people.may_ask")]
    if belonging is None or not belonging.verified:
        blocks.append(phrase("people.may_ask_unverified"))
    return [heard.reply(*blocks)]


@plugin.hears("stop_asking")
async def stop_asking(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Never again, until they say otherwise."""
    await context.memory.contacts.keep_consent(heard.sender, "no")
    return [heard.reply(phrase("people.stop_asking"))]
