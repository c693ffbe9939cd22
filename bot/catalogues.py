"""The message catalogues: every sentence the bot can say, by key and language (gettext .po files, read by Babel)."""

import io
from collections.abc import Iterable, Sequence
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from bot.errors import OperatorError

FALLBACK = "en"


class Catalogues:
    """The .po files of the machine and of every plugin that is on, one set of sentences a language. A language is read
    when it is first spoken: most communities speak one or two.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        """Each folder holds `LANGUAGE.po` files."""
        self._paths: dict[str, list[Path]] = {}
        for folder in folders:
            for path in sorted(folder.glob("*.po")):
                self._paths.setdefault(path.stem, []).append(path)
        self._sentences: dict[str, Sequence[GNUTranslations]] = {}

    @property
    def languages(self) -> frozenset[str]:
        """The languages there are sentences in."""
        return frozenset(self._paths)

    def compile(self) -> None:
        """Read every language now. Raises OperatorError for a file that is no catalogue."""
        for language in self._paths:
            self.learn(language)

    def learn(self, language: str) -> None:
        """Read a language before it is spoken: it takes a tenth of a second, and may be done in a thread."""
        self._spoken(language)

    def sentence(self, key: str, language: str, count: int | None = None) -> str:
        """The sentence in this language, else in English; raises KeyError for a key nobody wrote."""
        for tried in (language, FALLBACK):
            for catalogue in self._spoken(tried):
                found = catalogue.gettext(key) if count is None else catalogue.ngettext(key, key, count)
                if found != key:
                    return found
        raise KeyError(key)

    def _spoken(self, language: str) -> Sequence[GNUTranslations]:
        if language not in self._sentences and language in self._paths:
            self._sentences[language] = [_compiled(path) for path in self._paths[language]]
        return self._sentences.get(language, ())


def _compiled(path: Path) -> GNUTranslations:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.stem, abort_invalid=True)
    except (OSError, PoFileError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} can't be read as a catalogue of sentences: {error}") from error
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
