"""Recovery keys as people write them down; the examples are those of matrix-js-sdk and matrix-rust-sdk."""

import pytest
from hypothesis import given
from hypothesis.strategies import binary, integers, sampled_from

from bot.matrix.crypto.recovery_key import ALPHABET, read, written

KEYS = binary(min_size=32, max_size=32)
EXAMPLES = {
    "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d": (
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    ),
    "EsT           pRvZTnjck8    YrhRAtw XLS84Nr2r9S9LGAWDaExVAPBvLRK   ": (
        "9fbd46bb345171c6f6022c9a25d5681ba54eec6a6c4953f3adc0b96e9d91ada3"
    ),
    "EsSz ykH7 LCZx 7Cae cmKD wcmY JRXi Ybtu 8iQ3 t8Ez nRwK pUY1": bytes(range(32)).hex(),
}


@pytest.mark.parametrize(("text", "key"), EXAMPLES.items())
def test_examples_of_others_are_read_and_written_alike(text: str, key: str) -> None:
    assert read(text).hex() == key
    assert written(bytes.fromhex(key)).replace(" ", "") == text.replace(" ", "")


@given(KEYS)
def test_what_is_written_is_read(key: bytes) -> None:
    text = written(key)
    assert read(text) == read(text.replace(" ", "")) == key
    assert [len(group) for group in text.split()] == [4] * 12


@given(KEYS, integers(0, 47), sampled_from(ALPHABET))
def test_one_wrong_letter_never_reads_as_the_same_key(key: bytes, place: int, letter: str) -> None:
    text = written(key).replace(" ", "")
    slipped = text[:place] + letter + text[place + 1 :]
    assert slipped == text or read_or_none(slipped) != key


def read_or_none(text: str) -> bytes | None:
    """One in 256 slips passes the parity: the storage's own check finds it."""
    try:
        return read(text)
    except ValueError:
        return None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "48 letters"),
        ("EsTc LW2K", "48 letters"),
        ("EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4e", "slip"),
        ("EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4l", "no 0, O, I and l"),
        ("AATpRvZTnjck8YrhRAtwXLS84Nr2r9S9LGAWDaExVAPBvLRk", "begin with Es"),
        ("z" * 1_000_000, "48 letters"),
    ],
)
def test_what_is_none_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(text)
