"""Logs: one JSON object a line on stderr, with event ids and never with what anybody wrote."""

import logging
import sys

import structlog


def configure(pretty: bool = False) -> None:
    """Send all logs to stderr; `pretty` for a person at a terminal."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if pretty:
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception_without_locals,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format='{"level": "warning", "logger": "%(name)s"}')
    # nio logs the events it can't read, with their content.
    logging.getLogger("nio").setLevel(logging.CRITICAL)
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)


def _exception_without_locals(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """The exception's type and where it was raised; not its message, which may quote somebody."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        frames = []
        trace = error.__traceback__
        while trace:
            frames.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["exception"] = type(error).__name__
        event["at"] = frames[-6:]
    return event
