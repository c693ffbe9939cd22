"""Libraries without what they take along only because it is there: megabytes in a process that runs for months."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


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
