"""Who belongs where: what a person says of themselves, whether anything proves it, and whether they may be asked."""

from pathlib import Path

from bot.plugin import NoSettings, Plugin

plugin = Plugin("people", Path(__file__).parent, NoSettings, "knows who works for which council")

from plugins.people import approval, belonging, consent  # noqa: E402  they add their handlers to the plugin

__all__ = ["approval", "belonging", "consent", "plugin"]
