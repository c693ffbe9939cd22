"""A conversation as a text file, one step a line; empty lines and lines that begin with # are passed over.

    ana planning: @clerk who uses PlanX?    ana says this in the room "planning"
    ben planning > thread: Clear the cache.  ben says it in the thread of what the bot spoke of last there
    ben planning react 🙋                    ben reacts to the bot's last card, call or answer there
    wait 2s                                  nothing for two seconds
    expect "used by \\d+ councils"           a message (or edit) of the bot's, since the last step by a person
    expect maintainers "Call for"            the same in another room: one that no step has heard yet
    expect digest "The week" within 60s      any `expect` may wait longer (or shorter) than 20 seconds
    == Who uses what?                        the title of an act
    -- Nobody answers.                       a line of narration

The regular expression is Python's, searched for in the plain body; `.` also matches a line's end, and `^`
and `$` match at every line. Accounts and rooms that the community doesn't have are made for the script.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.domain import durations
from bot.errors import OperatorError

PATIENCE = 20.0  # seconds an expectation waits
LONGEST = 3600.0
RESERVED = frozenset({"clerk", "observer"})  # the bot, and who watches it for us


@dataclass(frozen=True)
class Say:
    """Somebody says something in a room, or in the thread there."""

    who: str
    room: str
    text: str
    in_thread: bool = False


@dataclass(frozen=True)
class React:
    """Somebody puts an emoji on the bot's last message in a room."""

    who: str
    room: str
    key: str


@dataclass(frozen=True)
class Wait:
    """Nothing happens for a while."""

    seconds: float


@dataclass(frozen=True)
class Expect:
    """The bot is to say something: where somebody spoke last, or in the room named."""

    pattern: re.Pattern[str]
    room: str | None = None
    patience: float = PATIENCE
    line: int = 0


@dataclass(frozen=True)
class Act:
    """A title between two parts."""

    title: str


@dataclass(frozen=True)
class Narrate:
    """A word to the audience."""

    text: str


Step = Say | React | Wait | Expect | Act | Narrate


@dataclass(frozen=True)
class Script:
    """The steps, in order."""

    steps: tuple[Step, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who acts, by first appearance."""
        return tuple(dict.fromkeys(step.who for step in self.steps if isinstance(step, Say | React)))

    @property
    def rooms(self) -> tuple[str, ...]:
        """Every room that is named, likewise."""
        named = (step.room for step in self.steps if isinstance(step, Say | React | Expect))
        return tuple(dict.fromkeys(room for room in named if room))

    @property
    def expectations(self) -> int:
        """How many replies are expected."""
        return sum(isinstance(step, Expect) for step in self.steps)


def read(path: Path) -> Script:
    """The script in a file; OperatorError says which line is wrong, and why."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise OperatorError(f"the script {path} is not UTF-8 text: {error}") from error
    except OSError as error:
        raise OperatorError(f"the script {path} can't be read: {error.strerror}") from error
    return parse(text.splitlines(), str(path))


def parse(lines: Iterable[str], name: str) -> Script:
    """The script in these lines; `name` is what errors call it."""
    steps: list[Step] = []
    for number, line in enumerate(lines, 1):
        try:
            step = _step(line.strip(), number)
            if isinstance(step, Expect) and step.room is None:
                _check_that_somebody_spoke(steps)
        except ValueError as error:
            raise OperatorError(f"{name}, line {number}: {error}") from error
        steps += [step] if step else []
    if not steps:
        raise OperatorError(f"{name}: there is nothing to play in it")
    return Script(tuple(steps))


_NAME = r"[a-z0-9][a-z0-9._=/+-]*"
_ROOM = r"[a-z0-9][a-z0-9._-]*"
_SAY = re.compile(rf"@?({_NAME})\s+#?({_ROOM})\s*(>\s*thread)?\s*:\s*(.*)", re.IGNORECASE)
_REACT = re.compile(rf"@?({_NAME})\s+#?({_ROOM})\s+react\s+(\S+)", re.IGNORECASE)
_WAIT = re.compile(r"wait\s+(.+)", re.IGNORECASE)
_EXPECT = re.compile(rf'expect(?:\s+#?({_ROOM}))?\s*:?\s+"(.*)"(?:\s+within\s+(\S+))?', re.IGNORECASE)
FORMS = 'write “ana planning: words”, “wait 2s” or “expect "regex"”'


def _step(line: str, number: int) -> Step | None:
    if not line or line.startswith("#"):
        return None
    if line.startswith("=="):
        return Act(_said(line.strip("= "), "the act has no title"))
    if line.startswith("--"):
        return Narrate(_said(line.strip("- "), "there are no words after the dashes"))
    keyword = line.split(maxsplit=1)[0].casefold()
    if keyword in _KEYWORDS:
        return _KEYWORDS[keyword](line, number)
    return _deed(line)


def _deed(line: str) -> Say | React:
    """What somebody does."""
    if reacted := _REACT.fullmatch(line):
        return React(_person(reacted[1]), reacted[2].casefold(), reacted[3])
    said = _SAY.fullmatch(line)
    if not said:
        raise ValueError(f"I can't read “{_short(line)}”; {FORMS}")
    text = _said(said[4], f"{said[1]} says nothing: write the words after the colon")
    return Say(_person(said[1]), said[2].casefold(), text, in_thread=said[3] is not None)


def _wait(line: str, _number: int) -> Wait:
    written = _WAIT.fullmatch(line)
    if not written:
        raise ValueError("how long? Write it like “wait 2s”")
    return Wait(_seconds(written[1]))


def _expect(line: str, number: int) -> Expect:
    written = _EXPECT.fullmatch(line)
    if not written or not written[2]:
        raise ValueError('an expectation is written “expect "regex"” or “expect room "regex"”')
    try:
        pattern = re.compile(written[2], re.DOTALL | re.MULTILINE)
    except re.error as error:
        raise ValueError(f"“{_short(written[2])}” is no regular expression: {error}") from error
    room = written[1].casefold() if written[1] else None
    return Expect(pattern, room, _seconds(written[3]) if written[3] else PATIENCE, number)


_KEYWORDS: dict[str, Callable[[str, int], Step]] = {"wait": _wait, "expect": _expect}


def _check_that_somebody_spoke(steps: list[Step]) -> None:
    if not any(isinstance(step, Say | React) for step in steps):
        raise ValueError('nobody has said anything yet; write “expect room "regex"” to name the room')


def _person(name: str) -> str:
    who = name.casefold()
    if who in RESERVED:
        raise ValueError(f"nobody can speak as {who}: it is the demo's own account")
    return who


def _said(text: str, reproach: str) -> str:
    if not text.strip():
        raise ValueError(reproach)
    return text.strip()


def _seconds(text: str) -> float:
    seconds = durations.parse(text).total_seconds()
    if seconds > LONGEST:
        raise ValueError(f"“{text}” is longer than an hour")
    return seconds


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
