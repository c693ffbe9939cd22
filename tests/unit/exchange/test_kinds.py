"""What a file is, is told from what is in it; what can't be read is one clear sentence."""

import json
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.exchange.document import Document, document_of, read_document
from bot.exchange.folders import Passed, documents_at
from bot.exchange.rows import Kind, UseRow
from tests.unit.exchange.conftest import ReadText

BOMB = "publiccodeYmlVersion: 0.2\nname: x\nurl: https://a.example/b\na0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("organisation,tool\nCamden,PlanX\n", Kind.USES),
        ("Software;Council\nPlanX;Camden\n", Kind.USES),
        ("# a comment\npubliccodeYmlVersion: '0.2'\nname: x\n", Kind.PUBLICCODE),
        ("name: x\nurl: https://a.example/b\nlegal:\n  license: MIT\n", Kind.PUBLICCODE),
        ('{"publiccodeYmlVersion": "0.2", "name": "x", "usedBy": ["A"]}', Kind.PUBLICCODE),
        ("openCatalogiYmlVersion: 0.2\nname: Town\nsoftwareUsed: []\n", Kind.OPENCATALOGI),
        ("publiccodeYmlVersion: 0.1\nname: x\nsoftwareUsed: [y]\n", Kind.PUBLICCODE),
        ('{"organization": {"url": "https://town.example"}, "software": []}', Kind.USAGE),
        ('{"data": [], "links": {"next": null}}', Kind.CATALOGUE),
        ('[{"publiccodeYml": "name: x", "url": "https://a.example/b"}]', Kind.CATALOGUE),
    ],
)
def test_the_kind_is_in_the_text_and_not_in_the_name(read_text: ReadText, text: str, kind: Kind) -> None:
    assert read_text(text, "whatever.txt").kind is kind


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "f: is empty"),
        (" \n\n", "f: is empty"),
        ("<!DOCTYPE html><html></html>", "f: is a web page (HTML or XML), not CSV with"),
        ("\ufeff\n<?xml version='1.0'?>", "f: is a web page (HTML or XML), not CSV with"),
        ("just some words", "f: is no kind of file that is read (CSV with"),
        ('{"name": "left-pad"}', "f: is JSON, but no kind that is read (CSV with"),
        ('{"data": [', "f, line 1: isn't valid JSON ("),
        ('{"data": ' + "[" * 200_000, "f: is nested too deep to be read"),
        (BOMB.replace("name: x\nurl: https://a.example/b\n", ""), "f, line 8: unfolds to"),
        ("publiccodeYmlVersion: 0.2\nx: " + "[" * 100_000, "f, line 2: nested more than 60"),
        ("softwareUsed: [\n", "f: can't be read as YAML (line 2: "),
        ("softwareUsed: []\n", "f: doesn't say whose it is (no name, no address)"),
        ('{"organization": {"name": "..."}, "software": []}', "f: doesn't say whose it is (“...” names no"),
    ],
)  # fmt: skip
def test_what_cant_be_read_is_one_clear_sentence(read_text: ReadText, text: str, told: str) -> None:
    with pytest.raises(OperatorError) as error:
        read_text(text, "f")
    assert str(error.value).startswith(told)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("users", ["  - Camden", " *a6"])
def test_a_bomb_does_not_go_off_and_nothing_in_it_is_read(read_text: ReadText, users: str) -> None:
    with pytest.raises(OperatorError, match=r"^f, line \d+: unfolds to more than 500,000 values$"):
        read_text(f"{BOMB}usedBy:\n{users}\n", "f")


@pytest.mark.parametrize("entry", ["*m", "&m"])
def test_an_anchor_is_no_name_where_no_parser_reads_the_file(read_text: ReadText, entry: str) -> None:
    broken = "publiccodeYmlVersion: 0.2\nname: x\n" + f"usedBy:\n  - Camden\n  - {entry}\nbad: [\n"
    assert [row.organisation for row in read_text(broken).rows if isinstance(row, UseRow)] == ["Camden"]


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(OperatorError, match=r"large\.csv: is larger than 16 MB, the most that townclerk reads"):
        read_document(path)


def test_what_is_no_utf_8_is_read_as_old_programs_wrote_it() -> None:
    assert document_of("f", "Préfecture".encode("cp1252")).text == "Préfecture"
    assert document_of("f", b"\x81\x8d").text == "\x81\x8d"


@pytest.mark.parametrize("name", ["missing.csv", "dev\0ice", "n" * 300])
def test_a_path_that_leads_nowhere_is_told(tmp_path: Path, name: str) -> None:
    [found] = documents_at(tmp_path / name)
    assert isinstance(found, OperatorError)
    assert "can't be read" in str(found)


def test_in_a_folder_only_what_is_read_is_taken_and_the_rest_is_counted(tmp_path: Path) -> None:
    written = {
        "uses.csv": "organisation,tool\nCamden,PlanX\n",
        "MANIFEST.csv": "file,repo\na,b\n",
        "README.md": "organisation,tool\n",
        "deep/er/publiccode.yaml": "publiccodeYmlVersion: 0.2\nname: x\n",
        "deep/mkdocs.yml": "site_name: x\n",
        "deep/package.json": json.dumps({"name": "x"}),
        "deep/page.json": '{"data": [], "links": {}}',
        ".git/config.yml": "publiccodeYmlVersion: 0.2\n",
    }
    for name, text in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "deep" / "round").symlink_to(tmp_path)
    (tmp_path / "empty.yml").touch()
    found = list(documents_at(tmp_path))
    taken = [Path(d.name).name for d in found if isinstance(d, Document)]
    assert sorted(taken) == ["page.json", "publiccode.yaml", "uses.csv"]
    assert len([f for f in found if isinstance(f, Passed)]) == 4
    assert [str(f).rpartition("/")[2] for f in found if isinstance(f, OperatorError)] == ["empty.yml: is empty"]
