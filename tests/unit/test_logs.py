"""Whatever is logged, by us or by a library at any level: no words of an exception, none of a library's."""

import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

import pytest
import structlog
from pydantic import BaseModel, ValidationError

from bot import logs

CANARY = "kanariq5b1c"


class Numbers(BaseModel):
    """Its errors quote what it was given."""

    number: int


pretty_or_not = pytest.mark.parametrize("pretty", [False, True], ids=["json", "pretty"])


@contextmanager
def configured(pretty: bool) -> Iterator[None]:
    """Logs as the process has them, with every library's at level debug, and put back afterwards."""
    with ExitStack() as stack:
        for module, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
            stack.enter_context(mock.patch.object(module, hook))
        root = logging.getLogger()
        stack.enter_context(mock.patch.object(root, "handlers", []))
        stack.callback(root.setLevel, root.level)
        stack.callback(structlog.reset_defaults)
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("always")
        logs.configure(pretty)
        root.setLevel(logging.DEBUG)
        yield


def fail(text: str) -> None:
    """Raises what quotes this text, because of another that does."""
    try:
        Numbers.model_validate({"number": text})
    except ValidationError as error:
        raise ValueError(text) from error


@pretty_or_not
def test_an_exception_is_logged_with_its_place_and_without_its_words(
    capsys: pytest.CaptureFixture[str], pretty: bool
) -> None:
    with configured(pretty):
        try:
            fail(CANARY)
        except ValueError as error:
            structlog.get_logger().exception("failed")
            structlog.get_logger().error("failed", exc_info=error)
            sys.excepthook(type(error), error, error.__traceback__)
            threading.excepthook(threading.ExceptHookArgs([type(error), error, error.__traceback__, None]))
    seen = capsys.readouterr()
    assert seen.err.count("ValueError") == 4
    assert seen.err.count("test_logs.py:") >= 4
    assert CANARY not in seen.out + seen.err


@pretty_or_not
@pytest.mark.parametrize("name", ["nio", "peewee", "aiosqlite", "aiohttp.access", "asyncio", "third.party"])
def test_a_librarys_log_has_none_of_its_words_at_any_level(
    capsys: pytest.CaptureFixture[str], pretty: bool, name: str
) -> None:
    with configured(pretty):
        library = logging.getLogger(name)
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
            library.log(level, "said %s", CANARY, extra={"said": CANARY})
            library.log(level, "%d %d", CANARY)
        try:
            fail(CANARY)
        except ValueError:
            library.critical(CANARY, exc_info=True)
        warnings.warn(CANARY, stacklevel=1)
    seen = capsys.readouterr()
    assert "test_logs.py:" in seen.err
    assert "ValueError" in seen.err
    assert CANARY not in seen.out + seen.err


@pretty_or_not
def test_a_line_is_one_line_and_commands_no_terminal(capsys: pytest.CaptureFixture[str], pretty: bool) -> None:
    with configured(pretty):
        structlog.get_logger().warning("said", user_id="@eve\x1b[2J\n\x9b1m\u202e:evil.example")
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert not {"\x9b", "\u202e"} & set(line)
    if not pretty:
        assert json.loads(line)["user_id"] == r"@eve\x1b[2J\n\x9b1m\u202e:evil.example"
