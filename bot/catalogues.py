"""The message catalogues: every sentence the bot can say, by key and language (gettext .po files, read by Babel)."""

import io
from collections.abc import Iterable
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FALLBACK = "en"


class Catalogues:
    """The .po files of the machine and of every plugin that is on, one set of sentences a language."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Each folder holds `LANGUAGE.po` files."""
        self._sentences: dict[str, list[GNUTranslations]] = {}
        for folder in folders:
            for path in sorted(folder.glob("*.po")):
                self._sentences.setdefault(path.stem, []).append(_compiled(path))

    @property
    def languages(self) -> frozenset[str]:
        """The languages there are sentences in."""
        return frozenset(self._sentences)

    def sentence(self, key: str, language: str, count: int | None = None) -> str:
        """The sentence in this language, else in English; raises KeyError for a key nobody wrote."""
        for tried in (language, FALLBACK):
            for catalogue in self._sentences.get(tried, ()):
                found = catalogue.gettext(key) if count is None else catalogue.ngettext(key, key, count)
                if found != key:
                    return found
        raise KeyError(key)


def _compiled(path: Path) -> GNUTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
