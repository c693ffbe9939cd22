"""Little memory for a process that runs for months: libraries without what they needn't bring, nothing kept freed."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ARENA_MAX = -8  # of glibc's malloc.h


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Inside, these are as if they weren't installed, unless they are imported already."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: the import system's "not to be found"
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


def share_one_heap() -> None:
    """One heap for all threads, which Python lets run one at a time: by itself glibc gives each its own, half empty."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Hand the memory that is free again to the system, which the C library of Linux does by itself only in part. What
    is left stays for good: the garbage collector needn't look through it again and again.
    """
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError):  # another C library has no such function
        ctypes.CDLL(None).malloc_trim(0)
