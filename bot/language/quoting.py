"""What somebody says themselves: a command inside a quote or a block of code is somebody else's, or an example."""

import re
from collections.abc import Iterator

_QUOTE = re.compile(r" {0,3}>")
_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}(?=[^`]*$)|~{3,})")
_TICKS = re.compile(r"`+")
_GAP = re.compile(r"(\n[^\S\n]*\n)")  # code inside a line ends where its paragraph does


def said(text: str, *, addressed: bool) -> str:
    """The text without quoted lines and blocks of code. Code inside a line goes too, unless the message is addressed:
    then only its marks do, for people copy a command with them.
    """
    return "\n".join(filter(None, (_plain(stretch, addressed).strip() for stretch in _stretches(text))))


def _stretches(text: str) -> Iterator[str]:
    """What stands between the quoted lines and the blocks; a block that nobody closed goes on to the end."""
    kept: list[str] = []
    fence = ""
    for line in text.splitlines():
        marks = _marks(line)
        if fence:
            if marks and marks[0] == fence[0] and len(marks) >= len(fence) and line.strip() == marks:
                fence = ""
        elif marks or _QUOTE.match(line):
            fence = marks
            yield "\n".join(kept)
            kept = []
        else:
            kept.append(line)
    yield "\n".join(kept)


def _marks(line: str) -> str:
    found = _FENCE.match(line)
    return found["marks"] if found else ""


def _plain(stretch: str, addressed: bool) -> str:
    return "".join(_without_code(part, addressed) for part in _GAP.split(stretch))


def _without_code(paragraph: str, addressed: bool) -> str:
    runs = [(run.start(), run.end()) for run in _TICKS.finditer(paragraph)]
    closing = _closing(runs)
    kept: list[str] = []
    at = end = 0
    while at < len(runs):
        if (close := closing[at]) < 0:  # a mark without its partner is a mark
            at += 1
            continue
        kept.append(paragraph[end : runs[at][0]])
        if addressed:
            kept.append(paragraph[runs[at][1] : runs[close][0]])
        at, end = close + 1, runs[close][1]
    return "".join((*kept, paragraph[end:]))


def _closing(runs: list[tuple[int, int]]) -> list[int]:
    """For each run of marks the next that is as long; worked out from the end, so that no text takes long."""
    following: dict[int, int] = {}
    closing = [-1] * len(runs)
    for at in range(len(runs) - 1, -1, -1):
        length = runs[at][1] - runs[at][0]
        closing[at] = following.get(length, -1)
        following[length] = at
    return closing
