"""A question that is to become a request."""

from dataclasses import dataclass

from bot.domain.request import Kind
from bot.events import Heard
from bot.language.meaning import Named

KNOWN_BY = 30  # letters of its beginning


@dataclass(frozen=True)
class Question:
    """What is asked, where and by whom. `room`: where it is to be answered, if not where it was asked; `opened_by`:
    who pointed at it, if it wasn't its author.
    """

    heard: Heard
    tool: Named | None
    text: str
    kind: Kind = Kind.HELP
    topic: str = ""
    opened_by: str = ""
    room: str = ""


def whole(part: str | None, text: str) -> str:
    """All from where the question begins, as it was written: what it was understood by leaves out quotes and code."""
    begin = text.find(part.splitlines()[0][:KNOWN_BY]) if part else -1
    return text[max(begin, 0) :].strip()
