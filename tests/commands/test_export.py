"""`townclerk export`: the register in other people's formats, on standard output or in files."""

import csv
import io
import json
import sqlite3

import pytest
import yaml

from tests.commands.conftest import Shell


def test_the_table_is_the_whole_of_standard_output(filled: Shell) -> None:
    done = filled.townclerk("export", "--format", "csv", "--tool", "PlanX")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert (done.returncode, done.stderr) == (0, "")
    assert "London Borough of Camden" in [row["organisation"] for row in rows]
    assert {row["licence"] for row in rows} == {"facts only"}


def test_a_file_for_spreadsheets_says_that_it_is_utf_8(filled: Shell) -> None:
    done = filled.townclerk("export", "--format", "csv", "--output", "uses.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (filled.folder / "uses.csv").read_bytes().startswith(b"\xef\xbb\xbforganisation,")


def test_what_was_exported_imports_into_another_register(filled: Shell, shell: Shell) -> None:
    exported = filled.townclerk("export", "--format", "csv").stdout
    (shell.folder / "uses.csv").write_text(exported, encoding="utf-8", newline="")
    assert shell.townclerk("import", "uses.csv", "--strict").returncode == 0
    question = "who uses BOPS?"
    theirs, ours = (json.loads(s.townclerk("ask", question, "--json").stdout)["uses"] for s in (filled, shell))
    assert theirs == ours


def test_json_lines_begin_with_a_header_and_hold_every_assertion(filled: Shell) -> None:
    lines = [json.loads(line) for line in filled.townclerk("export", "--format", "jsonl").stdout.splitlines()]
    with sqlite3.connect(filled.folder / "t.db") as database:
        ids = {row[0] for row in database.execute("SELECT id FROM assertion")}
    database.close()
    assert lines[0]["format"] == "townclerk-register"
    assert {line["id"] for line in lines if line["type"] == "assertion"} == ids


def test_one_body_is_declared_on_standard_output_and_all_in_a_folder(filled: Shell) -> None:
    camden = json.loads(filled.townclerk("export", "--format", "usage", "--organisation", "Camden").stdout)
    assert camden["organization"]["name"] == "London Borough of Camden"
    done = filled.townclerk("export", "--format", "usage", "--all", "--output", "bodies")
    assert (done.returncode, done.stdout) == (0, "")
    written = json.loads((filled.folder / "bodies" / "local-authority_CMD.json").read_text(encoding="utf-8"))
    assert written["software"] == camden["software"]


def test_one_tools_users_are_told_on_standard_output_and_all_in_a_folder(filled: Shell) -> None:
    bops = yaml.safe_load(filled.townclerk("export", "--format", "used-by", "--tool", "bops").stdout)
    assert "London Borough of Camden" in bops["usedBy"]
    assert filled.townclerk("export", "--format", "used-by", "--all", "--output", "tools").returncode == 0
    assert yaml.safe_load((filled.folder / "tools" / "bops.yml").read_text(encoding="utf-8")) == bops


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("csv", "--tool", "Plamx"), "townclerk: no tool is called 'Plamx'; did you mean PlanX (planx)?"),
        (("usage", "--organisation", "Atlantis"), "townclerk: no organisation is called 'Atlantis'"),
        (("csv", "--output", "no/x.csv"), "townclerk: no/x.csv: can't be written (No such file or directory)"),
        (("csv", "--output", "."), "townclerk: .: is a folder; name a file"),
        (
            ("used-by", "--all", "--output", "t.db"),
            "townclerk: t.db: is a file, not a folder; a file for each is written",
        ),
    ],
)
def test_what_cant_be_done_is_one_line_and_exit_1(filled: Shell, arguments: tuple[str, ...], said: str) -> None:
    done = filled.townclerk("export", "--format", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(said)


def test_a_name_that_several_have_is_refused_with_their_ids(filled: Shell) -> None:
    done = filled.townclerk("export", "--format", "usage", "--organisation", "WCC")
    assert done.returncode == 1
    assert "Warwickshire County Council (local-authority:WAR)" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--tool", "PlanX"),
        ("--format", "xml"),
        ("--format", "usage"),
        ("--format", "usage", "--all"),
        ("--format", "csv", "--all"),
        ("--format", "jsonl", "--all", "--output", "x"),
        ("--format", "usage", "--tool", "PlanX"),
        ("--format", "used-by", "--organisation", "Camden"),
        ("--format", "used-by", "--tool", "PlanX", "--all", "--output", "x"),
    ],
)
def test_what_nobody_can_mean_is_wrong_usage(filled: Shell, arguments: tuple[str, ...]) -> None:
    done = filled.townclerk("export", *arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_the_communitys_licence_is_a_setting(filled: Shell) -> None:
    done = filled.townclerk("export", "--format", "jsonl", TOWNCLERK_EXCHANGE__LICENCE="OGL-UK-3.0")
    assert json.loads(done.stdout.splitlines()[0])["licence"] == "OGL-UK-3.0"


def test_an_export_changes_nothing_and_waits_for_nobody_who_writes(filled: Shell) -> None:
    writing = sqlite3.connect(filled.folder / "t.db", isolation_level=None)
    try:
        before = filled.townclerk("export", "--format", "csv").stdout
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("DELETE FROM assertion")
        assert filled.townclerk("export", "--format", "csv").stdout == before
    finally:
        writing.rollback()
        writing.close()


def test_an_empty_register_is_an_empty_table(shell: Shell) -> None:
    (shell.folder / "none.csv").write_text("organisation,tool\n")
    shell.townclerk("import", "none.csv")
    done = shell.townclerk("export", "--format", "csv")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)


def test_a_database_that_isnt_there_costs_no_file_its_rows(shell: Shell) -> None:
    (shell.folder / "full.csv").write_text("full\n")
    done = shell.townclerk("export", "--format", "csv", "--output", "full.csv")
    assert (done.returncode, done.stderr) == (1, "townclerk: the database t.db isn't there: nothing was exported\n")
    assert [(p.name, p.read_text()) for p in shell.folder.iterdir()] == [("full.csv", "full\n")]
