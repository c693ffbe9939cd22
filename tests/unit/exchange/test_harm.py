"""Files made to do harm: endless names, halves of characters, addresses that aren't."""

import json
from pathlib import Path

import pytest
import yaml

from bot.exchange import yaml_tree
from bot.exchange.document import document_of, read_document
from bot.exchange.repository import domain_of, name_in, repository
from bot.exchange.rows import UseRow
from bot.exchange.text import web_address, whole
from bot.exchange.used_by import Body, body_named
from tests.unit.exchange.conftest import ReadText

TOO_LONG = "the organisation's name is longer than 300 characters"


@pytest.mark.parametrize("name", ["x" * 60_000, "x@" * 30_000, "codice ipa" + " :" * 30_000])
def test_an_endless_name_is_refused_by_its_length_before_anything_looks_into_it(name: str) -> None:
    assert body_named(name) == TOO_LONG


def test_a_long_name_is_measured_before_contacts_are_taken_out() -> None:
    assert body_named("C" * 280 + " <jane.of.the.council@example.org>") == TOO_LONG
    assert body_named("C" * 280 + " <j@example.org>") == Body("C" * 280)


def test_no_address_or_name_is_longer_than_people_write() -> None:
    short, long = f"https://git.example/{'a' * 1_980}", f"https://git.example/{'a' * 1_981}"
    assert repository(short) == web_address(short) == short
    assert (repository(long), web_address(long)) == ("", "")
    assert name_in(short) == "a" * 300
    assert UseRow(1, "Camden", "", repository=f"https://git.example/o/{'a' * 900}").called == f"o/{'a' * 298}"
    assert domain_of(f"https://{'a.' * 130}example") == ""


@pytest.mark.parametrize("address", ["javascript://evil.example/%0aalert(1)", "ftp://evil.example/", "//evil.example"])
def test_a_bodys_website_is_one_that_can_be_followed(read_text: ReadText, address: str) -> None:
    body = {"name": "Camden", "url": address}
    tool = {"publiccodeYmlVersion": "0.4", "name": "x", "usedBy": [body]}
    for text in (json.dumps(tool), json.dumps({"organisation": body, "software": ["PlanX"]})):
        [row] = read_text(text).rows
        assert isinstance(row, UseRow)
        assert (row.organisation, row.organisation_id, row.website) == ("Camden", "", "")


@pytest.mark.parametrize(
    ("text", "written"),
    [("a\ud800b", "a\ufffdb"), ("\udcff", "\ufffd"), ("\ud83c\udf0d", "🌍"), ("🌍é", "🌍é"), ("\ufeffé", "\ufeffé")],
)
def test_half_a_character_is_replaced_and_two_halves_are_one(text: str, written: str) -> None:
    assert whole(text) == written


def test_nothing_that_cant_be_written_down_comes_in(read_text: ReadText, tmp_path: Path) -> None:
    half = "\ud800"
    body = {"name": f"Cam{half}den", "url": f"https://camden.example/{half}"}
    software = {"name": f"Plan{half}X", "status": half, "evidenceUrl": f"https://e.example/{half}", half: half}
    texts = (
        json.dumps({"organization": body, "software": [software]}),
        json.dumps({"data": [{"publiccodeYml": {"name": "x", "usedBy": [body], "landingURL": body["url"]}}]}),
        json.dumps({"data": [{"publiccodeYml": f"name: x{half}\nusedBy: [Camden{half}]\n", "url": body["url"]}]}),
    )
    for text in texts:
        contents = read_text(text)
        assert contents.rows
        for row in contents.rows:
            assert isinstance(row, UseRow)
            "".join(str(value) for value in vars(row).values()).encode()
        for tool in contents.tools:
            "".join(str(value) for value in vars(tool).values()).encode()
    path = tmp_path / "\udcff.csv"
    path.write_text("organisation,tool\n", encoding="utf-8")
    assert read_document(path).short_name == document_of("\udcff.csv", b"x").name == "\ufffd.csv"


def test_nor_by_yaml_without_the_fast_parser(read_text: ReadText, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_tree, "_LOADER", yaml.SafeLoader)
    [tool] = read_text('publiccodeYmlVersion: 0.4\nname: x\nlandingURL: "https://c.example/\\ud800"\n').tools
    assert tool.website == "https://c.example/\ufffd"
