"""How to use the bot: two lines in a room, a few more in a direct chat; and a kind word for what wasn't understood."""

from pathlib import Path

from bot.actions import Effect
from bot.domain.directory import Grade
from bot.events import Heard
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings, Plugin
from bot.words import Block, Items, phrase

plugin = Plugin("help", Path(__file__).parent, NoSettings, "says what can be said")

Ctx = Context[NoSettings]

TOPICS = (
    "who", "help", "take", "pass", "hand_over", "wait", "answered", "resolve", "reopen", "withdraw", "duplicate",
    "watch", "history", "board", "saved_answers", "use", "maintain",
    "away", "hours", "closed", "at_most", "stop_asking", "on_call", "digest", "draft", "leave_out",
)  # fmt: skip


@plugin.hears("usage", reads=True)
async def usage(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """What the bot can do, for the person who asks."""
    topic = meant.slots.get("topic", "").casefold().strip(" `'\".!?")
    if topic in TOPICS:
        return [heard.reply(phrase(f"help.topic_{topic}"))]
    return await _usage(context, heard)


async def _usage(context: Ctx, heard: Heard) -> list[Effect]:
    blocks: list[Block] = [phrase("help.directory"), phrase("help.requests")]
    if heard.direct:
        blocks.append(
            Items(
                (
                    phrase("help.of_council"),
                    phrase("help.declare"),
                    phrase("help.belong"),
                    phrase("help.explore"),
                    phrase("help.board"),
                )
            )
        )
    if await _maintains(context, heard.sender):
        blocks.append(phrase("help.maintainer"))
        if heard.direct:
            blocks.append(phrase("help.availability"))
    if context.community.is_steward(heard.sender):
        blocks.append(phrase("help.steward"))
        blocks.append(phrase("help.steward_digest"))
    return [heard.reply(*blocks)]


@plugin.hears("none", reads=True)
async def not_understood(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Spoken to, but not understood: say so, and what would be."""
    if not heard.text:
        return await _usage(context, heard)
    return [heard.reply(phrase("help.not_understood"), phrase("help.directory"), phrase("help.requests"))]


async def _maintains(context: Ctx, user_id: str) -> bool:
    belonging = await context.belonging(user_id)
    if belonging is None:
        return False
    maintained = await context.memory.register.maintained_by(belonging.organisation_id)
    return any(usage.grade is not Grade.UNVERIFIED for usage in maintained)
