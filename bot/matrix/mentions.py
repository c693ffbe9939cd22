"""Whom a message names."""

import re
from typing import Any
from urllib.parse import unquote

from bot.matrix.ids import is_user, typed_users

MOST = 20  # more than that is nobody in particular
_PILL = re.compile(r"https://matrix\.to/#/(@[^\"'?<>\s]+)")


def mentioned(content: dict[str, Any]) -> list[str]:
    """Whom the sender meant to be told."""
    declared = content.get("m.mentions")
    if isinstance(declared, dict):
        users = declared.get("user_ids")
        return [user for user in users if is_user(user)] if isinstance(users, list) else []
    return [user for user in _PILL.findall(own_html(content)) if is_user(user)]


def named(content: dict[str, Any], text: str) -> list[str]:
    """Whom the message names: those meant to be told, then those typed by their full id; each once."""
    return list(dict.fromkeys([*mentioned(content)[:MOST], *typed_users(text)]))[:MOST]


def own_html(content: dict[str, Any]) -> str:
    """The formatted text without a quote: clients before intentional mentions (Matrix 1.7) only made a pill, and
    one in a quote is another's word.
    """
    html = content.get("formatted_body")
    return unquote(html.rpartition("</mx-reply>")[2]) if isinstance(html, str) else ""
