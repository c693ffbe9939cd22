"""A plugin that only echoes: what the machine itself costs, without understanding and answering."""

from collections.abc import Sequence
from pathlib import Path

from bot.actions import Effect
from bot.events import Heard
from bot.language.meaning import Meaning
from bot.plugin import Context, NoSettings, Plugin
from bot.words import phrase

plugin = Plugin("echo", Path(__file__).parent, NoSettings, "echoes")


@plugin.hears("none", reads=True)
async def echo(context: Context[NoSettings], heard: Heard, meant: Meaning) -> Sequence[Effect]:
    """The same words."""
    return [heard.reply(phrase("echo.said", text=heard.text))]
