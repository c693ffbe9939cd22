"""What an operator names to import: files, folders with everything that is read in them, and web addresses."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import OperatorError
from bot.exchange.document import LARGEST, Document, read_document
from bot.exchange.kinds import is_read

MOST_FILES = 50_000
_ENDINGS = frozenset({".yml", ".yaml", ".json", ".csv", ".tsv", ".yaml-ext", ".yml-ext"})


@dataclass(frozen=True)
class Passed:
    """A file in a folder that is none of ours."""

    path: Path


def is_address(source: str) -> bool:
    """Whether this is a web address rather than a path."""
    return re.match(r"[a-z][a-z0-9+.-]*://", source, re.IGNORECASE) is not None


def files_in(folder: Path) -> Iterator[Path]:
    """All files below, by name; hidden ones and linked folders are left alone."""
    count = 0
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.startswith("."):
                continue
            count += 1
            if count > MOST_FILES:
                raise OperatorError(f"{folder}: has more than {MOST_FILES:,} files; name a folder below it")
            yield Path(here) / name


def documents_at(path: Path, largest: int = LARGEST) -> Iterator[Document | Passed | OperatorError]:
    """The file at this path, or every file in the folder; what can't be read is told in its place."""
    if not os.path.isdir(path):  # Path.is_dir minds a name that is too long
        yield _one(path, largest)
        return
    for file in files_in(path):
        if file.suffix.casefold() not in _ENDINGS or not file.is_file():
            yield Passed(file)
            continue
        document = _one(file, largest)
        yield document if not isinstance(document, Document) or is_read(document) else Passed(file)


def _one(path: Path, largest: int) -> Document | OperatorError:
    try:
        return read_document(path, largest)
    except OperatorError as error:
        return error
