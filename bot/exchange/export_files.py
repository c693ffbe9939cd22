"""Where an export goes: standard output, or a file that is there whole or not at all."""

import os
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from bot.errors import OperatorError
from bot.exchange.text import fingerprint

_IN_MEMORY = 8_000_000  # bytes of a result for standard output; a larger one waits in a temporary file
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(?::[A-Za-z0-9.-]+)?(?<!\.)")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # never a file's name on Windows
_LONGEST = 100

Write = Callable[[str], object]


@contextmanager
def opened(output: Path | None, beginning: bytes = b"") -> Iterator[Write]:
    """Write text into this file, or to standard output: all of it, or none if an exception comes between.

    `beginning` is for files alone. Raises OperatorError if it can't be written.
    """
    try:
        with _whole_file(output) if output else _standard_output() as file:
            file.write(beginning if output else b"")
            yield _writer(file)
    except ConnectionError:  # the database's, or nobody reads the standard output any longer
        raise
    except OSError as error:
        where = output or "standard output"
        raise OperatorError(f"{where}: can't be written ({error.strerror or error})") from error


def expect_writable(output: Path) -> None:
    """Raises OperatorError if nothing can be written there: asked before long work, changes nothing."""
    try:
        target = _target(output)
        if target.is_file() or not target.exists():
            beside = _beside(target)
            beside.open("xb").close()
            beside.unlink()
    except OSError as error:
        raise OperatorError(f"{output}: can't be written ({error.strerror or error})") from error


def folder(path: Path) -> Path:
    """The folder, made if it isn't there; raises OperatorError if it can't be one."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise OperatorError(f"{path}: is a file, not a folder; a file for each is written into a folder") from error
    except OSError as error:
        raise OperatorError(f"{path}: the folder can't be made ({error.strerror or error})") from error
    return path


def file_name(identity: str, ending: str) -> str:
    """A name that every system takes, made of an id: `local-authority:CMD` is `local-authority_CMD`."""
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", identity).strip(".-")[:_LONGEST]
    if _PLAIN.fullmatch(identity) and len(identity) <= _LONGEST and not _DEVICES.fullmatch(identity):
        return identity.replace(":", "_") + ending
    return f"{plain or 'id'}_{fingerprint(identity)}{ending}"


def _writer(file: IO[bytes]) -> Write:
    return lambda text: file.write(text.encode("utf-8", "replace"))  # half a surrogate pair is no character


@contextmanager
def _standard_output() -> Iterator[IO[bytes]]:
    """Kept back until it is whole: a reader that is slow, or a pager, must not hold the database's view open."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
        yield kept
        kept.seek(0)
        with open(sys.stdout.fileno(), "wb", closefd=False) as out:
            shutil.copyfileobj(kept, out)


@contextmanager
def _whole_file(output: Path) -> Iterator[IO[bytes]]:
    """Written beside the file and then put in its place; what isn't a plain file is written as it is."""
    target = _target(output)
    if target.exists() and not target.is_file():
        with target.open("wb") as file:  # /dev/null, a pipe
            yield file
        return
    beside = _beside(target)
    try:
        with beside.open("xb") as file:
            yield file
        if target.exists():
            shutil.copymode(target, beside)
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _target(output: Path) -> Path:
    target = Path(os.path.realpath(output))
    if target.is_dir():
        raise OperatorError(f"{output}: is a folder; name a file")
    return target


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name[:_LONGEST]}.{secrets.token_hex(4)}")
