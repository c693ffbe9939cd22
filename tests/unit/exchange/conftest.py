"""What the tests of readers share."""

from collections.abc import Callable

import pytest

from bot.exchange.document import document_of
from bot.exchange.kinds import read
from bot.exchange.rows import Contents

ReadText = Callable[..., Contents]


@pytest.fixture
def read_text() -> ReadText:
    """Reads a text as a file of that name would be."""

    def reading(text: str | bytes, name: str = "file", url: str = "") -> Contents:
        content = text if isinstance(text, bytes) else text.encode()
        return read(document_of(name, content, url=url))

    return reading
