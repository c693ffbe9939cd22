"""How the loops wake each other, and wait for a homeserver that doesn't answer."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.turn.chat import TryLater

log = structlog.get_logger()

HELD = timedelta(minutes=10)  # how long a hole in what was heard holds back its room, and the timers
SILENCE = timedelta(minutes=2)  # four long polls without an answer


async def woken(event: asyncio.Event, seconds: float | None) -> None:
    """Wait until it is set, or so many seconds have passed; None: for ever. Before Python 3.12 `wait_for` may swallow
    a cancellation that comes together with the event: the bot would not end when it is told to.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


@dataclass
class Signals:
    """Events set by one loop and awaited by another; what readiness is judged by."""

    think: asyncio.Event = field(default_factory=asyncio.Event)
    say: asyncio.Event = field(default_factory=asyncio.Event)
    fill: asyncio.Event = field(default_factory=asyncio.Event)
    locked: asyncio.Event = field(default_factory=asyncio.Event)
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    thought: asyncio.Event = field(default_factory=asyncio.Event)  # nothing is left to think about
    said: asyncio.Event = field(default_factory=asyncio.Event)  # nothing is under way
    connected: bool = False
    heard_at: datetime | None = None
    failure: BaseException | None = None
    clock_doubted: bool = False


@dataclass
class Backoff:
    """Waits longer each time, up to half a minute, as long as the server gives no time of its own."""

    what: str
    tries: int = 0

    def reset(self) -> None:
        """It worked."""
        self.tries = 0

    def seconds(self, error: TryLater) -> float:
        """How long to wait this time; spread a little, so that a crowd doesn't come back at once."""
        self.tries += 1
        if error.seconds is not None:
            return error.seconds
        return min(30.0, 0.25 * 2.0 ** min(self.tries, 10)) * random.uniform(0.8, 1.2)

    async def wait(self, error: TryLater) -> None:
        """Say so, and wait."""
        seconds = self.seconds(error)
        log.warning("trying again", what=self.what, reason=error.reason, seconds=round(seconds, 1))
        await asyncio.sleep(seconds)
