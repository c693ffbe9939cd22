"""A file or page to be read: its name, its text, and the limits on how much of it there may be."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from bot.errors import OperatorError
from bot.exchange.text import whole

MEGABYTE = 1_000_000
LARGEST = 16 * MEGABYTE
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Document:
    """What is to be read, under the name that reports give it; `url` if it came from the web."""

    name: str
    text: str
    url: str = ""

    @property
    def short_name(self) -> str:
        """The name without its folders."""
        return self.name.rstrip("/").rsplit("/", 1)[-1]


def read_document(path: Path, largest: int = LARGEST) -> Document:
    """The file as text; OperatorError says in one line why it can't be."""
    name = whole(str(path))
    try:
        if path.exists() and not path.is_file():
            raise OperatorError(f"{name}: is neither a file nor a folder")
        with path.open("rb") as file:
            content = file.read(largest + 1)  # never more than that in memory, whatever the file's size
    except (OSError, ValueError) as error:
        raise OperatorError(f"{name}: can't be read ({getattr(error, 'strerror', None) or error})") from error
    return document_of(name, content, largest)


def document_of(name: str, content: bytes, largest: int = LARGEST, url: str = "") -> Document:
    """These bytes as text; OperatorError if they are too many, or none, or no text."""
    name = whole(name)  # a file's name needn't be text
    if len(content) > largest:
        raise OperatorError(f"{name}: is larger than {largest / MEGABYTE:g} MB, the most that townclerk reads")
    text = decoded(content).replace("\0", "")
    if not text.strip():
        raise OperatorError(f"{name}: is empty")
    return Document(name, text, url)


def decoded(content: bytes) -> str:
    """UTF-8, or UTF-16 if it says so, or else what old programs on Windows wrote."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    for attempt in (encoding, "cp1252"):
        try:
            return content.decode(attempt)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
