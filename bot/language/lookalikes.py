"""Letters that are read as others: a name that looks like a known one isn't taken for it (TR39's confusables)."""

import tomllib
import unicodedata

from bot.language.noise import WORDS

_TABLE = tomllib.loads((WORDS / "lookalikes.toml").read_text(encoding="utf-8"))
_LATIN = str.maketrans({sign: letter for letter, signs in _TABLE["letters"].items() for sign in signs})
_ALIKE: dict[str, str] = _TABLE["alike"]


def in_latin(text: str) -> str:
    """The Latin text this is read as; itself if it has letters that no Latin one looks like."""
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFKC", text)
    read = composed.translate(_LATIN)
    plain = unicodedata.normalize("NFKD", read)
    return text if any(c.isalpha() and not c.isascii() for c in plain) else read


def look_alike(key: str, other: str) -> bool:
    """Whether two keys read the same at a glance."""
    return _appearance(key) == _appearance(other)


def _appearance(key: str) -> str:
    for seen, alike in _ALIKE.items():
        key = key.replace(seen, alike)
    return key
