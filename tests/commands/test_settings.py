"""What an operator gets wrong, in one clear line."""

from tests.commands.conftest import Shell


def test_an_unknown_key_is_refused_with_the_nearest_known_one(shell: Shell) -> None:
    (shell.folder / "townclerk.toml").write_text('[matrix]\nhomserver = "https://x.example"\n')
    done = shell.townclerk("doctor", "--offline")
    assert done.returncode == 1
    assert "matrix.homserver is unknown; did you mean homeserver?" in done.stdout


def test_an_unknown_plugin_is_refused(shell: Shell) -> None:
    (shell.folder / "townclerk.toml").write_text("[plugins.directry]\n")
    done = shell.townclerk("ask", "hello")
    assert done.returncode == 1
    assert "[plugins.directry]: there is no plugin of that name" in done.stderr


def test_run_without_a_homeserver_says_what_is_missing(shell: Shell) -> None:
    done = shell.townclerk("run")
    assert done.returncode == 1
    assert "[matrix] homeserver and user are needed" in done.stderr


def test_a_variable_that_means_nothing_is_only_warned_about(shell: Shell) -> None:
    done = shell.townclerk("ask", "hello", TOWNCLERK_PORT_8080_TCP="tcp://10.0.0.1:8080")
    assert done.returncode == 0
    assert "TOWNCLERK_PORT_8080_TCP" in done.stderr


def test_a_well_set_up_bot_gets_a_clean_bill_and_nothing_is_made(shell: Shell) -> None:
    done = shell.townclerk("doctor", "--offline")
    assert done.returncode == 0
    assert "WRONG" not in done.stdout
    assert list(shell.folder.iterdir()) == []
