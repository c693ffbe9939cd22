"""`townclerk verify`, beside a database in which something waits."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot import clock
from bot.commands import verify
from bot.store.database import open_database
from bot.store.memory import Memory
from bot.store.verifications import Verification
from tests.commands.conftest import Shell

EMOJI = ("🐶 Dog", "🔑 Key", "🎂 Cake", "⚓ Anchor", "🌵 Cactus", "🚲 Bicycle", "📎 Paperclip")


async def put(shell: Shell, *asked: Verification) -> None:
    """These are shown to the operator."""
    database = await open_database(f"sqlite:///{shell.folder / 't.db'}")
    try:
        async with database.transaction() as connection:
            verifications = Memory(connection).verifications
            for one in asked:
                await verifications.begin(one)
                await verifications.show(one.id, EMOJI, "2467 7774 4277")
    finally:
        await database.close()


def asked(name: str, at: datetime) -> Verification:
    """Somebody's, of this instant."""
    return Verification(f"id-{name}", f"@{name}:example.org", "DEVICE", "", f"t-{name}", at)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No bot runs that could be waited for."""
    monkeypatch.setattr(verify, "NOTICED", 0.5)


def test_what_waits_is_listed_with_all_that_is_to_be_compared(shell: Shell) -> None:
    now = clock.now()
    asyncio.run(put(shell, asked("ana", now), asked("old", now - timedelta(minutes=11))))
    listed = shell.townclerk("verify").stdout
    assert listed.startswith("id-ana: @ana:example.org, device DEVICE, from device to device, ")
    assert "  |  ".join(EMOJI) in listed
    assert "or the numbers 2467 7774 4277" in listed
    assert "@old" not in listed


@pytest.mark.parametrize("name", ["id-ana", "@ana:example.org"])
@pytest.mark.parametrize("word", ["--yes", "--no"])
def test_a_word_is_said_once_by_id_or_person(shell: Shell, name: str, word: str) -> None:
    asyncio.run(put(shell, asked("ana", clock.now()), asked("bea", clock.now())))
    done = shell.townclerk("verify", word, name)
    assert (done.returncode, done.stdout.startswith("@ana:example.org: noted.")) == (0, True)
    again = shell.townclerk("verify", word, name)
    assert (again.returncode, again.stderr) == (
        1, f"townclerk: nothing waits under {name}: `townclerk verify` lists what does\n",
    )  # fmt: skip
    assert "@bea" in shell.townclerk("verify").stdout


@pytest.mark.parametrize(
    ("policy", "said"), [("operator", "open a direct chat"), ("automatic", "nobody ever does"), ("off", "declined")]
)
def test_where_nobody_waits_it_says_why_and_what_to_do(shell: Shell, policy: str, said: str) -> None:
    assert said in shell.townclerk("verify", TOWNCLERK_MATRIX__VERIFICATION=policy).stdout
