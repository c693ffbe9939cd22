"""A command as a process: its streams, Ctrl-C, and every failure as one line on stderr with its exit code."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn, TypeVar

import typer

from bot.errors import OperatorError
from bot.language.vocabulary import BrokenVocabulary
from bot.logs import inert

INTERRUPTED = 130
_PATIENCE = 2.0  # seconds for closing what is open: a long statement can't be stopped

T = TypeVar("T")


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """What goes wrong inside ends the process with one line on stderr."""
    _open_streams()
    try:
        yield
        sys.stdout.flush()
    except (OperatorError, BrokenVocabulary) as error:
        _fail(str(error))
    except BrokenPipeError:
        _fail("")  # nobody reads on: they know
    except OSError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        leave()


def do(work: Coroutine[object, object, T]) -> T:
    """Run this. Ctrl-C stops it where it stands; asyncio's own way waits for the next pause."""
    before = signal.getsignal(signal.SIGINT)
    heard = before is signal.default_int_handler  # a shell's background job is told to ignore it
    try:
        if heard:
            signal.signal(signal.SIGINT, _interrupt)
        return asyncio.run(work)
    except KeyboardInterrupt:
        leave()
    finally:
        if heard:
            signal.signal(signal.SIGINT, before)


def confirmed(question: str, default: bool | None = True) -> bool:
    """What a person at the terminal answers; Ctrl-C and Ctrl-D end the command. Without a default, Enter asks again."""
    try:
        return typer.confirm(question, default=default, err=True)
    except typer.Abort:
        typer.echo("", err=True)
        leave()


def say(text: str) -> None:
    """A line of the result, or several; nothing in them commands the terminal."""
    try:
        typer.echo(inert(text, keep="\n\t"))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OperatorError(f"standard output: can't be written ({error.strerror or error})") from error


def leave() -> NoReturn:
    """End at once: the database's thread would be waited for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # pressed again, it changes nothing
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(INTERRUPTED)


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    last_resort = threading.Timer(_PATIENCE, os._exit, [INTERRUPTED])
    last_resort.daemon = True
    last_resort.start()
    raise KeyboardInterrupt


def _open_streams() -> None:
    """In place of what the caller closed: nothing to read, errors to nobody; a result for nobody can't be written."""
    nowhere = Path(os.devnull)
    sys.stdin = sys.stdin or nowhere.open(encoding="utf-8")
    sys.stdout = sys.stdout or nowhere.open(encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")


def _fail(reason: str) -> NoReturn:
    if reason:
        typer.echo(f"townclerk: {inert(' '.join(reason.split()))}", err=True)
    try:
        sys.stdout.flush()
    except (OSError, ValueError):  # what couldn't be written would be tried, and told, once more at the end
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    sys.exit(1)
