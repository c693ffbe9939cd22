"""The register: bodies and tools as they are now, and assertions that are only ever added."""

from dataclasses import fields, replace
from datetime import date

import pytest

from bot.domain.directory import Assertion, Grade, Organisation, Relation, Status, Tool
from bot.store.memory import Memory
from tests.store.samples import DAY, HOUR, NOW

CAMDEN = Organisation(
    id="local-authority:CMD",
    name="London Borough of Camden",
    short_name="Camden",
    kind="London borough",
    nation="England",
    region="London",
    website="https://camden.example",
    ended=date(2030, 4, 1),
    successors=("local-authority:NEW",),
    aliases=("LB Camden", "Camdén"),
    other_ids=("gss:E09000007",),
)
LEEDS = Organisation("local-authority:LDS", "Leeds City Council")
PLANX = Tool(
    id="planx",
    name="PlanX",
    description="Planning questions",
    category="planning",
    repository="https://code.example/planx",
    licence="MPL-2.0",
    website="https://planx.example",
    aliases=("Plan X",),
)
BOPS = Tool("bops", "BOPS")
USES = Assertion(
    organisation_id=CAMDEN.id,
    tool_id=PLANX.id,
    relation=Relation.USES,
    status=Status.PRODUCTION,
    grade=Grade.CONFIRMED,
    asserted_on=NOW.date(),
    since="2022-03",
    said_by="@bea:camden.example",
    evidence_url="https://evidence.example/1",
    said_at=NOW,
)
MAINTAINS = replace(USES, relation=Relation.MAINTAINS)


@pytest.fixture(autouse=True)
async def bodies_and_tools(memory: Memory) -> None:
    await memory.register.add_organisations([CAMDEN, LEEDS])
    await memory.register.add_tools([PLANX, BOPS], NOW)


@pytest.mark.parametrize("sample", [CAMDEN, PLANX, USES], ids=lambda sample: type(sample).__name__)
def test_the_samples_fill_every_field(sample: Organisation | Tool | Assertion) -> None:
    assert all(getattr(sample, field.name) != field.default for field in fields(sample))


async def test_a_body_comes_back_as_it_was(memory: Memory) -> None:
    assert await memory.register.organisations() == [CAMDEN, LEEDS]


async def test_a_tool_comes_back_as_it_was(memory: Memory) -> None:
    assert await memory.register.tools() == [BOPS, PLANX]


async def test_an_assertion_comes_back_as_it_was(memory: Memory) -> None:
    await memory.register.add_assertions([USES], NOW)
    assert await memory.register.added_between(NOW, NOW + HOUR) == [USES]


async def test_a_known_body_is_brought_up_to_date(memory: Memory) -> None:
    renamed = replace(CAMDEN, name="Camden Council", ended=None, successors=(), aliases=())
    await memory.register.add_organisations([renamed])
    assert await memory.register.organisations() == [renamed, LEEDS]


async def test_a_known_tool_is_brought_up_to_date_and_stays_as_old_as_it_is(memory: Memory) -> None:
    renamed = replace(PLANX, name="Plan✕", aliases=())
    await memory.register.add_tools([renamed], NOW + DAY)
    assert await memory.register.tools() == [BOPS, renamed]
    assert await memory.register.tools_added_between(NOW + DAY, NOW + 2 * DAY) == []


async def test_the_same_assertion_twice_is_one(memory: Memory) -> None:
    await memory.register.add_assertions([USES], NOW)
    await memory.register.add_assertions([USES], NOW + DAY)
    assert await memory.register.added_between(NOW, NOW + 2 * DAY) == [USES]
    assert await memory.register.first_added_at() == NOW


async def test_an_assertion_imported_under_its_own_id_is_known_by_it(memory: Memory) -> None:
    await memory.register.add_identified([("row 1", USES)], NOW)
    await memory.register.add_identified([("row 1", replace(USES, status=Status.PILOT)), ("row 2", USES)], NOW)
    assert await memory.register.added_between(NOW, NOW + HOUR) == [USES, USES]


async def test_the_last_word_of_a_day_counts(memory: Memory) -> None:
    stopped = replace(USES, status=Status.RETIRED, said_at=NOW + HOUR)
    await memory.register.add_assertions([stopped, USES], NOW)
    assert [usage.status for usage in await memory.register.usages_of_tool("planx")] == [Status.RETIRED]
    again = replace(USES, status=Status.PILOT, said_at=NOW + 2 * HOUR)
    await memory.register.add_assertions([again], NOW)
    assert [usage.status for usage in await memory.register.usages_of_tool("planx")] == [Status.PILOT]


async def test_a_later_day_counts_more_than_an_earlier_one(memory: Memory) -> None:
    later = replace(USES, status=Status.RETIRED, asserted_on=USES.asserted_on + DAY)
    await memory.register.add_assertions([later, USES], NOW)
    assert [usage.status for usage in await memory.register.usages_of_tool("planx")] == [Status.RETIRED]


async def test_what_a_body_uses_and_who_uses_a_tool_are_the_same_assertions(memory: Memory) -> None:
    await memory.register.add_assertions(
        [USES, replace(USES, tool_id="bops"), replace(USES, organisation_id=LEEDS.id)], NOW
    )
    assert {usage.organisation_id for usage in await memory.register.usages_of_tool("planx")} == {CAMDEN.id, LEEDS.id}
    assert {usage.tool_id for usage in await memory.register.usages_of_organisation(CAMDEN.id)} == {"planx", "bops"}


async def test_maintaining_is_not_using(memory: Memory) -> None:
    await memory.register.add_assertions([MAINTAINS], NOW)
    assert await memory.register.usages_of_tool("planx") == []
    assert [usage.organisation_id for usage in await memory.register.maintainers("planx")] == [CAMDEN.id]
    assert [usage.tool_id for usage in await memory.register.maintained_by(CAMDEN.id)] == ["planx"]


async def test_who_no_longer_maintains_is_not_called(memory: Memory) -> None:
    retired = replace(MAINTAINS, status=Status.RETIRED, said_at=NOW + HOUR)
    await memory.register.add_assertions([MAINTAINS, retired], NOW)
    assert await memory.register.maintainers("planx") == []
    assert await memory.register.maintained_by(CAMDEN.id) == []


async def test_tools_without_a_maintainer_come_most_used_first(memory: Memory) -> None:
    bops = replace(USES, tool_id="bops")
    await memory.register.add_assertions([USES, bops, replace(bops, organisation_id=LEEDS.id)], NOW)
    assert await memory.register.tools_without_maintainer(10) == [("bops", 2), ("planx", 1)]
    await memory.register.add_assertions([replace(MAINTAINS, tool_id="bops")], NOW)
    assert await memory.register.tools_without_maintainer(10) == [("planx", 1)]


async def test_what_came_into_the_register_in_a_week_is_told(memory: Memory) -> None:
    await memory.register.add_assertions([USES], NOW)
    assert await memory.register.added_between(NOW - DAY, NOW) == []
    assert await memory.register.tools_added_between(NOW, NOW + DAY) == ["bops", "planx"]


async def test_every_change_moves_the_version_on(memory: Memory) -> None:
    versions = [await memory.register.version()]
    await memory.register.add_organisations([LEEDS])
    versions.append(await memory.register.version())
    await memory.register.add_tools([BOPS], NOW)
    versions.append(await memory.register.version())
    await memory.register.add_assertions([USES], NOW)
    versions.append(await memory.register.version())
    assert versions == sorted(set(versions))


async def test_an_assertion_about_an_unknown_body_is_refused(memory: Memory) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        async with memory.connection.savepoint():
            await memory.register.add_assertions([replace(USES, organisation_id="nobody")], NOW)
