"""A fault: what is injected, what must hold, and the story in which it happens."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults.scene import Scene

Story = Callable[[Scene], Awaitable[None]]
ALL_ANSWERED = "each question answered once, in order"


@dataclass(frozen=True)
class Fault:
    """`by` says how it is injected; `holds` what must be true over and above what the oracle asks of every story."""

    name: str
    by: str
    story: Story
    holds: str = ALL_ANSWERED
    mark: str = ""  # "own server": others are not to meet what is done to it; "short tokens": one where these end soon


FAULTS: dict[str, Fault] = {}


def add(name: str, by: str, story: Story, holds: str = ALL_ANSWERED, mark: str = "") -> None:
    """Put it on the list."""
    assert name not in FAULTS, f"two faults are called {name!r}"
    FAULTS[name] = Fault(name, by, story, holds, mark)


def fault(name: str, by: str, holds: str = ALL_ANSWERED, mark: str = "") -> Callable[[Story], Story]:
    """Put the story it decorates on the list."""

    def decorate(story: Story) -> Story:
        add(name, by, story, holds, mark)
        return story

    return decorate


class NotTried(Exception):
    """This machine can't do that; the text says what is missing."""
