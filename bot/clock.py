"""The only reader of the clock; everybody else is given the time."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def counted() -> float:
    """Seconds that only ever grow, at an even pace, whatever happens to the clock on the wall."""
    return time.monotonic()
