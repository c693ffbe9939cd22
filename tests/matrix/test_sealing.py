"""Secrets at rest: what opens them, what doesn't, and whose key it is."""

import stat
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import binary
from nio import AsyncClient, AsyncClientConfig

from bot import clock
from bot.errors import OperatorError
from bot.matrix.crypto.machine import Crypto
from bot.matrix.crypto.places import key_file
from bot.matrix.crypto.sealing import CantOpen, SealingKey, is_readable_by_others, sealing_key
from bot.matrix.settings import MatrixSettings
from bot.matrix.wire import Wire
from bot.store.rooms import Account
from config.settings import load
from tests.matrix.first_starts import first_starts

CLERK = "@clerk:example.org"
ONE = SealingKey(b"one key, of 32 bytes or more than", "a test")
OTHER = SealingKey(b"another key, of 32 bytes or more", "a test")


@given(binary(max_size=200))
def test_a_secret_opens_with_its_key_under_its_name_and_unaltered_only(secret: bytes) -> None:
    sealed = ONE.seal(CLERK, "identity", secret)
    assert ONE.open(CLERK, "identity", sealed) == secret
    altered = sealed[:-2] + ("AA" if sealed[-2:] != "AA" else "BB")
    for key, user, name, text in (
        (OTHER, CLERK, "identity", sealed),
        (ONE, "@mallory:example.org", "identity", sealed),
        (ONE, CLERK, "other", sealed),
        (ONE, CLERK, "identity", altered),
        (ONE, CLERK, "identity", "2" + sealed[1:]),
        (ONE, CLERK, "identity", ""),
    ):
        with pytest.raises(CantOpen):
            key.open(user, name, text)


def test_no_key_is_shown_by_mistake() -> None:
    assert "one key" not in repr(ONE)
    assert ONE.pickle_key not in ONE.seal(CLERK, "identity", b"")


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "townclerk.db.key"
    first = sealing_key(MatrixSettings(), file, make=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not is_readable_by_others(file)
    assert sealing_key(MatrixSettings(), file, make=True) == sealing_key(MatrixSettings(), file, make=False) == first
    assert [left.name for left in tmp_path.iterdir()] == [file.name]
    file.chmod(0o640)
    assert is_readable_by_others(file)


def test_of_two_first_starts_at_the_same_moment_both_have_the_key_that_stays(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.key" for number in range(12)]
    spawn = get_context("spawn")
    together = spawn.Barrier(2)
    ends = [spawn.Pipe(duplex=False) for _ in range(2)]
    starts = [spawn.Process(target=first_starts, args=(files, together, end)) for _, end in ends]
    for start in starts:
        start.start()
    found = [[mine.recv() for _ in files] for mine, _ in ends]
    for start in starts:
        start.join(20)
    kept = [file.read_bytes().strip() for file in files]
    assert found == [kept, kept]
    assert sorted(tmp_path.iterdir()) == sorted(files), "no draft is left"


def test_a_missing_key_is_not_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"lost\.key is missing.*restore it from the backup"):
        sealing_key(MatrixSettings(), tmp_path / "lost.key", make=False)
    assert not (tmp_path / "lost.key").exists()


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(OperatorError, match="the key file"):
        sealing_key(MatrixSettings(), tmp_path / "key", make=True)
    assert (tmp_path / "key").read_bytes() == content


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="can't be made"):
        sealing_key(MatrixSettings(), tmp_path / "nowhere" / "key", make=True)


def test_the_key_of_a_file_may_move_into_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "key"
    in_file = sealing_key(MatrixSettings(), file, make=True)
    given_key = MatrixSettings(secrets_key=file.read_text().strip())
    assert sealing_key(given_key, tmp_path / "none", make=True).material == in_file.material
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("url", "named", "expected"),
    [
        ("sqlite:////data/townclerk.db", "", "/data/townclerk.db.key"),
        ("postgresql://townclerk@db/townclerk", "", "townclerk.key"),
        ("sqlite:///townclerk.db", "/run/keys/clerk", "/run/keys/clerk"),
    ],
)
def test_the_key_file_is_beside_the_database(url: str, named: str, expected: str) -> None:
    assert key_file(MatrixSettings(key_file=named), url) == Path(expected)


@pytest.mark.parametrize(("name", "why"), [("secrets_key", "at least 32 characters"), ("recovery_key", "48 letters")])
def test_a_key_that_can_be_none_is_refused_without_being_repeated(
    name: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TOWNCLERK_MATRIX__{name.upper()}", "correcthorse")
    with pytest.raises(OperatorError, match=why) as refused:
        load(None)
    assert "correcthorse" not in str(refused.value)


async def test_the_crypto_store_opens_with_its_key_alone(tmp_path: Path) -> None:
    wire, account = Wire("http://127.0.0.1:9"), Account(CLERK, "DEVICE", "token", None)
    try:
        first = Crypto(wire, account, tmp_path, clock.now, pickle_key=ONE.pickle_key)
        ours = first.ed25519
        first.close()
        with pytest.raises(OperatorError, match="made with another key"):
            Crypto(wire, account, tmp_path, clock.now, pickle_key=OTHER.pickle_key)
        again = Crypto(wire, account, tmp_path, clock.now, pickle_key=ONE.pickle_key)
        assert again.ed25519 == ours
        again.close()
    finally:
        await wire.close()


async def test_a_crypto_store_made_before_there_was_a_key_still_opens(tmp_path: Path) -> None:
    config = AsyncClientConfig(encryption_enabled=True)
    before = AsyncClient("http://127.0.0.1:9", CLERK, "DEVICE", store_path=str(tmp_path), config=config)
    before.restore_login(CLERK, "DEVICE", "token")
    ours = before.olm.account.identity_keys["ed25519"]
    before.store.database.close()
    wire = Wire("http://127.0.0.1:9")
    try:
        now = Crypto(wire, Account(CLERK, "DEVICE", "token", None), tmp_path, clock.now, pickle_key=ONE.pickle_key)
        assert now.ed25519 == ours
        now.close()
    finally:
        await wire.close()
