"""What became of a row of the outbox, told to the plugin that wanted it: an arrival like any other, but of our own."""

import re

from bot.store.inbox import Arrival
from bot.store.outbox import Ready
from bot.turn.chat import Incoming

_OP = re.compile(r"([^:.]*)([:.])(.*)", re.DOTALL)
_PART = re.compile(r"/\d+$")


def fetched(row: Ready, found: Incoming | None) -> Arrival:
    """The message that was fetched; without words if it can't be read or is no person's."""
    content = (found.content if found and found.state == "new" else None) or {}
    heard = content if content.get("kind") == "heard" else {}
    sequel = {
        "kind": "fetched",
        "plugin": author_of(row.op_id)[0],
        "what": row.content["kind"],
        "subject": row.subject,
        "target": row.target,
        "text": heard.get("text", ""),
        "thread": heard.get("thread"),
        "locked": found is not None and found.state == "locked",
    }
    return Arrival(f"fetched:{row.op_id}", row.room_id, found.sender if found else "", "new", 0, sequel)


def unsent(row: Ready, reason: str) -> Arrival | None:
    """That it was refused; None where nobody is to be told. Who has been told of a refusal and whose answer is
    refused as well is told once more and no further: that would never end.
    """
    if row.kind == "leave" or row.op_id.count("unsent:") > 1:
        return None
    plugin, key = author_of(row.op_id)
    sequel = {
        "kind": "unsent",
        "plugin": plugin,
        "what": row.kind,
        "key": key,
        "subject": row.subject,
        "reason": reason,
    }
    return Arrival(f"unsent:{row.op_id}:{row.seq}", row.room_id, "", "new", 0, sequel)


def author_of(op_id: str) -> tuple[str, str]:
    """The plugin that wanted it, and the key it was said under, "" if under none (see `bot.effects.Keeper`)."""
    found = _OP.fullmatch(op_id)
    if not found:
        return "", ""
    plugin, mark, rest = found.groups()
    return plugin, _PART.sub("", rest.partition("~")[0]) if mark == ":" else ""
