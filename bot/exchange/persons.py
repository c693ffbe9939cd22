"""What names a person, an e-mail address or a Matrix id: neither comes in with a file nor goes out with one."""

import re

from bot.exchange.text import LONGEST_NAME, cleaned

_MATRIX_ID = r"@[^\s:]{1,255}:\S"
_EMAIL = r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}"  # begun at the start of a word only, or it takes for ever
_PERSON = re.compile(f"{_MATRIX_ID}|{_EMAIL}", re.IGNORECASE)
_CONTACT = re.compile(
    r"[<(]?(?:mailto:)?[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+[>)]?|[<(]?@[^\s@:<>()]+:[^\s@<>()]+[>)]?", re.IGNORECASE
)
_LOOKED_AT = 1_000  # letters of a source: more than are kept, so that none is cut where it can't be recognised


def names_a_person(text: str) -> bool:
    """Whether an e-mail address or a Matrix id is in it."""
    return _PERSON.search(text) is not None


def without_contacts(name: str) -> str:
    """A name, no longer than names are, without the addresses of people beside it."""
    return cleaned(_CONTACT.sub(" ", name))


def impersonal(text: str) -> str:
    """What a file calls its source, or the id it gives, cut to the length of names; nothing if it is a person's."""
    seen = cleaned(text[: 2 * _LOOKED_AT])[:_LOOKED_AT]
    return "" if names_a_person(seen) else seen[:LONGEST_NAME]
