"""The starter register that comes with the bot is whole, and says where each of its uses and facts is known from."""

import re
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.domain.directory import Status, assertion_id
from bot.domain.facts import Topic, fact_id
from bot.errors import OperatorError
from bot.exchange.register import Register, read_register, starter_folder


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register()


def test_it_has_the_current_councils_of_the_four_nations(register: Register) -> None:
    current = Counter(
        body.nation
        for body in register.organisations
        if body.id.startswith("local-authority:") and body.ended is None
        if "authority" not in body.kind or body.kind == "Unitary authority"
    )
    assert current["Scotland"] == 32
    assert current["Wales"] == 22
    assert current["Northern Ireland"] == 11
    assert current["England"] > 310


def test_it_has_enough_tools_and_uses_to_answer_from_the_first_day(register: Register) -> None:
    assert len(register.tools) >= 15
    assert len(register.assertions) >= 150


@pytest.mark.parametrize("name", ["PlanX", "BOPS", "LocalGov Drupal", "FixMyStreet", "Consul Democracy", "Modern.Gov"])
def test_who_uses_a_well_known_tool_has_an_answer(register: Register, name: str) -> None:
    tool = next(tool for tool in register.tools if tool.name == name)
    used = [use for use in register.assertions if use.tool_id == tool.id and use.status is not Status.RETIRED]
    assert len(used) > 5


def test_every_use_has_a_web_address_as_its_evidence(register: Register) -> None:
    assert all(re.match(r"https?://\S+\.\S+", use.evidence_url) for use in register.assertions)


def test_nothing_names_a_path_of_somebodys_machine() -> None:
    texts = [path.read_text(encoding="utf-8") for path in starter_folder().iterdir()]
    assert not [text for text in texts if re.search(r"(?<![\w.])/(work|home|tmp)/|file://", text)]


def test_every_tool_is_used_by_somebody_and_described_in_one_sentence(register: Register) -> None:
    used = {use.tool_id for use in register.assertions}
    for tool in register.tools:
        assert tool.id in used
        assert re.fullmatch(r"[A-Z][^\n]*\.", tool.description), tool.description


def test_ids_and_assertions_are_unique(register: Register) -> None:
    every = [id_ for body in register.organisations for id_ in (body.id, *body.other_ids)]
    assert len(every) == len(set(every))
    identities = [assertion_id(use) for use in register.assertions]
    assert len(identities) == len(set(identities))


def test_every_fact_is_one_short_sentence_about_a_known_tool(register: Register) -> None:
    tools = {tool.id for tool in register.tools}
    for fact in register.facts:
        assert fact.tool_id in tools
        assert re.fullmatch(r"[A-Z][^\n]{1,158}[^.\n]", fact.text), fact.text  # the page goes on: "(source, day)"


def test_every_fact_names_its_source_with_a_secure_web_address(register: Register) -> None:
    for fact in register.facts:
        address = urlsplit(fact.source_url)
        assert address.scheme == "https", fact
        assert re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", address.netloc), fact
        assert fact.source.strip(), fact


def test_no_fact_hides_behind_another_on_its_tools_page(register: Register) -> None:
    assert Topic.OTHER not in {fact.topic for fact in register.facts}
    assert not [place for place, n in Counter((f.tool_id, f.topic) for f in register.facts).items() if n > 1]
    identities = [fact_id(fact) for fact in register.facts]
    assert len(identities) == len(set(identities))


@pytest.mark.parametrize("tool", ["planx", "bops", "localgov-drupal", "fixmystreet", "consul-democracy", "decidim"])
def test_the_it_department_finds_who_supports_a_councils_tool_and_under_which_licence(
    register: Register, tool: str
) -> None:
    known = {fact.topic for fact in register.facts if fact.tool_id == tool}
    assert known >= {Topic.SUPPORT, Topic.ACCESSIBILITY, Topic.LICENCE, Topic.HOSTING, Topic.WORKS_WITH}


def test_abolished_councils_lead_to_those_that_live(register: Register) -> None:
    bodies = {body.id: body for body in register.organisations}
    for body in bodies.values():
        if body.ended is None:
            assert body.successors == ()
            continue
        heirs = list(body.successors)
        while any(bodies[heir].ended for heir in heirs):
            heirs = [h for heir in heirs for h in (bodies[heir].successors or [heir])]
        assert heirs, body.name


def test_a_council_that_was_split_leads_to_both(register: Register) -> None:
    bodies = {body.id: body for body in register.organisations}
    assert len(bodies["local-authority:CMA"].successors) == len(bodies["local-authority:NTH"].successors) == 2


def test_an_ambiguous_abbreviation_is_kept_on_each_body(register: Register) -> None:
    assert len([body for body in register.organisations if "WCC" in body.aliases]) == 4


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("uses.csv", ",planx,", ",plan-y,", r"uses\.csv, line \d+: “plan-y” isn't in the register"),
        (
            "uses.csv",
            ",production,",
            ",prodution,",
            r"uses\.csv, line \d+: 'prodution' is not a valid Status",
        ),
        (
            "councils.csv",
            ",local-authority:CBD,",
            ",local-authority:XXX,",
            r"councils\.csv, line 8: the succ",
        ),
        ("councils.csv", ",kind,", ",sort,", r"councils\.csv, line 2: no column 'kind'"),
        ("facts.csv", "\nplanx,support,", "\nplan-y,support,", r"facts\.csv, line 2: “plan-y” isn't in the register"),
        ("facts.csv", "\nplanx,support,", "\nplanx,help,", r"facts\.csv, line 2: 'help' is not a valid Topic"),
        ("facts.csv", ",source_url,", ",address,", r"facts\.csv, line 2: no source_url"),
        ("facts.csv", ",2026-", ",26-", r"facts\.csv, line 2: Invalid isoformat string"),
        ("tools.toml", 'id = "bops"', 'id = "planx"', r"tool 2 \(planx\): the id planx is already used in"),
        ("tools.toml", 'name = "BOPS"', "name =", r"tools\.toml: can't be read \(.*line \d+"),
        ("tools.toml", 'licence = "MIT"', 'license = "MIT"', r"tool 2 \(bops\): unknown key license"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_its_place(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    folder = tmp_path / "register"
    shutil.copytree(starter_folder(), folder)
    text = (folder / file).read_text(encoding="utf-8")
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(OperatorError, match=told) as error:
        read_register(folder)
    assert "\n" not in str(error.value)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"tools\.toml: can't be read"):
        read_register(tmp_path)
