"""Logs: one JSON object a line on stderr, with event ids and never with what anybody wrote."""

import logging
import re
import sys
import threading
import warnings
from pathlib import Path
from typing import TextIO

import structlog

log = structlog.get_logger()

# What a terminal would obey, or show in another order than it was written.
_ACTIVE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def configure(pretty: bool = False) -> None:
    """Send all logs to stderr, those of other libraries and what ends the process, too; `pretty` for a person."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if pretty:
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception_without_words,
            _inert,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING)
    warnings.showwarning = _warned
    # Of every event that they can't read: a hostile server would fill the disk.
    logging.getLogger("nio").setLevel(logging.CRITICAL)
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    # Python's own hooks show an exception's message.
    sys.excepthook = lambda _kind, error, _trace: _ended(error)
    sys.unraisablehook = lambda args: _ended(args.exc_value)
    threading.excepthook = lambda args: _ended(args.exc_value)


def inert(text: str, keep: str = "") -> str:
    """A text as it may be shown at a terminal, whoever wrote it; the characters to `keep` are left as they are."""
    return _ACTIVE.sub(lambda found: found[0] if found[0] in keep else ascii(found[0])[1:-1], text)


class _Libraries(logging.Handler):
    """Other libraries' logs: which one, where and how bad, without their words, which may quote anybody."""

    def emit(self, record: logging.LogRecord) -> None:
        where = _place(record.pathname, record.lineno)
        error = record.exc_info[1] if record.exc_info else None
        log.log(record.levelno, "a library's log", logger=record.name, where=where, exc_info=error)


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    log.warning("a library's log", logger=category.__name__, where=_place(filename, lineno))


def _ended(error: BaseException | None) -> None:
    log.critical("a fault of townclerk's own", exc_info=error)


def _place(file: str, line: int) -> str:
    return f"{Path(file).name}:{line}"


def _exception_without_words(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """The exception's type and where it was raised; not its message, which may quote somebody, and no variables."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        frames = []
        trace = error.__traceback__
        while trace:
            code = trace.tb_frame.f_code
            frames.append(f"{_place(code.co_filename, trace.tb_lineno)} {code.co_name}")
            trace = trace.tb_next
        event["exception"] = type(error).__name__
        event["at"] = frames[-6:]
    return event


def _inert(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: inert(value) if isinstance(value, str) else value for key, value in event.items()}
