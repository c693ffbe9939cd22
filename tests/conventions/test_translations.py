"""Every sentence is there in every language, with the same fillings, all its plural forms, and the same commands."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.features import BUILT_IN, LANGUAGES

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "bot" / "locales", *(ROOT / "plugins" / name / "locales" for name in BUILT_IN)]
TRANSLATED = [language for language in LANGUAGES if language != "en"]
CASES = [
    pytest.param(folder, language, id=f"{folder.parent.name}-{language}")
    for folder in FOLDERS
    for language in TRANSLATED
]


def catalogue(path: Path) -> Catalog:
    """A catalogue as Babel reads it, which refuses what is broken."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem, abort_invalid=True)


def sentences(path: Path) -> dict[str, Message]:
    """Its sentences by their keys."""
    return {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalogue(path) if m.id}


def forms(message: Message) -> list[str]:
    """All forms of a sentence."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def fillings(text: str) -> set[str]:
    """What is to be filled in; a number may be left unsaid in one of its forms ("a council")."""
    return set(re.findall(r"\{(\w+)\}", text)) - {"count"}


@pytest.mark.parametrize(("folder", "language"), CASES)
def test_every_sentence_is_translated_and_none_is_left_over(folder: Path, language: str) -> None:
    assert set(sentences(folder / f"{language}.po")) == set(sentences(folder / "en.po"))


@pytest.mark.parametrize(("folder", "language"), CASES)
def test_a_translation_has_all_its_forms_and_the_same_fillings(folder: Path, language: str) -> None:
    english, plurals = sentences(folder / "en.po"), catalogue(folder / f"{language}.po").num_plurals
    for key, message in sentences(folder / f"{language}.po").items():
        counted = isinstance(english[key].id, tuple)
        assert len(forms(message)) == (plurals if counted else 1), key
        for form in forms(message):
            assert form.strip(), key
            assert fillings(form) == fillings(forms(english[key])[-1]), key


@pytest.mark.parametrize(("folder", "language"), CASES)
def test_a_translation_is_written_with_the_three_marks_alone(folder: Path, language: str) -> None:
    for key, message in sentences(folder / f"{language}.po").items():
        for form in forms(message):
            plain = re.sub(r"\*\*[^*]+\*\*|\{\w+\}", "", re.sub(r"`[^`]+`", "", form))
            assert not re.search(r"[*`{}]|</?[a-z]+>", plain), key
