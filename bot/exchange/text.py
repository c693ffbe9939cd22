"""Names as files have them: cleaned of what cannot be seen, and turned into ids that last."""

import hashlib
import re
import unicodedata

LONGEST_NAME = 300
LONGEST_ADDRESS = 2_000
LONGEST_SLUG = 60
_SPOKEN = str.maketrans({"&": " and ", "+": " plus ", "#": " sharp ", "ø": "o", "ł": "l", "đ": "d", "ß": "ss"})
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})  # controls, bidi overrides, zero-width, surrogates


def cleaned(text: str) -> str:
    """The text in composed form, on one line, without control, bidi and zero-width characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    seen = (" " if c.isspace() else c for c in composed if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return " ".join("".join(seen).split())


def whole(text: str) -> str:
    """The text with U+FFFD for every half of a character (a lone surrogate), which nothing can write down."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def slug(name: str) -> str:
    """An id made of a name: the same for names that differ in case, spaces and dots only, and never empty."""
    spoken = unicodedata.normalize("NFKD", name.casefold().translate(_SPOKEN))
    plain = "".join(c for c in spoken if not unicodedata.combining(c))
    letters = "-".join(re.findall(r"[a-z0-9]+", plain))
    lost = any(c.isalnum() and not c.isascii() for c in plain)
    if letters and not lost and len(letters) <= LONGEST_SLUG:
        return letters
    return f"{letters[:LONGEST_SLUG].strip('-')}-{fingerprint(plain)}".strip("-")


def fingerprint(text: str) -> str:
    """Eight characters that tell this text from others."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def web_address(text: str) -> str:
    """The text if it is a web address one can follow, else nothing."""
    address = cleaned(text)
    followed = len(address) <= LONGEST_ADDRESS and re.fullmatch(r"https?://[^\s<>\"]+", address, re.IGNORECASE)
    return address if followed else ""
