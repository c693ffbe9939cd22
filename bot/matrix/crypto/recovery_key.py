"""The recovery key as people write it down (specification, "Recovery key"): base58, in groups of four."""

from functools import reduce
from operator import xor

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # Bitcoin's
PREFIX = bytes((0x8B, 0x01))
LENGTH = 32


def written(key: bytes) -> str:
    """The key of 32 bytes for a person: 48 letters and digits, the last ones of which tell a slip."""
    raw = PREFIX + key
    text = _base58(raw + bytes((reduce(xor, raw),)))
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def read(text: str) -> bytes:
    """The key that a person wrote down; spaces don't matter. Raises ValueError, without a word of the key in it."""
    raw = _bytes("".join(text.split()))
    if len(raw) != len(PREFIX) + LENGTH + 1:
        raise ValueError("a recovery key has 48 letters and digits")
    if not raw.startswith(PREFIX):
        raise ValueError("this is no recovery key: they begin with Es")
    if reduce(xor, raw):
        raise ValueError("there is a slip in this recovery key")
    return raw[len(PREFIX) : -1]


def _base58(raw: bytes) -> str:
    number, digits = int.from_bytes(raw), []
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def _bytes(text: str) -> bytes:
    if len(text) > 100:
        raise ValueError("a recovery key has 48 letters and digits")
    number = 0
    for letter in text:
        if letter not in ALPHABET:
            raise ValueError("a recovery key has no 0, O, I and l, and nothing but letters and digits")
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    return number.to_bytes((number.bit_length() + 7) // 8)
