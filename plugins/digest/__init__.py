"""The weekly digest: what waits, who helped, what is new and what is at risk, in a channel, once a week."""

from pathlib import Path

from bot.plugin import Plugin
from plugins.digest.settings import DigestSettings

plugin = Plugin("digest", Path(__file__).parent, DigestSettings, "tells the week to a channel")

from plugins.digest import deciding, drafting, feed, leaving_out, posting, showing  # noqa: E402  they add handlers

__all__ = ["deciding", "drafting", "feed", "leaving_out", "plugin", "posting", "showing"]
