"""Help requests: a question becomes a numbered request with one card, and lives until it is settled."""

from pathlib import Path

from bot.plugin import Plugin
from plugins.requests.settings import RequestsSettings

plugin = Plugin("requests", Path(__file__).parent, RequestsSettings, "tracks questions until they are answered")

from plugins.requests import (  # noqa: E402  they add their handlers
    accepting,
    asking,
    board,
    by_word,
    card,
    choosing,
    duplicates,
    handing,
    leaving,
    life,
    offering,
    opening,
    passing_on,
    patience,
    pinned,
    pointing,
    reactions,
    relaying,
    rewording,
    saved,
    suggesting,
    taken_back,
    talk,
    watching,
)

__all__ = [
    "accepting",
    "asking",
    "board",
    "by_word",
    "card",
    "choosing",
    "duplicates",
    "handing",
    "leaving",
    "life",
    "offering",
    "opening",
    "passing_on",
    "patience",
    "pinned",
    "plugin",
    "pointing",
    "reactions",
    "relaying",
    "rewording",
    "saved",
    "suggesting",
    "taken_back",
    "talk",
    "watching",
]
