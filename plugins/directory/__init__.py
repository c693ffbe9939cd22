"""Who uses what: answering from the register, taking down what is declared, and keeping it fresh by asking."""

from pathlib import Path

from bot.plugin import Plugin
from plugins.directory.settings import DirectorySettings

plugin = Plugin(
    "directory", Path(__file__).parent, DirectorySettings, "answers who uses which tool, from a living register"
)

from plugins.directory import declarations, page, relaying, renewing, tools, users  # noqa: E402  they add handlers

__all__ = ["declarations", "page", "plugin", "relaying", "renewing", "tools", "users"]
