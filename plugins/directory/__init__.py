"""Who uses what: answering from the register, and taking down what is declared in a room."""

from pathlib import Path

from bot.plugin import NoSettings, Plugin

plugin = Plugin("directory", Path(__file__).parent, NoSettings, "answers who uses which tool, from a living register")

from plugins.directory import answers, declarations  # noqa: E402  they add their handlers to the plugin

__all__ = ["answers", "declarations", "plugin"]
