"""JSON Lines hold the whole history, in the same order every time."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.domain.directory import Grade, Status, assertion_id
from bot.exchange.export_json_lines import json_lines
from tests.unit.exchange.exported import BOPS, CAMDEN, LEEDS, NOW, PLANX, USES, Kept

SAID = replace(USES, said_by="@bea:camden.example", grade=Grade.CONFIRMED, said_at=NOW)


async def lines(kept: Kept, organisation: str = "", tool: str = "") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (await kept.text(json_lines, organisation, tool)).splitlines()]


async def assertions(kept: Kept) -> list[dict[str, Any]]:
    return [line for line in await lines(kept) if line["type"] == "assertion"]


async def test_the_first_line_says_what_the_file_is() -> None:
    header, *_ = await lines(Kept([USES]))
    assert header == {
        "type": "header",
        "format": "townclerk-register",
        "version": 1,
        "generated_at": "2026-09-14T10:00:00+00:00",
        "source": "Open Councils",
        "licence": "CC-BY-4.0",
        "organisation": None,
        "tool": None,
    }


async def test_bodies_and_tools_come_before_what_is_said_of_them() -> None:
    found = await lines(Kept([USES]))
    assert [(line["type"], line.get("id")) for line in found[1:-1]] == [
        ("organisation", CAMDEN.id), ("organisation", LEEDS.id), ("tool", "bops"), ("tool", "planx"),
    ]  # fmt: skip
    assert found[1]["other_ids"] == ["gss:E09000007"]
    assert found[-1] == {
        "type": "assertion",
        "id": assertion_id(USES),
        "organisation_id": "local-authority:CMD",
        "tool_id": "planx",
        "relation": "uses",
        "status": "production",
        "since": "2022-03",
        "grade": "imported",
        "asserted_on": "2026-05-01",
        "order": 0,
        "source": "Our survey",
        "evidence_url": "https://evidence.example/1",
        "licence": "OGL-UK-3.0",
    }


async def test_nothing_that_was_ever_said_is_left_out() -> None:
    said = [replace(USES, asserted_on=date(2026, month, 1), status=s) for month, s in enumerate(Status, 1)]
    found = await assertions(Kept(said[::-1]))
    assert [a["status"] for a in found] == list(Status)


async def test_of_one_days_words_the_order_tells_the_last_and_no_instant_is_told() -> None:
    later = replace(SAID, status=Status.RETIRED, said_at=NOW + timedelta(minutes=1))
    found = await assertions(Kept([later, SAID]))
    assert [(a["status"], a["order"]) for a in found] == [("production", 0), ("retired", 1)]
    assert len({a["id"] for a in found}) == 2
    assert "10:0" not in json.dumps(found)


async def test_the_id_of_a_persons_word_doesnt_depend_on_the_person() -> None:
    [one], [other] = [
        await assertions(Kept([replace(SAID, said_by=who)])) for who in ("@bea:c.example", "@al:c.example")
    ]
    assert one["id"] == other["id"] != assertion_id(SAID)


async def test_the_same_register_is_the_same_file() -> None:
    said = [replace(USES, organisation_id=o.id, tool_id=t.id) for o in (CAMDEN, LEEDS) for t in (PLANX, BOPS)]
    one = Kept(said).text(json_lines)
    other = Kept(said[::-1], [LEEDS, CAMDEN], [BOPS, PLANX]).text(json_lines)
    assert await one == await other


async def test_a_part_names_only_the_bodies_and_tools_it_speaks_of() -> None:
    kept = Kept([USES, replace(USES, organisation_id=LEEDS.id, tool_id="bops")])
    ids = [line["id"] for line in await lines(kept, tool="bops") if line["type"] in ("organisation", "tool")]
    assert ids == [LEEDS.id, "bops"]
    ids = [line["id"] for line in await lines(kept, CAMDEN.id) if line["type"] in ("organisation", "tool")]
    assert ids == [CAMDEN.id, "planx"]
