"""The command as a process: whatever goes wrong is one line on stderr and an exit code, and Ctrl-C ends it at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands import ask
from bot.language.vocabulary import BrokenVocabulary
from tests.commands.conftest import Shell


@pytest.mark.parametrize(
    "command", ["doctor --offline", "ask hello", "export --format csv", "import --dry-run --starter"]
)
@pytest.mark.parametrize(
    ("onto", "said"),
    [
        pytest.param(">/dev/full", "No space left on device", marks=pytest.mark.skipif(
            not Path("/dev/full").exists(), reason="only Linux has a device that is always full")),
        (">&-", "standard output: can't be written ("),
    ],
)  # fmt: skip
def test_a_result_that_cant_be_written_is_one_line(filled: Shell, command: str, onto: str, said: str) -> None:
    line = f'exec "{sys.executable}" -m bot {command} {onto}'
    done = subprocess.run(
        ["sh", "-c", line], cwd=filled.folder, env=filled.environment(), stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("townclerk: standard output: ")
    assert said in line


def test_a_broken_language_file_is_one_line(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise BrokenVocabulary("en.toml: isn't valid TOML")

    monkeypatch.setattr(ask, "router_for", broken)
    done = shell.townclerk("ask", "hello")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "townclerk: en.toml: isn't valid TOML\n")


WORK = """
import asyncio, os, signal
from bot.commands.process import do
from bot.store.database import open_database
async def work():
    database = await open_database("sqlite:///t.db")
    os.kill(os.getpid(), signal.SIGINT)
    {then}
do(work())
"""


@pytest.mark.parametrize("then", ["await asyncio.sleep(600)", "while True: pass"])
def test_ctrl_c_ends_the_work_at_once_with_the_database_open(shell: Shell, then: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORK.format(then=then)], cwd=shell.folder, env=shell.environment(),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
