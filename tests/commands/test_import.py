"""`townclerk import`: what is in a file comes into the register, what is broken in it is said."""

import json

from tests.commands.conftest import Shell

HEADER = "organisation,tool,since,evidence_url\n"


def test_a_broken_row_is_named_with_its_line_and_the_rest_is_imported(shell: Shell) -> None:
    (shell.folder / "uses.csv").write_text(HEADER + "Camden,PlanX,2022,https://e.example/1\n,PlanX,,\nLambeth,BOPS,,\n")
    done = shell.townclerk("import", "uses.csv")
    assert done.returncode == 0
    assert "line 3: left out: no organisation" in done.stdout
    assert "used by 1 council" in shell.townclerk("ask", "who uses BOPS?").stdout


def test_asked_to_be_strict_nothing_of_a_file_with_a_broken_row_is_imported(shell: Shell) -> None:
    (shell.folder / "uses.csv").write_text(HEADER + "Camden,PlanX,2022,https://e.example/1\n,PlanX,,\n")
    done = shell.townclerk("import", "uses.csv", "--strict")
    assert done.returncode == 1
    assert "nothing was imported: 1 row is broken" in done.stderr
    assert "I don't know a tool called PlanX" in shell.townclerk("ask", "who uses PlanX?").stdout


def test_a_dry_run_changes_nothing_and_says_what_it_would_do(shell: Shell) -> None:
    (shell.folder / "uses.csv").write_text(HEADER + "Camden,PlanX,2022,https://e.example/1\n")
    done = shell.townclerk("import", "uses.csv", "--dry-run", "--json")
    report = json.loads(done.stdout)
    assert report["dry_run"] is True
    assert report["files"][0]["summary"]["new"] == 1
    assert "I don't know a tool called PlanX" in shell.townclerk("ask", "who uses PlanX?").stdout


def test_the_same_file_twice_adds_nothing(shell: Shell) -> None:
    (shell.folder / "uses.csv").write_text(HEADER + "Camden,PlanX,2022,https://e.example/1\n")
    shell.townclerk("import", "uses.csv")
    shell.townclerk("import", "uses.csv")
    assert "used by 1 council" in shell.townclerk("ask", "who uses PlanX?").stdout


def test_an_ambiguous_row_is_left_out_and_its_choices_are_named(shell: Shell) -> None:
    shell.townclerk("import", "--starter")
    (shell.folder / "uses.csv").write_text(HEADER + "WCC,BOPS,,\n")
    assert "'WCC' is ambiguous: Warwickshire County Council" in shell.townclerk("import", "uses.csv").stdout


def test_a_file_that_cant_be_read_is_one_line_and_exit_1(shell: Shell) -> None:
    done = shell.townclerk("import", "missing.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == ["townclerk: missing.csv: can't be read (No such file or directory)"]


def test_nothing_to_import_is_wrong_usage(shell: Shell) -> None:
    assert shell.townclerk("import").returncode == 2
