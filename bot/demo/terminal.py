"""A line typed at a terminal while others speak: what they say appears above it, and it stays whole."""

import asyncio
import readline
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Terminal:
    """Reads lines with readline, in a thread of its own, so that the loop goes on and Ctrl-C ends all."""

    def __init__(self) -> None:
        self._prompt = ""
        self._asking = False

    @contextmanager
    def kept_sane(self) -> Iterator["Terminal"]:
        """Leave the terminal as it was, also when a line was being typed."""
        modes = termios.tcgetattr(sys.stdin)
        try:
            yield self
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, modes)
            if self._asking:
                sys.stdout.write("\n")

    async def line(self, prompt: str) -> str | None:
        """The next line typed; None at its end (Ctrl-D)."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str | None] = loop.create_future()
        self._prompt = prompt

        def settle(typed: str | None) -> None:
            self._asking = False
            if not answer.done():
                answer.set_result(typed)

        def ask() -> None:
            typed: str | None = None
            with suppress(EOFError):
                typed = input(prompt)
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, typed)

        self._asking = True
        # A daemon: an unfinished line must not keep the program from ending.
        threading.Thread(target=ask, daemon=True).start()
        return await answer

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Print something above the line that is being typed."""
        if self._asking:
            sys.stdout.write("\r\x1b[K")
        yield
        if self._asking:
            sys.stdout.write(self._prompt + readline.get_line_buffer())
            sys.stdout.flush()
