"""Secret storage against examples of matrix-rust-sdk and an HKDF written again from its RFC."""

import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis.strategies import binary, text

from bot.matrix.crypto import recovery_key
from bot.matrix.crypto.secret_storage import ALGORITHM, StorageKey
from bot.matrix.crypto.signing import padded

KEYS = binary(min_size=32, max_size=32)
MASTER = "m.cross_signing.master"
DESCRIPTIONS = {
    "EsTj 3yST y93F SLpB jJsz eAXc 2XzA ygD3 w69H fGaN TKBj jXEd": {
        "algorithm": ALGORITHM,
        "iv": "xv5b6/p3ExEw++wTyfSHEg==",
        "mac": "ujBBbXahnTAMkmPUX2/0+VTfUh63pGyVRuBcDMgmJC8=",
    },
    "EsSz ykH7 LCZx 7Cae cmKD wcmY JRXi Ybtu 8iQ3 t8Ez nRwK pUY1": {
        "algorithm": ALGORITHM,
        "iv": "AAECAwQFBgcICQoLDA0ODw",
        "mac": "ONrOSgDDUXMzIvXsfYBi1m8m075MdjPldfXCxIpU7IY",
    },
}


@pytest.mark.parametrize(("written", "description"), DESCRIPTIONS.items())
def test_a_key_is_known_by_its_description(written: str, description: dict[str, str]) -> None:
    assert StorageKey(recovery_key.read(written), "one").fits(description)
    assert not StorageKey(bytes(32), "one").fits(description)


@pytest.mark.parametrize(
    "description",
    [
        {},
        {"algorithm": "m.secret_storage.v2"},
        {"algorithm": ALGORITHM, "mac": "x"},
        {"algorithm": ALGORITHM, "mac": "AAAA", "iv": 3},
        {"algorithm": ALGORITHM, "mac": "AAAA", "iv": "AAAA"},
    ],
)
def test_a_broken_description_fits_no_key(description: dict[str, object]) -> None:
    assert not StorageKey(bytes(32), "one").fits(description)


@given(KEYS, text())
def test_what_is_encrypted_is_decrypted_and_by_no_other_name(key: bytes, secret: str) -> None:
    storage_key = StorageKey(key, "one")
    assert storage_key.fits(storage_key.description())
    sealed = storage_key.encrypt(MASTER, secret)
    assert storage_key.decrypt(MASTER, sealed) == secret
    assert not padded(sealed["iv"])[8] & 0x80, "bit 63 is cleared"
    for name, other in (("m.cross_signing.self_signing", storage_key), (MASTER, StorageKey(key[::-1] + b"x", "one"))):
        with pytest.raises(ValueError, match="not the key"):
            other.decrypt(name, sealed)


@given(KEYS)
def test_the_mac_is_that_of_the_specification(key: bytes) -> None:
    extracted = hmac.digest(bytes(32), key, sha256)
    first = hmac.digest(extracted, MASTER.encode() + b"\x01", sha256)
    mac_key = hmac.digest(extracted, first + MASTER.encode() + b"\x02", sha256)
    sealed = StorageKey(key, "one").encrypt(MASTER, "secret")
    assert padded(sealed["mac"]) == hmac.digest(mac_key, padded(sealed["ciphertext"]), sha256)


@pytest.mark.parametrize("part", ["iv", "ciphertext", "mac"])
def test_an_altered_secret_is_not_opened(part: str) -> None:
    key = StorageKey(bytes(range(32)), "one")
    sealed = key.encrypt(MASTER, "secret")
    for broken in ({**sealed, part: 3}, {**sealed, part: "?"}, {k: v for k, v in sealed.items() if k != part}):
        with pytest.raises(ValueError, match=MASTER + "|base64"):
            key.decrypt(MASTER, broken)
