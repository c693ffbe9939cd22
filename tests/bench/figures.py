"""A measured figure, and how times are taken."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    value: float
    unit: str


def percentile(values: list[float], part: float) -> float:
    """The value that this part of all values doesn't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def timed(work: Callable[[], object], times: int) -> list[float]:
    """How many milliseconds each of `times` runs took."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


async def timed_async(work: Callable[[], Awaitable[object]], times: int) -> list[float]:
    """Likewise, awaited."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


__all__ = ["Figure", "median", "percentile", "timed", "timed_async"]
