"""When volunteers can be asked: hours, closed days, people away, and what they don't want to be asked."""

from pathlib import Path

from bot.plugin import NoSettings, Plugin

plugin = Plugin("availability", Path(__file__).parent, NoSettings, "knows when volunteers can be asked")

from plugins.availability import (  # noqa: E402  they add their handlers to the plugin
    absence,
    asking,
    closing,
    overview,
    taking_back,
    weekly,
)

__all__ = ["absence", "asking", "closing", "overview", "plugin", "taking_back", "weekly"]
