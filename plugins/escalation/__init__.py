"""Calling councils for an unanswered request, one after the other, in their own working time."""

from pathlib import Path

from bot.plugin import Plugin
from plugins.escalation.settings import EscalationSettings

plugin = Plugin(
    "escalation",
    Path(__file__).parent,
    EscalationSettings,
    "calls the councils that volunteered when a question waits",
)

from plugins.escalation import (  # noqa: E402  they add their handlers to the plugin
    calling,
    following,
    on_call,
    outcomes,
    promising,
    recalling,
    recheck,
    risk,
    together,
    undelivered,
)

__all__ = [
    "calling",
    "following",
    "on_call",
    "outcomes",
    "plugin",
    "promising",
    "recalling",
    "recheck",
    "risk",
    "together",
    "undelivered",
]
