"""A secret in the wrong place, or in an address that is misread, is not said back; files that others may read are."""

from pathlib import Path

import pytest

from bot.commands.process import say
from tests.commands.conftest import Shell

CANARY = "kanariq5b1c"
ROOT = Path(__file__).parents[2]
MISPLACED = [
    f'[matrix]\npasword = "{CANARY}"',
    f"[matrix]\npassword = {CANARY}",
    f'[matrix]\npassword = ["{CANARY}"]',
    f'[matrix]\npassword = "{CANARY}\nuser = "@clerk:example.org"',
    f'[matrix]\nuser = "{CANARY}"',
    f'[matrix]\nhomeserver = "{CANARY}"',
    f'[matrix]\nhomeserver = "https://clerk:{CANARY}@example.org"',
    f'[matrix]\nsecrets_key = "{CANARY}"',
    f'[matrix]\nrecovery_key = "{CANARY}"',
    f'[matrix]\nverification = "{CANARY}"',
    f'[matrix]\nrotate_keys_after_days = "{CANARY}"',
    f'[web]\nheartbeat = "{CANARY}"',
    f'[web]\nheartbeat = "https://watcher:{CANARY}@[::1/ping"',
    f'[web]\nheartbeat = "https://watcher:{CANARY}\u2100@example.org/ping"',
    f'[web]\nport = "{CANARY}"',
    f'matrix = "{CANARY}"',
    f'[plugins.digest]\nroom = ["{CANARY}"]\ntoken = "{CANARY}"',
]
MISREAD = [
    f"mysql://clerk:{CANARY}@db/townclerk",
    f"postgresql:/clerk:{CANARY}@db/townclerk",
    f"clerk:{CANARY}",
    f"postgresql://clerk:{CANARY}/x@127.0.0.1:9/townclerk",
    f"postgresql://clerk:{CANARY}#x@127.0.0.1:9/townclerk",
    f"postgresql://clerk:{CANARY}[@127.0.0.1:9/townclerk",
    f"postgresql://clerk:{CANARY}@127.0.0.1:9/townclerk",
    f"postgresql://clerk@127.0.0.1:9/townclerk?password={CANARY}&sslmode=sometimes",
]


@pytest.mark.parametrize("text", MISPLACED)
def test_a_secret_in_the_wrong_place_of_the_settings_is_not_said_back(shell: Shell, text: str) -> None:
    (shell.folder / "townclerk.toml").write_text(text, encoding="utf-8")
    for command in (["doctor", "--offline"], ["run"]):
        done = shell.townclerk(*command)
        assert done.returncode == 1
        assert CANARY not in done.stdout + done.stderr


@pytest.mark.parametrize("url", MISREAD)
def test_a_password_in_a_databases_address_is_not_said_back(shell: Shell, url: str) -> None:
    done = shell.townclerk("doctor", "--offline", TOWNCLERK_DATABASE__URL=url)
    assert done.returncode == 1
    assert CANARY not in done.stdout + done.stderr
    assert "database" in done.stdout


def test_a_file_that_is_no_database_is_not_quoted(shell: Shell) -> None:
    (shell.folder / "t.db").write_text(f"{CANARY}\n" * 500)
    done = shell.townclerk("doctor", "--offline")
    assert done.returncode == 1
    assert CANARY not in done.stdout + done.stderr


def test_doctor_says_which_of_the_bots_files_others_may_read(shell: Shell) -> None:
    config, key, folder = (shell.folder / name for name in ("townclerk.toml", "t.db.key", "t.db.crypto"))
    config.write_text(f'[matrix]\npassword = "{CANARY}"\n')
    key.write_text("k" * 43)
    folder.mkdir()
    assert shell.townclerk("import", "--starter", "--yes").returncode == 0
    modes = {config: 0o600, folder: 0o700, shell.folder / "t.db": 0o600, key: 0o600}
    for path in modes:
        path.chmod(0o755)
    assert set(_open_files(shell)) >= {f"chmod {mode:o} {path.name}" for path, mode in modes.items()}
    for path in shell.folder.iterdir():
        path.chmod(modes.get(path, 0o600))
    assert _open_files(shell) == []


def test_a_settings_file_without_a_secret_may_be_read_by_all(shell: Shell) -> None:
    (shell.folder / "townclerk.toml").write_text("[matrix]\n")
    (shell.folder / "townclerk.toml").chmod(0o644)
    assert _open_files(shell) == []


def _open_files(shell: Shell) -> list[str]:
    told = shell.townclerk("doctor", "--offline").stdout.splitlines()
    return [line.rpartition(": ")[2] for line in told if "can be read by others" in line]


def test_what_comes_from_elsewhere_commands_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("WRONG: \x1b[2J\x9b1m \u202eseltit\nnext\tline – ümläut 🐢")
    assert capsys.readouterr().out == "WRONG: \\x1b[2J\\x9b1m \\u202eseltit\nnext\tline – ümläut 🐢\n"


def test_a_fault_of_the_programs_own_ends_it_without_the_faults_words(shell: Shell) -> None:
    """Here, of a plugin that fails when it is imported."""
    (shell.folder / "failing.py").write_text(f'secret = "{CANARY}"\nraise KeyError(secret)\n')
    done = shell.process(
        "doctor", TOWNCLERK_PLUGINS='{"failing": {"module": "failing"}}', PYTHONPATH=f"{shell.folder}:{ROOT}"
    )
    assert done.returncode == 1
    assert '"exception": "KeyError"' in done.stderr
    assert CANARY not in done.stdout + done.stderr
