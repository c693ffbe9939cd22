"""`townclerk import` on a terminal: what would be done is shown, asked about, and then done or not."""

import contextlib
import os
import pty
import select
import signal
import subprocess

import pytest

from tests.commands.conftest import Shell

ROWS = "organisation,tool,since,evidence_url\nCamden,PlanX,2022,https://e.example/1\n"


def on_terminal(shell: Shell, answer: str, *arguments: str) -> tuple[str, int]:
    """What a person sees who runs it and answers, or presses Ctrl-C if there is no answer; and the exit code."""
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        shell.command("import", *arguments), cwd=shell.folder, env=shell.environment(TERM="dumb"),
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    if answer:
        os.write(terminal, f"{answer}\n".encode())
    seen = b""
    with contextlib.suppress(OSError):  # how Linux says that nobody is there any more
        while True:
            if select.select([terminal], [], [], 0.2)[0]:
                piece = os.read(terminal, 4096)
                seen += piece
                if not piece:
                    break
            elif not answer and b"Go on?" in seen:
                process.send_signal(signal.SIGINT)
    process.wait(timeout=60)
    os.close(terminal)
    return seen.decode(), process.returncode


@pytest.fixture(autouse=True)
def _file(shell: Shell) -> None:
    (shell.folder / "uses.csv").write_text(ROWS)


def names(shell: Shell) -> list[str]:
    """What is in the folder now."""
    return sorted(path.name for path in shell.folder.iterdir())


def test_without_a_yes_nothing_is_made(shell: Shell) -> None:
    seen, code = on_terminal(shell, "n", "uses.csv", "--starter")
    assert "the starter register\r\n  would add 5" in seen
    assert "uses.csv (CSV): 1 row: 1 matched\r\n  would add 1 use\r\n" in seen
    assert seen.endswith("nothing was changed\r\n")
    assert (code, names(shell)) == (0, ["uses.csv"])


def test_asked_and_agreed_to_it_is_done_and_told_and_not_asked_about_again(shell: Shell) -> None:
    seen, code = on_terminal(shell, "y", "uses.csv")
    assert code == 0
    assert seen.endswith("added 1 use, 1 organisation and 1 tool\r\n")
    assert "used by 1 council" in shell.townclerk("ask", "who uses PlanX?").stdout
    seen, code = on_terminal(shell, "n", "uses.csv")
    assert "would add nothing (1 was there already)" in seen
    assert "Go on?" not in seen


def test_told_not_to_ask_it_goes_on(shell: Shell) -> None:
    assert "Go on?" not in on_terminal(shell, "n", "uses.csv", "--yes")[0]
    assert "used by 1 council" in shell.townclerk("ask", "who uses PlanX?").stdout


def test_asked_a_person_can_still_stop_it(shell: Shell) -> None:
    _, code = on_terminal(shell, "", "uses.csv")
    assert (code, names(shell)) == (130, ["uses.csv"])
