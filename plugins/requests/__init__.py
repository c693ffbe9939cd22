"""Help requests: a question becomes a numbered request with one card, and lives until it is settled."""

from pathlib import Path

from bot.plugin import NoSettings, Plugin

plugin = Plugin("requests", Path(__file__).parent, NoSettings, "tracks questions until they are answered")

from plugins.requests import board, card, life, opening, reactions, talk  # noqa: E402  they add their handlers

__all__ = ["board", "card", "life", "opening", "plugin", "reactions", "talk"]
