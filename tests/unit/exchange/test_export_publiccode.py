"""What others publish of us: publiccode-usage.json for a body, the `usedBy` part for a tool."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.directory import Grade, Organisation, Relation, Status, usages
from bot.exchange.export_usage import declarations
from bot.exchange.export_used_by import fragments
from tests.unit.exchange.exported import BOPS, CAMDEN, LEEDS, PLANX, USES, Kept, facts, imported

RETIRED = replace(USES, status=Status.RETIRED)
UNVERIFIED = replace(USES, grade=Grade.UNVERIFIED, said_by="@bea:camden.example")
EVALUATED = replace(USES, status=Status.EVALUATION)
FORGOTTEN = replace(USES, asserted_on=date(2024, 1, 1))


async def declared(kept: Kept) -> dict[str, Any]:
    [text] = (await kept.files(declarations, organisation=CAMDEN.id)).values()
    return dict(json.loads(text))


async def used_by(kept: Kept, tool: str = "planx") -> str:
    [text] = (await kept.files(fragments, tool=tool)).values()
    assert list(yaml.safe_load(text)) == ["usedBy"]
    return text


async def test_a_declaration_has_the_form_that_is_proposed_and_says_where_each_use_is_known_from() -> None:
    assert await declared(Kept([USES])) == {
        "schema": "https://publiccode.net/usage-declaration/v1",
        "organization": {
            "name": "London Borough of Camden",
            "url": "https://www.camden.example",
            "type": "public-administration",
            "jurisdiction": "GB",
            "identifiers": ["local-authority:CMD", "gss:E09000007"],
        },
        "software": [
            {
                "url": "https://code.example/planx",
                "name": "PlanX",
                "status": "production",
                "since": "2022-03",
                "confirmedOn": "2026-05-01",
                "age": "confirmed",
                "grade": "imported",
                "source": "Our survey",
                "evidenceUrl": "https://evidence.example/1",
                "licence": "OGL-UK-3.0",
            }
        ],
        "lastUpdated": "2026-05-01T00:00:00Z",
        "generatedAt": "2026-09-14T10:00:00Z",
        "source": "Open Councils",
        "licence": "CC-BY-4.0",
    }


async def test_a_declaration_imports_as_the_same_uses() -> None:
    said = [USES, replace(USES, tool_id="bops", status=Status.PILOT, asserted_on=date(2025, 3, 1), since="")]
    [text] = (await Kept(said).files(declarations)).values()
    assert facts(imported("camden.json", text)) == facts(usages(said))


async def test_a_fragment_imports_as_the_same_users() -> None:
    text = await used_by(Kept([replace(USES, organisation_id=o.id) for o in (CAMDEN, LEEDS)]))
    tool = "name: PlanX\nurl: https://code.example/planx\n"
    found = imported("publiccode.yml", tool + text)
    assert {usage.tool_id for usage in found} == {"planx"}
    assert len(found) == 2


async def test_it_was_last_updated_when_something_was_last_said() -> None:
    newer = replace(USES, tool_id="bops", asserted_on=date(2026, 7, 1))
    assert (await declared(Kept([newer, USES])))["lastUpdated"] == "2026-07-01T00:00:00Z"


@pytest.mark.parametrize("said", [RETIRED, UNVERIFIED, replace(USES, relation=Relation.MAINTAINS)])
async def test_a_declaration_leaves_out_what_isnt_a_use_or_isnt_verified(said: Any) -> None:
    assert (await declared(Kept([said])))["software"] == []
    assert await Kept([said]).files(declarations) == {}


async def test_a_body_that_is_asked_for_and_uses_nothing_declares_nothing() -> None:
    assert (await declared(Kept([])))["software"] == []


async def test_each_body_that_uses_something_has_a_file_named_by_its_id() -> None:
    files = await Kept([USES, replace(USES, organisation_id=LEEDS.id)]).files(declarations)
    assert list(files) == ["local-authority_CMD.json", "local-authority_LDS.json"]


@pytest.mark.parametrize(
    ("body", "known"),
    [
        (
            Organisation("domain:aarhus.dk", "Aarhus", nation="Denmark"),
            {"url": "https://aarhus.dk", "jurisdiction": "DK"},
        ),
        (Organisation("x-name:x", "X", nation="Atlantis"), {"url": None, "jurisdiction": None}),
    ],
)
async def test_a_bodys_address_and_country_are_given_if_they_are_known(
    body: Organisation, known: dict[str, str]
) -> None:
    kept = Kept([replace(USES, organisation_id=body.id)], [body])
    [text] = (await kept.files(declarations)).values()
    organisation = json.loads(text)["organization"]
    assert {name: organisation.get(name) for name in known} == known


async def test_users_are_listed_by_name_each_with_its_source_licence_and_day() -> None:
    said = [USES, replace(USES, organisation_id=LEEDS.id, said_by="@bea:leeds.example", grade=Grade.CONFIRMED)]
    text = await used_by(Kept(said))
    assert yaml.safe_load(text) == {"usedBy": ["Leeds City Council", "London Borough of Camden"]}
    assert text.splitlines()[:2] == [
        "# Who uses PlanX (https://code.example/planx): for its publiccode.yml.",
        "# Source: Open Councils. Date: 2026-09-14. Licence: CC-BY-4.0, if a line has no other.",
    ]
    assert text.splitlines()[4] == (
        "  - London Borough of Camden  # local-authority:CMD; production since 2022-03; imported on 2026-05-01; "
        "source: Our survey (https://evidence.example/1); licence: OGL-UK-3.0"
    )
    assert "confirmed on 2026-05-01; source: the body itself" in text


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (EVALUATED, "still evaluating it"),
        (UNVERIFIED, "said by somebody whose belonging nobody verified"),
        (FORGOTTEN, "not confirmed for two years"),
    ],
)
async def test_who_cant_be_called_a_user_is_named_outside_the_list_with_the_reason(said: Any, reason: str) -> None:
    text = await used_by(Kept([said]))
    assert yaml.safe_load(text) == {"usedBy": []}
    assert f"# London Borough of Camden: {reason}; local-authority:CMD; " in text


async def test_who_has_ended_it_isnt_named_at_all() -> None:
    assert "Camden" not in await used_by(Kept([RETIRED]))
    assert await Kept([RETIRED]).files(fragments) == {}


async def test_each_tool_in_use_has_a_file_named_by_its_id() -> None:
    files = await Kept([USES, replace(USES, tool_id=BOPS.id)]).files(fragments)
    assert list(files) == ["bops.yml", "planx.yml"]


@given(st.text(min_size=1), st.text(min_size=1))
@example("\x85", "a\nb")
@example("a\u2028b", "\u2029#")
@example("👩\u200d💻", "\x00\uffff")
async def test_whatever_a_body_is_called_the_fragment_is_yaml_that_says_it(name: str, source: str) -> None:
    said = [replace(USES, said_by=source), replace(EVALUATED, organisation_id=LEEDS.id, said_by=source)]
    kept = Kept(said, [replace(CAMDEN, name=name), replace(LEEDS, name=name)], [replace(PLANX, name=source)])
    [text] = (await kept.files(fragments)).values()
    assert yaml.safe_load(text.encode().decode()) == {"usedBy": [" ".join(name.split())]}


@pytest.mark.parametrize(
    "name", ['"Quoted": yes', "yes", "null", "012", "- x", "# x", "🏛 Łódź", "a: b", "''", "!x", "*x"]
)
async def test_a_name_that_looks_like_yaml_stays_a_name(name: str) -> None:
    assert yaml.safe_load(await used_by(Kept([USES], [replace(CAMDEN, name=name)]))) == {"usedBy": [name]}
