"""`townclerk demo` as a new user meets it: a process of its own, a real homeserver, an exit code."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.homeserver


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--folder", str(folder / "demo"), *options],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240,
    )  # fmt: skip


def processes_in(folder: Path) -> list[str]:
    """What still runs with this folder in its command line or as its working directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text(errors="replace").replace("\0", " ")
            if str(folder) in command or str(folder) in os.readlink(process / "cwd"):
                found.append(command)
        except OSError:
            continue
    return found


def test_the_built_in_conversation_goes_as_expected_and_leaves_nothing_running(tmp_path: Path) -> None:
    done = demo(tmp_path, "--no-input")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "Every expected reply came" in done.stdout
    assert "\x1b" not in done.stdout
    assert processes_in(tmp_path) == []


def test_a_given_script_is_played_with_new_people_and_rooms(tmp_path: Path) -> None:
    script = tmp_path / "play.txt"
    script.write_text(
        "zoe lobby: @clerk who uses PlanX?\n"
        'expect "used by \\d+ councils"\n'
        "wait 0.2s\n"
        "zoe lobby: @clerk help with PlanX: the map is empty\n"
        'expect "Help request #1"\n'
        "yan lobby > thread: clear the cache\n"
        'expect "Answered by yan"\n'
    )
    done = demo(tmp_path, "--script", str(script))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "zoe  #lobby\n  @clerk who uses PlanX?" in done.stdout


def test_a_reply_that_does_not_come_is_shown_and_the_exit_code_says_so(tmp_path: Path) -> None:
    script = tmp_path / "play.txt"
    script.write_text('ana planning: @clerk who uses PlanX?\nexpect "never said" within 2s\n')
    done = demo(tmp_path, "--script", str(script))
    assert done.returncode == 1
    assert "✗ expected “never said”" in done.stdout
    assert "0 of 1 expected replies came" in done.stdout


def test_a_broken_script_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    script = tmp_path / "play.txt"
    script.write_text("ana planning: hello\nwait a while\n")
    done = demo(tmp_path, "--script", str(script))
    assert done.returncode == 1
    assert "line 2" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "demo").exists()


def test_ctrl_c_ends_everything(tmp_path: Path) -> None:
    script = tmp_path / "play.txt"
    script.write_text('ana planning: @clerk who uses PlanX?\nexpect "PlanX"\nwait 60s\n')
    command = [sys.executable, "-m", "bot", "demo", "--folder", str(tmp_path / "demo"), "--script", str(script)]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        while "as expected" not in (line := process.stdout.readline()):
            assert line, "the demo ended before its first reply"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    assert processes_in(tmp_path) == []
