"""Every sentence is asked for as it was written: with its number if it has forms, and with all its fillings."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from bot.features import BUILT_IN

ROOT = Path(__file__).parents[2]
CATALOGUES = [ROOT / "bot" / "locales" / "en.po", *(ROOT / "plugins" / name / "locales" / "en.po" for name in BUILT_IN)]
SOURCES = sorted(path for folder in ("bot", "plugins") for path in (ROOT / folder).rglob("*.py"))


class Asked(NamedTuple):
    """A call of `phrase` with a key that is written out."""

    where: str
    key: str
    given: frozenset[str]


def messages(path: Path) -> Iterator[Message]:
    """The sentences of a catalogue."""
    with path.open("rb") as file:
        yield from (message for message in read_po(file, locale="en") if message.id)


def forms(message: Message) -> list[str]:
    """All forms of a sentence."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


WRITTEN = {
    message.id if isinstance(message.id, str) else message.id[0]: message
    for path in CATALOGUES
    for message in messages(path)
}


def asked() -> Iterator[Asked]:
    """Every call of `phrase` whose key and fillings can be seen."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name("phrase"), args=[ast.Constant(str(key)), *_], keywords=keywords):
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    yield Asked(where, key, frozenset(str(keyword.arg) for keyword in keywords))


ASKED = list(asked())


def test_there_is_something_to_check() -> None:
    assert len(ASKED) > 50
    assert len(WRITTEN) > 100


@pytest.mark.parametrize("call", ASKED, ids=lambda call: f"{call.where} {call.key}")
def test_a_sentence_with_forms_is_given_its_number_and_no_other_is(call: Asked) -> None:
    assert ("count" in call.given) == isinstance(WRITTEN[call.key].id, tuple)


@pytest.mark.parametrize("call", ASKED, ids=lambda call: f"{call.where} {call.key}")
def test_every_place_in_a_sentence_is_filled(call: Asked) -> None:
    places = {place for form in forms(WRITTEN[call.key]) for place in re.findall(r"\{(\w+)\}", form)}
    assert places - call.given == set()


@pytest.mark.parametrize("key", WRITTEN)
def test_a_sentence_is_written_with_the_three_marks_alone(key: str) -> None:
    for form in forms(WRITTEN[key]):
        plain = re.sub(r"\*\*[^*]+\*\*|\{\w+\}", "", re.sub(r"`[^`]+`", "", form))
        assert not re.search(r"[*`{}]|</?[a-z]+>", plain)
        assert form


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_a_sentence_is_written_once(path: Path) -> None:
    keys = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(keys) == len(set(keys))
