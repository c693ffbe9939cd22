"""A message as it is now: the homeserver bundles its newest edit with it."""

from dataclasses import replace
from typing import Any

from bot.matrix.inbound import Decrypt, Ears, read
from bot.turn.chat import Incoming


def newest(raw: dict[str, Any], ears: Ears, room_id: str, decrypt: Decrypt) -> Incoming | None:
    """The event with the words of its newest edit, if its own author made one; without words if the edit can't be
    read: the old ones are no longer theirs.
    """
    found = read(raw, ears, room_id, decrypt)
    edit = _bundled(raw)
    if found is None or found.content is None or found.state != "new" or edit is None:
        return found
    if edit.get("sender") != found.sender:
        return found
    changed = read(edit, ears, room_id, decrypt)
    content = (changed.content if changed and changed.state == "new" else None) or {}
    replaces = content.get("kind") == "edited" and content.get("target") == found.event_id
    return replace(found, content={**found.content, "text": content["text"] if replaces else ""})


def _bundled(raw: dict[str, Any]) -> dict[str, Any] | None:
    inner: object = raw
    for key in ("unsigned", "m.relations", "m.replace"):
        inner = inner.get(key) if isinstance(inner, dict) else None
    return inner if isinstance(inner, dict) else None
