"""From a Matrix event to our own frozen words; whatever a hostile server sends ends as `bad`, never as an exception."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from bot.matrix.changes import departure, successor
from bot.matrix.depth import is_shallow
from bot.matrix.ids import is_event, is_user
from bot.matrix.mentions import mentioned, named
from bot.render import OP_ID
from bot.store.echoes import transaction_id
from bot.turn.chat import Incoming

TRANSACTION = "org.townclerk.transaction"  # beside what we encrypt: who can't read it still knows what it was

RATCHET = "org.townclerk.ratchet"  # what `Decrypt` adds: by which key the event was encrypted
MAX_ID = 255

Decrypt = Callable[[str, dict[str, Any]], dict[str, Any] | None]


@dataclass(frozen=True)
class Ears:
    """By what names the bot is called, and whom it never hears (globs of Matrix user ids)."""

    user_id: str
    names: tuple[str, ...]
    prefix: str
    ignored: tuple[str, ...] = ()
    _beginning: re.Pattern[str] = field(init=False, repr=False)
    _anywhere: tuple[re.Pattern[str], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        localpart = self.user_id.partition(":")[0].lstrip("@")
        # An @ before any of them is optional, the full id's own too: left in, the @ would be taken and the id missed.
        names = sorted({self.user_id.lstrip("@"), localpart, *self.names} - {""}, key=len, reverse=True)
        either = "|".join(re.escape(name) for name in names)
        # "@clerk:other.org" is somebody else: behind "@name" only a colon with a space after it ends the name.
        at_sign = rf"@(?:{either})(?:\s*,\s*|\s*:(?!\S)\s*|\s+|$)"
        beginning = re.compile(rf"\s*(?:{at_sign}|(?:{either})(?:\s*[:,]\s*|\s+|$))", re.IGNORECASE)
        anywhere = tuple(re.compile(rf"(?<!\w)@?{re.escape(name)}(?!\w)", re.IGNORECASE) for name in names)
        object.__setattr__(self, "_beginning", beginning)
        object.__setattr__(self, "_anywhere", anywhere)

    def address(self, body: str, content: dict[str, Any]) -> tuple[bool, str]:
        """Whether the message speaks to the bot, and its text without that address."""
        if self.prefix and re.match(rf"\s*{re.escape(self.prefix)}(\s|$)", body, re.IGNORECASE):
            return True, body.lstrip()[len(self.prefix) :].strip()
        named = self._beginning.match(body)
        if named:
            return True, body[named.end() :].strip()
        if self.user_id in mentioned(content):
            return True, self._without_name(body).strip()
        return False, body.strip()

    def _without_name(self, body: str) -> str:
        for pattern in self._anywhere:
            if found := pattern.search(body):
                return body[: found.start()].rstrip(", \t\n") + body[found.end() :]
        return body

    def others(self, content: dict[str, Any], text: str) -> list[str]:
        """The people a message names."""
        return [user for user in named(content, text) if user != self.user_id and not self.ignores(user)]

    def ignores(self, user_id: str) -> bool:
        """Whether this is a bot the operator listed."""
        return any(fnmatchcase(user_id, glob) for glob in self.ignored)


def read(raw: object, ears: Ears, room_id: str, decrypt: Decrypt) -> Incoming | None:
    """One timeline event; None if it has no id to know it by. `decrypt` gives the clear event, None if it can't."""
    if not isinstance(raw, dict):
        return None
    event_id, sender = _event(raw, "event_id"), _str(raw, "sender")
    if not event_id:
        return None
    if not is_user(sender):
        return Incoming(event_id, "", "bad")
    if not is_shallow(raw):
        return Incoming(event_id, sender, "bad")
    if changed := _change(raw, ears, room_id, sender):
        return Incoming(event_id, sender, "new", changed)
    if raw.get("type") == "m.room.encrypted" and _dict(raw, "content"):
        return _encrypted(raw, event_id, sender, ears, room_id, decrypt)
    return _clear(raw, event_id, sender, ears)


def _change(raw: dict[str, Any], ears: Ears, room_id: str, sender: str) -> dict[str, Any] | None:
    """A change of the room itself, whoever made it: a moderating bot, too, or we."""
    if who := departure(raw):
        return None if ears.ignores(who) else {"kind": "departed", "who": who}
    return successor(raw, room_id, sender)


def _encrypted(raw: dict[str, Any], event_id: str, sender: str, ears: Ears, room_id: str, decrypt: Decrypt) -> Incoming:
    if not _is_megolm(raw["content"]):
        return Incoming(event_id, sender, "bad")
    if sender == ears.user_id:
        return Incoming(event_id, sender, "own", transaction=_str(raw["content"], TRANSACTION))
    if ears.ignores(sender):  # a redaction is never encrypted
        return Incoming(event_id, sender, "ignored")
    decrypted = decrypt(room_id, raw)
    if decrypted is None:
        return Incoming(event_id, sender, "locked", raw, session_id=_str(raw["content"], "session_id"))
    # Who may take back whose words, homeservers judge: what they can't read they let anybody send.
    if not is_shallow(decrypted) or decrypted.get("type") == "m.room.redaction":
        return Incoming(event_id, sender, "bad")
    clear = raw | {"type": decrypted.get("type"), "content": decrypted.get("content")}
    return replace(_clear(clear, event_id, sender, ears), ratchet=_str(decrypted, RATCHET))


def _clear(raw: dict[str, Any], event_id: str, sender: str, ears: Ears) -> Incoming:
    if sender == ears.user_id:
        op_id = _str(_dict(raw, "content"), OP_ID)
        return Incoming(event_id, sender, "own", transaction=transaction_id(op_id) if op_id else "")
    # A redaction is no speech: a moderating bot that is never answered still takes words back.
    if ears.ignores(sender) and raw.get("type") != "m.room.redaction":
        return Incoming(event_id, sender, "ignored")
    return _read_type(raw, event_id, sender, ears)


def _is_megolm(content: dict[str, Any]) -> bool:
    """Whether nio may try it: an empty `session_id` or `sender_key` makes it raise AssertionError. A session's id is a
    public key, not the many kilobytes that somebody makes it.
    """
    needed = ("algorithm", "ciphertext", "session_id", *(["sender_key"] if "sender_key" in content else []))
    return all(_str(content, key) for key in needed) and len(_str(content, "session_id")) <= MAX_ID


def _read_type(raw: dict[str, Any], event_id: str, sender: str, ears: Ears) -> Incoming:
    content = _dict(raw, "content")
    match raw.get("type"):
        case "m.room.message" if "state_key" not in raw:
            return _message(event_id, sender, content, ears)
        case "m.reaction":
            relation = _dict(content, "m.relates_to")
            target, key = _event(relation, "event_id"), _str(relation, "key")
            if relation.get("rel_type") == "m.annotation" and target and key:
                return _new(event_id, sender, kind="reacted", target=target, key=key[:64])
            return Incoming(event_id, sender, "bad")
        case "m.room.redaction":
            # Room version 11 moved `redacts` into the content.
            target = _event(raw, "redacts") or _event(content, "redacts")
            if target:
                incoming = _new(event_id, sender, kind="redacted", target=target)
                return Incoming(event_id, sender, "new", incoming.content, redacts=target)
            return Incoming(event_id, sender, "bad")
    return Incoming(event_id, sender, "ignored")


def _message(event_id: str, sender: str, content: dict[str, Any], ears: Ears) -> Incoming:
    relation = _dict(content, "m.relates_to")
    if relation.get("rel_type") == "m.replace":
        return _edit(event_id, sender, content, _event(relation, "event_id"), ears)
    if content.get("msgtype") != "m.text":  # m.notice is another bot speaking; a redacted message has none
        return Incoming(event_id, sender, "ignored")
    body = _str(content, "body")
    if not body:
        return Incoming(event_id, sender, "bad" if "body" in content and content["body"] != "" else "ignored")
    in_reply_to = _event(_dict(relation, "m.in_reply_to"), "event_id") or None
    in_thread = relation.get("rel_type") == "m.thread"
    falling_back = in_thread and relation.get("is_falling_back") is True
    own = _unquoted(body) if in_reply_to else body
    addressed, text = ears.address(own, content)
    return _new(
        event_id,
        sender,
        kind="heard",
        text=text,
        addressed=addressed,
        thread=(_event(relation, "event_id") or None) if in_thread else None,
        reply_to=None if falling_back else in_reply_to,
        mentions=ears.others(content, own),
    )


def _edit(event_id: str, sender: str, content: dict[str, Any], target: str, ears: Ears) -> Incoming:
    new = _dict(content, "m.new_content")
    body = _str(new, "body")
    if new.get("msgtype") != "m.text" or not body or not target:
        return Incoming(event_id, sender, "ignored")
    _, text = ears.address(_unquoted(body), new)
    relation = _dict(new, "m.relates_to")
    thread = _event(relation, "event_id") if relation.get("rel_type") == "m.thread" else ""
    return _new(event_id, sender, kind="edited", target=target, text=text, thread=thread or None)


def _unquoted(body: str) -> str:
    """Without the quote that older clients put before a reply: those are not the person's words."""
    if not body.startswith("> "):
        return body
    lines = body.split("\n")
    quoted = next((n for n, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[quoted:]).strip()


def _new(event_id: str, sender: str, **content: Any) -> Incoming:
    return Incoming(event_id, sender, "new", content)


def _dict(value: dict[str, Any], key: str) -> dict[str, Any]:
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def _event(value: dict[str, Any], key: str) -> str:
    inner = value.get(key)
    return inner if isinstance(inner, str) and is_event(inner) else ""


def _str(value: dict[str, Any], key: str) -> str:
    inner = value.get(key)
    # A lone surrogate can be sent as JSON but neither stored nor sent again; PostgreSQL keeps no NUL.
    return inner.encode("utf-8", "replace").decode().replace("\0", "\ufffd") if isinstance(inner, str) else ""
