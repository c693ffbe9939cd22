"""A sentence is found in the language asked for, else in English, in the form that fits the number."""

from pathlib import Path

import pytest

from bot.catalogues import Catalogues
from bot.errors import OperatorError

HEAD = 'msgid ""\nmsgstr "Plural-Forms: {plural};\\n"\n'
ENGLISH = HEAD.format(plural="nplurals=2; plural=(n != 1)")
POLISH = HEAD.format(plural="nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)")


def entry(key: str, *forms: str) -> str:
    """A sentence with one form."""
    return f'\nmsgid "{key}"\nmsgstr "{forms[0]}"\n'


def plural(key: str, *forms: str) -> str:
    """A sentence with several forms."""
    numbered = "\n".join(f'msgstr[{number}] "{form}"' for number, form in enumerate(forms))
    return f'\nmsgid "{key}"\nmsgid_plural "{key}"\n{numbered}\n'


@pytest.fixture
def catalogues(tmp_path: Path) -> Catalogues:
    """The machine's sentences, and a plugin's that is translated half."""
    machine, plugin = tmp_path / "machine", tmp_path / "plugin"
    machine.mkdir()
    plugin.mkdir()
    (machine / "en.po").write_text(ENGLISH + entry("bot.hello", "Hello"), encoding="utf-8")
    counts = plural("p.tools", "{count} tool", "{count} tools")
    (plugin / "en.po").write_text(ENGLISH + entry("p.bye", "Bye") + counts, encoding="utf-8")
    polish = plural("p.tools", "{count} narzędzie", "{count} narzędzia", "{count} narzędzi")
    (plugin / "pl.po").write_text(POLISH + polish + entry("p.empty", ""), encoding="utf-8")
    return Catalogues([machine, plugin, tmp_path / "a plugin that says nothing"])


def test_sentences_of_all_folders_are_known(catalogues: Catalogues) -> None:
    assert catalogues.sentence("bot.hello", "en") == "Hello"
    assert catalogues.sentence("p.bye", "en") == "Bye"


def test_the_languages_are_those_of_the_files(catalogues: Catalogues) -> None:
    assert catalogues.languages == {"en", "pl"}


@pytest.mark.parametrize("language", ["pl", "cy", "", "../en"])
def test_what_is_not_translated_is_said_in_english(catalogues: Catalogues, language: str) -> None:
    assert catalogues.sentence("p.bye", language) == "Bye"
    assert catalogues.sentence("bot.hello", language) == "Hello"


@pytest.mark.parametrize(
    ("count", "polish"),
    [
        (1, "{count} narzędzie"),
        (2, "{count} narzędzia"),
        (5, "{count} narzędzi"),
        (12, "{count} narzędzi"),
        (22, "{count} narzędzia"),
    ],
)
def test_the_form_follows_the_rules_of_the_language(catalogues: Catalogues, count: int, polish: str) -> None:
    assert catalogues.sentence("p.tools", "pl", count) == polish


@pytest.mark.parametrize(("count", "english"), [(1, "{count} tool"), (0, "{count} tools"), (2, "{count} tools")])
def test_english_counts_one_and_more(catalogues: Catalogues, count: int, english: str) -> None:
    assert catalogues.sentence("p.tools", "cy", count) == english


@pytest.mark.parametrize(("key", "count"), [("p.nothing", None), ("p.nothing", 1), ("p.empty", None), ("p.bye", 2)])
def test_what_nobody_wrote_cannot_be_said(catalogues: Catalogues, key: str, count: int | None) -> None:
    with pytest.raises(KeyError, match=key):
        catalogues.sentence(key, "pl", count)


@pytest.mark.parametrize("content", [b"These are the minutes of the council.\n", b'msgid "caf\xe9"\n'])
def test_a_file_that_is_no_catalogue_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "en.po").write_bytes(content)
    with pytest.raises(OperatorError, match=r"en\.po can't be read as a catalogue"):
        Catalogues([tmp_path]).compile()
