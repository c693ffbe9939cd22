"""When the key of a room is changed for a new one: never later than the room's own state asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

LEAST_AGE = timedelta(hours=1)  # a hostile room asks for a key a message; clients do the same (matrix-rust-sdk)


@dataclass(frozen=True)
class Rotation:
    """After so many messages, or when the key is so old."""

    messages: int = 100
    age: timedelta = timedelta(days=7)

    def within(self, asked: Mapping[str, Any]) -> "Rotation":
        """The stricter of this and what `m.room.encryption` asks (`rotation_period_msgs`, `rotation_period_ms`)."""
        messages, ms = asked.get("rotation_period_msgs"), asked.get("rotation_period_ms")
        return Rotation(
            min(self.messages, max(1, messages)) if type(messages) is int else self.messages,
            min(self.age, max(LEAST_AGE, _span(ms))) if type(ms) is int else self.age,
        )


def _span(ms: int) -> timedelta:
    return timedelta(milliseconds=min(max(0, ms), 10**14))
