"""A digest told by a template: its own text is read with the marks of a sentence, what it prints is only filled in."""

import re
import traceback
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, Undefined, pass_context

from bot.plugin import Context
from bot.words import Block, Items, Line, Link, Phrase, Written, phrase
from plugins.digest.sandbox import LARGEST, Sandbox, Sentence

BUILT_IN = (Path(__file__).parent / "digest.j2").read_text(encoding="utf-8")
LONGEST = 20_000  # characters, of the source and of what is written
LONGEST_LINE = 2_000
MOST_VALUES = 1_000
ITEM = ("- ", "· ")
COMPILED = "<template>"  # how Jinja2 calls it in a traceback

_LINK = re.compile(r"\[([^\[\]{}`*]+)\]\((https?://[^\s(){}]+)\)")
# What a template can do wrong: anything else would be our own mistake.
_WRONG = (
    TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError, NameError, RecursionError, SyntaxError,
    TypeError, ValueError,
)  # fmt: skip


class TemplateBroken(Exception):
    """A template that can't be told by: what is wrong, and in which line (0: in none)."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


def words(source: str, values: Mapping[str, object]) -> list[Block]:
    """What the template says of these values; a line that begins with "- " or "· " is an item of a list.

    Raises TemplateBroken for whatever is wrong with it. It may take a number of steps, not a time: there is no clock.
    """
    _check_text(source)
    fillings = _Fillings(source)
    lines = _printed(source, values, fillings).split("\n")
    return list(_blocks([line for line in (_tidy(line) for line in lines) if line], fillings))


def told(context: Context[Any], values: Mapping[str, object]) -> tuple[list[Block], Phrase | None]:
    """The digest by the community's own template, else by the built-in one; and what is wrong with theirs."""
    path = context.settings.template
    try:
        return words(read(path) if path else BUILT_IN, values), None
    except TemplateBroken as broken:
        wrong = phrase("digest.template_broken", file=path, line=_where(broken), reason=broken.reason)
        return words(BUILT_IN, values), wrong


def _where(broken: TemplateBroken) -> Phrase | str:
    return phrase("digest.template_line", line=broken.line) if broken.line else ""


def read(path: str) -> str:
    """The text of a template's file; raises TemplateBroken if it can't be one."""
    file = Path(path)
    try:
        if not file.is_file():
            raise TemplateBroken(0, "there is no such file")
        if file.stat().st_size > LONGEST * 4:
            raise TemplateBroken(0, f"it is longer than {LONGEST} characters")
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateBroken(0, "it is no UTF-8 text") from error
    except (OSError, ValueError) as error:
        raise TemplateBroken(0, "it can't be read") from error


@dataclass
class _Fillings:
    """What was printed, under names that the template's own text doesn't have."""

    source: str
    values: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._prefix = "v"
        while "{" + self._prefix in self.source:
            self._prefix += "v"

    def put(self, value: object) -> str:
        """The place where this value is filled in."""
        name = f"{self._prefix}{len(self.values)}"
        self.values[name] = value
        return "{" + name + "}"

    @pass_context  # a finalize with a context is never run while compiling
    def printed(self, _: object, value: object) -> str:
        """What stands in the text for a value that the template prints."""
        if isinstance(value, Undefined):
            str(value)  # says which one it is
        if value is None or value == "":
            return ""
        for one in value if isinstance(value, list | tuple) else (value,):
            if not isinstance(one, Sentence | str | int | float | date | timedelta):
                raise TypeError(f"only words, numbers, dates and lists of them can be printed, not a {_kind(one)}")
            if isinstance(one, float) and not abs(one) <= LARGEST:  # not a number isn't, either
                raise ValueError("a number is too large")
        if len(self.values) >= MOST_VALUES:
            raise ValueError(f"it prints more than {MOST_VALUES} values")
        return self.put(value)


def _kind(value: object) -> str:
    return type(value).__name__.lstrip("_")


def _check_text(source: str) -> None:
    if len(source) > LONGEST:
        raise TemplateBroken(0, f"it is longer than {LONGEST} characters")
    for number, line in enumerate(source.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise TemplateBroken(number, f"the line is longer than {LONGEST_LINE} characters")
        if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in line if sign not in "\t\r"):
            raise TemplateBroken(number, "a sign in it can't be shown")


def _printed(source: str, values: Mapping[str, object], fillings: _Fillings) -> str:
    sandbox = Sandbox(fillings.printed)
    try:
        template = sandbox.from_string(sandbox.checked(source))
        pieces, length = [], 0
        for piece in template.generate(dict(values)):
            length += len(piece)
            if length > LONGEST:
                raise ValueError(f"it writes more than {LONGEST} characters")
            pieces.append(piece)
    except _WRONG as error:
        raise TemplateBroken(_line(error), _reason(error)) from error
    return "".join(pieces)


def _line(error: BaseException) -> int:
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename == COMPILED), 0)


def _reason(error: BaseException) -> str:
    match error:
        case RecursionError() | MemoryError():
            return "it is too deeply nested"
        case TemplateError():
            return error.message or _kind(error)
    return str(error)


def _tidy(line: str) -> str:
    """Without space around it; empty if it is an item of nothing."""
    line = " ".join(line.split())
    return "" if line + " " in ITEM else line


def _blocks(lines: Sequence[str], fillings: _Fillings) -> Iterator[Block]:
    for is_item, some in groupby(lines, lambda line: line.startswith(ITEM)):
        if is_item:
            yield Items(tuple(_sentence(line[2:], fillings) for line in some))
        else:
            yield from (_sentence(line, fillings) for line in some)


def _sentence(line: str, fillings: _Fillings) -> Line:
    alone = fillings.values.get(line[1:-1]) if line.startswith("{") else None
    if isinstance(alone, Phrase):
        return alone
    line = _LINK.sub(lambda found: fillings.put(Link(found[2], found[1])), line)
    return Written(
        line, {name: fillings.values[name] for name in re.findall(r"\{(\w+)\}", line) if name in fillings.values}
    )
