"""`townclerk import`: what is in a file comes into the register, what is broken in it is said."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands import imports
from bot.commands.imports import Wanted, carry_out, import_all
from bot.domain.directory import Tool
from bot.exchange.document import Document
from bot.store.database import open_database
from bot.store.memory import Memory
from config.sections import DatabaseSettings, ExchangeSettings
from config.settings import Settings
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


def test_a_file_that_strict_refuses_leaves_no_names_for_the_next(shell: Shell) -> None:
    (shell.folder / "one.csv").write_text(HEADER + "Puddleby Council,Boggle Suite,,\n,PlanX,,\n")
    (shell.folder / "two.csv").write_text(HEADER + "Puddleby Council,Boggle Suite,,\n")
    done = shell.townclerk("import", "one.csv", "two.csv", "--strict")
    assert done.stderr == "townclerk: one.csv: nothing was imported: 1 row is broken\n"
    assert "added 1 use, 1 organisation and 1 tool" in done.stdout


def test_a_dry_run_changes_nothing_and_says_what_it_would_do(shell: Shell) -> None:
    (shell.folder / "uses.csv").write_text(HEADER + "Camden,PlanX,2022,https://e.example/1\n")
    done = shell.townclerk("import", "uses.csv", "--dry-run", "--json")
    report = json.loads(done.stdout)
    assert report["dry_run"] is True
    assert report["files"][0]["summary"]["new"] == 1
    assert [path.name for path in shell.folder.iterdir()] == ["uses.csv"]


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


def test_a_dry_run_of_nothing_ends_its_line(shell: Shell) -> None:
    assert shell.townclerk("import", "missing.csv", "--dry-run").stdout == "dry run: nothing was changed\n"


def test_a_file_of_too_many_rows_is_told_in_words(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_ROWS", 1)
    (shell.folder / "uses.csv").write_text(HEADER + "Camden,PlanX,,\nLambeth,BOPS,,\n")
    done = shell.townclerk("import", "uses.csv")
    assert done.returncode == 1
    assert done.stderr == "townclerk: uses.csv: has 2 rows, and townclerk reads at most 1 of one file: split it\n"


def test_nothing_to_import_is_wrong_usage(shell: Shell) -> None:
    assert shell.townclerk("import").returncode == 2


MEDUSA = "publiccodeYmlVersion: 0.2\nname: Medusa\nurl: https://git.example/town/medusa\nusedBy:\n  - Comune di Roma\n"


def test_a_folder_is_imported_file_by_file_and_what_is_none_of_ours_is_counted(shell: Shell) -> None:
    folder = shell.folder / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "publiccode.yml").write_text(MEDUSA)
    (folder / "uses.csv").write_text(HEADER + "Camden,PlanX,2022,https://e.example/1\n")
    (folder / "README.md").write_text("hello")
    done = shell.townclerk("import", "in")
    assert (done.returncode, done.stderr) == (0, "")
    assert "in/deep/publiccode.yml (publiccode.yml): 1 row: 1 new" in done.stdout
    assert done.stdout.splitlines()[-1] == "2 files with 2 rows: 0 ambiguous, 0 broken, 1 other file passed over"
    assert "used by 1 council" in shell.townclerk("ask", "who uses Medusa?").stdout


def test_a_file_that_cant_be_read_costs_the_others_nothing(shell: Shell) -> None:
    (shell.folder / "page.yml").write_text("<html>\n")
    (shell.folder / "uses.csv").write_text(HEADER + "Camden,PlanX,2022,https://e.example/1\n")
    done = shell.townclerk("import", "page.yml", "uses.csv", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert [file["summary"]["new"] for file in report["files"]] == [1]
    assert report["failed"][0].startswith("page.yml: is a web page")
    assert len(done.stderr.splitlines()) == 1


def test_repeated_it_says_that_all_was_there_already(shell: Shell) -> None:
    (shell.folder / "publiccode.yml").write_text(MEDUSA)
    assert "added 1 use, 1 organisation and 1 tool" in shell.townclerk("import", "publiccode.yml").stdout
    assert "added nothing (1 was there already)" in shell.townclerk("import", "publiccode.yml").stdout


def test_what_was_left_out_can_be_corrected_and_fed_back(shell: Shell) -> None:
    shell.townclerk("import", "--starter")
    (shell.folder / "uses.csv").write_text(HEADER + "WCC,BOPS,2022,https://e.example/1\n")
    done = shell.townclerk("import", "uses.csv", "--dry-run", "--report", "look.csv")
    assert done.stderr == "look.csv: 1 row to look at\n"
    lines = (shell.folder / "look.csv").read_text("utf-8-sig").replace("WCC,,", "WCC,local-authority:WAR,")
    (shell.folder / "look.csv").write_text(lines)
    done = shell.townclerk("import", "look.csv")
    assert "1 row: 1 matched\n  added 1 use\n" in done.stdout
    assert "Warwickshire" in shell.townclerk("ask", "does Warwickshire use BOPS?").stdout


def test_a_report_that_cant_be_written_is_told(shell: Shell) -> None:
    (shell.folder / "uses.csv").write_text(HEADER + "Camden,PlanX,2022,https://e.example/1\n")
    done = shell.townclerk("import", "uses.csv", "--report", "no/such/folder.csv")
    assert done.returncode == 1
    assert "no/such/folder.csv: can't be written (No such file or directory)" in done.stderr
    assert [path.name for path in shell.folder.iterdir()] == ["uses.csv"]


@pytest.mark.parametrize("sources", [("uses.csv",), ("missing.csv", "."), ("link.csv",)])
def test_a_report_is_never_written_over_what_is_imported(shell: Shell, sources: tuple[str, ...]) -> None:
    (shell.folder / "uses.csv").write_text(HEADER + "Camden,PlanX,,\n")
    (shell.folder / "link.csv").symlink_to("uses.csv")
    assert shell.townclerk("import", *sources, "--report", "./uses.csv").returncode == 2
    assert (shell.folder / "uses.csv").read_text() == HEADER + "Camden,PlanX,,\n"


def test_what_failed_is_told_before_the_report(shell: Shell) -> None:
    (shell.folder / "uses.csv").write_text(HEADER + "Camden,PlanX,,\n")
    told = shell.townclerk("import", "missing.csv", "uses.csv", "--report", "look.csv").stderr.splitlines()
    assert ["missing.csv" in told[0], told[1]] == [True, "look.csv: 1 row to look at"]


def test_what_contradicts_the_register_is_shown_and_both_are_kept(shell: Shell) -> None:
    (shell.folder / "one.csv").write_text("organisation,tool,status,asserted_on\nCamden,PlanX,retired,2026-01-01\n")
    (shell.folder / "two.csv").write_text("organisation,tool\nCamden,PlanX\n")
    shell.townclerk("import", "one.csv")
    done = shell.townclerk("import", "two.csv")
    assert "line 2: conflicting, both are kept: Camden and PlanX: the register says retired (observed, " in done.stdout


def test_web_addresses_are_fetched_only_if_the_settings_say_so(shell: Shell) -> None:
    done = shell.townclerk("import", "https://catalogue.example/software")
    assert done.returncode == 1
    assert done.stderr == (
        "townclerk: https://catalogue.example/software: web addresses are fetched only with [exchange] urls = true\n"
    )
    done = shell.townclerk("import", "https://127.0.0.1/software", TOWNCLERK_EXCHANGE__URLS="true")
    assert "is inside a private network (127.0.0.1 is not a public address), which is never fetched from" in done.stderr


async def test_what_others_write_while_a_person_thinks_is_not_written_over(tmp_path: Path) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    (tmp_path / "publiccode.yml").write_text(MEDUSA.replace("usedBy", "landingURL: https://m.example\nusedBy"))
    settings = Settings(database=DatabaseSettings(url=f"sqlite:///{tmp_path / 't.db'}"))
    theirs = Tool("medusa", "Medusa", description="Theirs.", website="https://theirs.example")

    wanted = Wanted([str(tmp_path / "publiccode.yml")], asking=True)
    found = await import_all(settings, wanted, now)
    database = await open_database(settings.database.url)
    async with database.transaction() as connection:
        await Memory(connection).register.add_tools([theirs], now)
    await database.close()
    await carry_out(settings, found, now)
    database = await open_database(settings.database.url)
    async with database.reading() as connection:
        [tool] = await Memory(connection).register.tools()
    await database.close()
    assert (tool.description, tool.website) == ("Theirs.", "https://theirs.example")
    assert tool.repository == "https://git.example/town/medusa"


@pytest.mark.parametrize(
    ("pages", "read", "failed"),
    [
        (["?page=1", "?page=2", ""], 3, ""),
        (["?page=1", "?page=1"], 2, ""),  # leads back
        (["https://other.example/software"], 1, ""),
        ([f"?page={n}" for n in range(1, 9)], 4, "[exchange] pages is 4"),
    ],
)
async def test_a_catalogues_pages_are_followed_on_the_same_site_up_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: list[str], read: int, failed: str
) -> None:
    class Site:
        """Answers with one page after the other."""

        def __init__(self, limits: object) -> None:
            self.left = iter(pages)

        async def fetch(self, address: str) -> Document:
            return Document(address, json.dumps({"data": [], "links": {"next": next(self.left)}}), address)

    monkeypatch.setattr(imports, "Fetcher", Site)
    exchange = ExchangeSettings(urls=True, pages=4)
    settings = Settings(database=DatabaseSettings(url=f"sqlite:///{tmp_path / 't.db'}"), exchange=exchange)
    found = await import_all(settings, Wanted(["https://api.example/software"]), datetime(2026, 11, 23, tzinfo=UTC))
    assert len(found.reports) == read
    assert failed in "".join(found.failed)
    assert bool(failed) is bool(found.failed)
