"""What an operator is told of the bot's identity without a homeserver: the recovery key, and the doctor."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from bot.app import sealing_key_of
from bot.errors import OperatorError
from bot.matrix.crypto import kept as safe
from bot.matrix.crypto.cross_signing import CrossSigningKeys
from bot.matrix.crypto.kept import Kept
from bot.matrix.crypto.secret_storage import StorageKey
from bot.store.database import open_database
from bot.store.memory import Memory
from bot.store.rooms import Account
from config.settings import Settings
from tests.commands.conftest import Shell

CLERK = "@clerk:example.org"
WRITTEN = "EsSz ykH7 LCZx 7Cae cmKD wcmY JRXi Ybtu 8iQ3 t8Ez nRwK pUY1"
KEPT = Kept(CrossSigningKeys.new(), StorageKey(bytes(range(32)), "one"))


async def fill(folder: Path, kept: Kept | None) -> None:
    """As after a first start: the key file, the account, and the identity if there is one."""
    settings = Settings.model_validate({"database": {"url": f"sqlite:///{folder / 't.db'}"}})
    database = await open_database(settings.database.url)
    try:
        sealing = await sealing_key_of(settings, database)
        async with database.transaction() as connection:
            memory = Memory(connection)
            await memory.rooms.keep_account(Account(CLERK, "DEVICE", "token", None))
            if kept:
                await memory.secrets.keep(CLERK, safe.NAME, safe.sealed(kept, CLERK, sealing))
        await sealing_key_of(settings, database)
    finally:
        await database.close()


@pytest.fixture
def with_identity(shell: Shell) -> Shell:
    asyncio.run(fill(shell.folder, KEPT))
    return shell


def test_the_recovery_key_is_all_that_is_on_stdout(with_identity: Shell) -> None:
    done = with_identity.townclerk("recovery-key")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{WRITTEN}\n", "")
    named = with_identity.townclerk("recovery-key", TOWNCLERK_MATRIX__USER=CLERK)
    assert named.stdout == done.stdout


def test_no_recovery_key_before_the_first_start(shell: Shell) -> None:
    assert shell.townclerk("recovery-key").returncode == 1
    asyncio.run(fill(shell.folder, None))
    done = shell.townclerk("recovery-key")
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr == "townclerk: the bot has no identity yet: start it once (townclerk run), and look into its log\n"
    )


def test_the_doctor_finds_the_identity_well(with_identity: Shell) -> None:
    done = with_identity.townclerk("doctor", "--offline")
    assert done.returncode == 0, done.stdout
    assert "ok: identity: kept, townclerk recovery-key shows its recovery key" in done.stdout
    assert "EsSz" not in done.stdout
    assert json.dumps(KEPT.keys.seeds["master"]) not in done.stdout


def test_the_doctor_finds_no_identity_after_a_start(shell: Shell) -> None:
    asyncio.run(fill(shell.folder, None))
    done = shell.townclerk("doctor", "--offline")
    assert done.returncode == 1
    assert "WRONG: the bot has no identity yet" in done.stdout


def test_the_doctor_finds_a_key_file_that_others_can_read(with_identity: Shell) -> None:
    (with_identity.folder / "t.db.key").chmod(0o644)
    done = with_identity.townclerk("doctor", "--offline")
    assert done.returncode == 1
    assert "WRONG: the key file t.db.key can be read by others: chmod 600 t.db.key" in done.stdout


def test_another_key_opens_nothing_and_destroys_nothing(with_identity: Shell) -> None:
    for command in (("recovery-key",), ("doctor", "--offline")):
        done = with_identity.townclerk(*command, TOWNCLERK_MATRIX__SECRETS_KEY="x" * 32)
        assert done.returncode == 1
        assert "was sealed with another key than [matrix] secrets_key" in done.stdout + done.stderr
    assert with_identity.townclerk("recovery-key").stdout == f"{WRITTEN}\n"


def test_a_lost_key_file_is_told_and_not_replaced(with_identity: Shell) -> None:
    key = with_identity.folder / "t.db.key"
    os.rename(key, with_identity.folder / "kept")
    done = with_identity.townclerk("recovery-key")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the key file t.db.key is missing" in done.stderr
    with pytest.raises(OperatorError, match=r"t\.db\.key is missing"):  # as `townclerk run` asks
        asyncio.run(fill(with_identity.folder, None))
    assert not key.exists()
