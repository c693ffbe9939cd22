"""publiccode.yml as it is found in the wild: the tool, who uses it, and what is said of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.facts import Topic
from bot.errors import OperatorError
from bot.exchange.document import document_of
from bot.exchange.kinds import read
from bot.exchange.rows import BrokenRow, Contents, UseRow
from tests.unit.exchange.conftest import ReadText

HEAD = 'publiccodeYmlVersion: "0.2"\nname: Medusa\nurl: https://git.example/Town/medusa.git\n'
FULL = (
    HEAD
    + """landingURL: https://medusa.example
isBasedOn: https://git.example/Other/otello
softwareVersion: 1.30.0
releaseDate: 2017-04-15
categories: [content-management, office, blog]
usedBy:
  - Comune di Firenze
  - "Comune di Roma "
description:
  it:
    shortDescription: Un editore
  en:
    localisedName: Medusa Editor
    shortDescription: >
      An editor
      for <b>all</b>
legal: {license: AGPL-3.0-or-later, repoOwner: Comune di Roma}
maintenance:
  type: internal
  contractors:
    - {name: Acme srl, email: somebody@acme.example, until: 2027-01-01}
  contacts:
    - {name: Somebody Private, email: private@town.example}
dependsOn:
  open:
    - {name: PostgreSQL, versionMin: 14.0}
it:
  countryExtensionVersion: 0.2
  riuso: {codiceIPA: c_h501}
  conforme: {lineeGuidaDesign: yes, gdpr: true, misureMinimeSicurezza: false}
  piattaforme: {spid: true, cie: no}
"""
)


def users(contents: Contents) -> list[str]:
    """The bodies said to use it."""
    return [r.organisation for r in contents.rows if isinstance(r, UseRow)]


def reasons(contents: Contents) -> list[tuple[int, str]]:
    """What is wrong, and where."""
    return [(r.line, r.reason) for r in contents.rows if isinstance(r, BrokenRow)]


def test_a_whole_file_yields_the_tool_its_users_and_its_facts(read_text: ReadText) -> None:
    contents = read_text(FULL)
    [tool] = contents.tools
    assert (tool.name, tool.repository, tool.licence) == (
        "Medusa",
        "https://git.example/Town/medusa",
        "AGPL-3.0-or-later",
    )
    assert (tool.description, tool.category) == ("An editor for <b>all</b>", "content management, office")
    assert (tool.website, tool.aliases) == ("https://medusa.example", ("Medusa Editor",))
    assert {fact.topic: fact.text for fact in tool.facts} == {
        Topic.LICENCE: "AGPL-3.0-or-later",
        Topic.SUPPORT: "internal: Acme srl (→ 2027-01-01)",
        Topic.HOSTING: "dependsOn: PostgreSQL",
        Topic.ALTERNATIVES: "isBasedOn: https://git.example/Other/otello",
        Topic.ACCESSIBILITY: "lineeGuidaDesign",
        Topic.DATA: "GDPR",
        Topic.WORKS_WITH: "SPID",
    }
    first = contents.rows[0]
    assert isinstance(first, UseRow)
    assert (first.line, first.organisation, first.tool) == (10, "Comune di Firenze", "Medusa")
    assert first.repository == first.evidence_url == tool.repository
    assert first.source == "publiccode.yml of git.example/Town/medusa"
    assert users(contents) == ["Comune di Firenze", "Comune di Roma"]


def test_nobody_volunteers_by_a_file(read_text: ReadText) -> None:
    assert "type: internal" in FULL
    assert {row.relation for row in read_text(FULL).rows if isinstance(row, UseRow)} == {""}


def test_nobodys_contact_comes_in(read_text: ReadText) -> None:
    said = repr(read_text(FULL + "usedBy:\n  - Comune di Lecce <ufficio@comune.example>\n  - someone@comune.example\n"))
    assert "Comune di Lecce" in said
    assert not [word for word in ("Somebody Private", "@acme", "@town", "ufficio@") if word in said]


@pytest.mark.parametrize(
    "written",
    [
        "usedBy:\n  - A\n  - B\n",
        "usedBy:\n- A\n- B   \n",
        "usedBy: [A, B]\n",
        "usedBy: |\n  A\n  - B\n",
        "usedBy: A; B\n",
        "usedby:\n  - A\n  -\n  - ~\n  - B\n",
        "usedBy:\n  - {name: A}\n  - {name: B, uri: 'https://b.example'}\n",
        "usedBy: [A]\nusedBy: [B]\n",
        "usedBy: &both [A, B]\nalso: *both\n",
    ],
)
def test_a_list_is_understood_however_it_is_written(read_text: ReadText, written: str) -> None:
    assert users(read_text(HEAD + written)) == ["A", "B"]


@pytest.mark.parametrize(
    "version", ["0.2", '"0"', "0.4", "0.5.0", "'0.7'", "2.4.0", "", "http://w3id.org/publiccode/version/0.1", "[1]"]
)
def test_any_version_and_any_end_of_line_is_read(read_text: ReadText, version: str) -> None:
    text = f"publiccodeYmlVersion: {version}\nname: Medusa\nusedBy:\n  - Préfecture\n"
    for encoded in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("cp1252"), text.encode("utf-16")):
        assert users(read_text(encoded)) == ["Préfecture"]
    assert users(read_text(text.replace("\n", "\r\n"))) == ["Préfecture"]


@pytest.mark.parametrize(
    ("entry", "organisation", "identity"),
    [
        ("CodiceIPA c_a045, Acquasparta", "Acquasparta", "urn:x-italian-pa:c_a045"),
        ("codice IPA: c_h501 - Roma", "Roma", "urn:x-italian-pa:c_h501"),
        ("urn:x-italian-pa:C_H501", "C_H501", "urn:x-italian-pa:c_h501"),
        ("https://www.unical.it", "unical.it", "domain:unical.it"),
        ("'@room'", "@room", ""),
        ("<b>Roma</b>", "<b>Roma</b>", ""),
        ("🏛️ Comune", "🏛️ Comune", ""),
        ("\u202eبلدية دبي", "بلدية دبي", ""),
        ("118 Lazio", "118 Lazio", ""),
        ("C" * 300, "C" * 300, ""),
    ],
)
def test_an_entry_is_a_name_with_what_identifies_it(
    read_text: ReadText, entry: str, organisation: str, identity: str
) -> None:
    [row] = read_text(f"{HEAD}usedBy:\n  - {entry}\n").rows
    assert isinstance(row, UseRow)
    assert (row.organisation.replace("\ufe0f", ""), row.organisation_id) == (
        organisation.replace("\ufe0f", ""),
        identity,
    )


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("...", "“...” names no organisation"),
        ("5", "“5” names no organisation"),
        ("2022-10-31", "“2022-10-31” names no organisation"),
        ("9" * 500, f"“{'9' * 40}” names no organisation"),
        ("someone@comune.example", "“someone@comune.example” names no organisation"),
        ("See https://a.example/list for more", "“See https://a.example/list for more” points elsewhere"),
        ("Collectivités", "“Collectivités” is a group"),
        ("14 ambiti Sociali Regione Umbria", "“14 ambiti Sociali Regione Umbria” is a group"),
        ("and more", "“and more” is a group"),
        ("C" * 301, "the organisation's name is longer than 300 characters"),
        ("[A, B]", "a list where a name should be"),
        ("{website: x}", "“x” names no organisation"),
    ],
)
def test_an_entry_that_names_nobody_is_told_with_its_line(read_text: ReadText, entry: str, reason: str) -> None:
    contents = read_text(f"{HEAD}usedBy:\n  - Comune di Roma\n  - {entry}\n")
    if entry.startswith("{"):
        assert len(contents.rows) == 2
        return
    [(line, told)] = reasons(contents)
    assert line == 6
    assert told.startswith(reason)
    assert users(contents) == ["Comune di Roma"]


def test_used_by_5_is_no_list_and_costs_only_itself(read_text: ReadText) -> None:
    assert reasons(read_text(HEAD + "usedBy: 5\n")) == [(4, "“5” names no organisation")]


def test_thousands_of_entries_are_read(read_text: ReadText) -> None:
    listed = "".join(f"  - Comune di Esempio {n}\n" for n in range(6_600))
    assert len(users(read_text(HEAD + "usedBy:\n" + listed))) == 6_600


def test_what_no_parser_accepts_is_read_by_line_and_graded_low(read_text: ReadText) -> None:
    broken = (
        "description:\n  it: \"not closed\nusedBy:\n# people\n  - Comune di Roma # ours\n  - 'Regione, Lazio'\nlegal:\n"
    )
    contents = read_text(HEAD + broken + "  license: EUPL-1.2\n   bad indent\n")
    assert users(contents) == ["Comune di Roma", "Regione, Lazio"]
    assert {r.grade for r in contents.rows if isinstance(r, UseRow)} == {"observed"}
    assert [(r.line, type(r)) for r in contents.rows] == [(8, UseRow), (9, UseRow)]
    assert (contents.tools[0].repository, contents.tools[0].licence) == ("https://git.example/Town/medusa", "EUPL-1.2")
    assert contents.notes[0].startswith("not valid YAML (line ")


def test_tabs_for_indents_are_read_as_spaces(read_text: ReadText) -> None:
    contents = read_text(HEAD + "legal:\n\tlicense: MIT\nusedBy:\n\t- Comune di Roma\n")
    assert (contents.tools[0].licence, users(contents), contents.notes) == ("MIT", ["Comune di Roma"], ())


def test_each_document_of_a_file_is_a_tool(read_text: ReadText) -> None:
    contents = read_text(
        f"{HEAD}usedBy: [A]\n---\n{HEAD.replace('Medusa', 'Otello').replace('medusa', 'otello')}usedBy: [B]\n"
    )
    assert [(r.organisation, r.tool) for r in contents.rows if isinstance(r, UseRow)] == [
        ("A", "Medusa"),
        ("B", "Otello"),
    ]


def test_a_tool_without_a_name_is_called_by_its_repository(read_text: ReadText) -> None:
    assert read_text("publiccodeYmlVersion: 0.2\nurl: https://github.com/drupal/drupal\n").tools[0].name == "drupal"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("publiccodeYmlVersion: 0.2\nusedBy: [A]\n", "file, line 1: names no tool (no “name”, no “url”)"),
        ("publiccodeYmlVersion: 0.2\n{{{{\n", "file: can't be read as YAML (line "),
    ],
)
def test_a_file_without_a_tool_is_told_in_one_line(read_text: ReadText, text: str, told: str) -> None:
    with pytest.raises(OperatorError) as error:
        read_text(text)
    assert str(error.value).startswith(told)


_KEYS = (
    "name",
    "url",
    "usedBy",
    "legal",
    "description",
    "maintenance",
    "it",
    "organisation",
    "categories",
    "dependsOn",
)
_WORDS = ("5", "~", "2022-01-01", "yes", "''", "[]", "{}", "[[a]]", "{a: {b: c}}", "!!int x", "*a", "&a [*a]", "- c")


def told(text: bytes) -> str:
    """The sentence about a file that can't be read; nothing if it can."""
    try:
        return "" if read(document_of("file", text)) else "nothing"
    except OperatorError as error:
        return str(error)


@given(st.lists(st.tuples(st.sampled_from(_KEYS), st.sampled_from(_WORDS))))
def test_wrong_types_anywhere_are_never_more_than_a_sentence(pairs: list[tuple[str, str]]) -> None:
    text = "publiccodeYmlVersion: 0.2\n" + "".join(f"{key}: {value}\n" for key, value in pairs)
    assert "\n" not in told(text.encode())


@given(st.binary(max_size=400))
def test_no_bytes_whatever_are_more_than_a_sentence(junk: bytes) -> None:
    for start in (b"", b"publiccodeYmlVersion: 0.2\nname: x\n", b'{"data": [', b"softwareUsed:\n"):
        assert told(start + junk)[:4] in ("", "file")
