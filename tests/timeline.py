"""A room's timeline as any client sees it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Seen:
    """An event of a room's timeline as any client sees it."""

    raw: Mapping[str, Any]

    @property
    def event_id(self) -> str:
        """The event's id."""
        return str(self.raw["event_id"])

    @property
    def sender(self) -> str:
        """Who sent it."""
        return str(self.raw["sender"])

    @property
    def type(self) -> str:
        """The kind of event: `m.room.message`, `m.reaction` and so on."""
        return str(self.raw["type"])

    @property
    def content(self) -> Mapping[str, Any]:
        """What it says; empty once redacted."""
        content: Mapping[str, Any] = self.raw.get("content", {})
        return content

    @property
    def body(self) -> str:
        """The text of a message, the new text of an edit; empty for anything else."""
        return str(self.content.get("m.new_content", self.content).get("body", ""))

    @property
    def html(self) -> str:
        """The formatted text, likewise."""
        return str(self.content.get("m.new_content", self.content).get("formatted_body", ""))

    @property
    def mentions(self) -> Sequence[str]:
        """Whom it pings."""
        pinged: Sequence[str] = self.content.get("m.mentions", {}).get("user_ids", ())
        return pinged

    @property
    def is_message(self) -> bool:
        """A message of its own: neither an edit nor redacted."""
        return self.type == "m.room.message" and bool(self.content) and self.replaces is None

    @property
    def thread(self) -> str | None:
        """The root of the thread it is in."""
        return self._related("m.thread")

    @property
    def replaces(self) -> str | None:
        """The event it edits."""
        return self._related("m.replace")

    @property
    def reacts_to(self) -> str | None:
        """The event it is a reaction to."""
        return self._related("m.annotation")

    @property
    def key(self) -> str | None:
        """The emoji of a reaction."""
        key: str | None = self._relation.get("key")
        return key

    @property
    def reply_to(self) -> str | None:
        """The event it answers; in a thread only if it really answers one."""
        if self.thread and self._relation.get("is_falling_back"):
            return None
        answered: str | None = self._relation.get("m.in_reply_to", {}).get("event_id")
        return answered

    @property
    def _relation(self) -> Mapping[str, Any]:
        relation: Mapping[str, Any] = self.content.get("m.relates_to", {})
        return relation

    def _related(self, kind: str) -> str | None:
        return str(self._relation["event_id"]) if self._relation.get("rel_type") == kind else None

    def __str__(self) -> str:
        what = self.body or self.key or self.content.get("membership") or ""
        return f"{self.sender} {self.type}: {what}"


Sieve = Callable[[Seen], bool]


def said_by(user_id: str, *words: str) -> Sieve:
    """A sieve for messages (not edits) of one person that contain all of `words`."""
    return lambda seen: seen.is_message and seen.sender == user_id and all(word in seen.body for word in words)
