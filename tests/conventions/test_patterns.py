"""No regular expression that meets what others wrote takes a square of its length: sixty kilobytes would stop us."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

import bot
import plugins

OPERATORS = ("bot.demo", "bot.exchange", "bot.commands", "bot.__main__")  # what an operator runs on files of their own
BOUNDED = {  # what they meet is short already
    "bot.domain.hours._FROM_TO",
    "bot.language.day_words._DASHES",
    "bot.matrix.ids._USER",
    "bot.turn.sequel._OP",
}
SHORT, LONG = 1500, 15_000
ATOMS = [
    *" \n\ta1@:-.,;!?>`*[](){}#/'\"_\u00a0\u2013é", "12", "@a", "a:", " \n", "9-", " to", "``", "**", "and ", "d'",
    "1:", "{a", "[a](http", "@a:b ", "a\u0301",
]  # fmt: skip


def _modules() -> Iterator[str]:
    for package in (bot, plugins):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not module.name.startswith(OPERATORS):
                yield module.name


def _patterns() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for name in _modules():
        for called, value in vars(importlib.import_module(name)).items():
            if isinstance(value, re.Pattern) and f"{name}.{called}" not in BOUNDED:
                found.setdefault(f"{name}.{called}", value)
    return found


def _cost(pattern: re.Pattern[str], text: str) -> float:
    began = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - began


@pytest.mark.parametrize("pattern", [pytest.param(p, id=name) for name, p in _patterns().items()])
def test_ten_times_the_text_takes_no_hundred_times_as_long(pattern: re.Pattern[str]) -> None:
    for atom in ATOMS:
        for end in ("", "!x"):
            short = _cost(pattern, (atom * SHORT)[:SHORT] + end)
            # Linear is ten times; a square is a hundred, of which each is a good deal more than the grain of the clock.
            assert _cost(pattern, (atom * LONG)[:LONG] + end) < 30 * short + 0.1, repr(atom)
