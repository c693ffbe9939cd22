"""The register's lists: what is missing, what is new, tools used together, and the limits of a room."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest_asyncio

from bot.domain.directory import Grade, Organisation, Status
from bot.store.memory import Memory
from tests.dialogue import (
    ANA,
    BEA,
    BOPS,
    CAMDEN,
    CARDIFF,
    LAMBETH,
    MONDAY,
    OLD_TOWN,
    PLANX,
    SAM,
    Dialogue,
    dialogue,
    maintains,
    uses,
)

PLUGINS: dict[str, dict[str, object]] = {"directory": {}, "people": {}}


async def test_tools_without_a_maintainer_are_named_the_most_used_first(tmp_path: Path) -> None:
    register = [uses(CAMDEN, PLANX), uses(LAMBETH, PLANX), uses(CAMDEN, BOPS)]
    async with dialogue(tmp_path, PLUGINS, assertions=register) as talk:
        await talk.say("which tools have no maintainer?")
        assert talk.last.body.splitlines()[:3] == [
            "2 tools are used and have nobody who answers questions about them:",
            "· PlanX – used by 2 councils",
            "· BOPS – used by 1 council",
        ]
    (tmp_path / "none").mkdir()
    register = [uses(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
    async with dialogue(tmp_path / "none", PLUGINS, assertions=register) as talk:
        await talk.say("which tools have no maintainer?")
        assert "Every tool in use has a council" in talk.last.body


async def test_what_changed_is_told(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=[uses(CAMDEN, PLANX)]) as talk:
        await talk.say("what changed this week?")
        assert "Nothing changed in the register in the last seven days" in talk.last.body
        await talk.say("we stopped using PlanX", sender=BEA)
        talk.now = talk.now.replace(minute=1)
        await talk.say("what changed this week?")
        assert talk.last.body.splitlines() == [
            "1 entry came into the register in the last seven days:",
            "· London Borough of Camden no longer uses PlanX",
        ]


async def test_who_uses_two_tools_together(tmp_path: Path) -> None:
    register = [uses(CAMDEN, PLANX), uses(LAMBETH, PLANX), uses(CAMDEN, BOPS), uses(CARDIFF, BOPS)]
    register.append(uses(LAMBETH, BOPS, status=Status.RETIRED))
    async with dialogue(tmp_path, PLUGINS, assertions=register) as talk:
        await talk.say("who uses PlanX with BOPS?")
        assert "PlanX together with BOPS – used by 1 council I know of" in talk.last.body
        assert "Camden" in talk.last.body.splitlines()[1]


async def test_an_unknown_place_is_said_and_everybody_shown(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=[uses(CAMDEN, PLANX)]) as talk:
        await talk.say("who uses PlanX in Atlantis?")
        assert talk.last.body.startswith("I know no region, nation or kind of council called Atlantis")
        assert "used by 1 council I know of" in talk.last.body


async def test_a_region_is_written_as_the_register_writes_it(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=[uses(CARDIFF, PLANX)]) as talk:
        await talk.say("who uses planx in wales")
        assert "used by 1 council I know of in Wales" in talk.last.body


async def test_twelve_thousand_users_are_counted_and_a_room_gets_two_hundred(tmp_path: Path) -> None:
    bodies = [Organisation(f"x-town:{n}", f"Town {n} Council") for n in range(12_000)]
    async with dialogue(tmp_path, PLUGINS) as talk:
        async with talk.database.transaction() as connection:
            memory = Memory(connection)
            await memory.register.add_organisations(bodies)
            await memory.register.add_assertions([uses(body, PLANX) for body in bodies], MONDAY)
        await talk.say("who uses PlanX?")
        assert "used by 12000 councils" in talk.last.body
        assert "… and 11995 more" in talk.last.body
        assert len(talk.said) == 1
        await talk.say("who uses PlanX all")
        parts = talk.said[1:]
        assert sum(part.body.count("\n· ") + part.body.startswith("· ") for part in parts) == 200
        assert "… and 11800 more, too many for a room" in parts[-1].body
        assert all(len(part.body.encode()) < 60_000 for part in parts)


async def test_a_volunteer_whom_nobody_verified_hides_no_gap(tmp_path: Path) -> None:
    register = [uses(CAMDEN, PLANX), maintains(LAMBETH, PLANX, grade=Grade.UNVERIFIED)]
    async with dialogue(tmp_path, PLUGINS, assertions=register) as talk:
        await talk.say("which tools have no maintainer?")
        assert "· PlanX – used by 1 council" in talk.last.body


CUMBRIA = Organisation(
    "local-authority:CMA", "Cumbria County Council", "Cumbria", "County", "England", "North West",
    ended=date(2023, 4, 1), successors=("local-authority:CBL", "local-authority:WAF"),
)  # fmt: skip
CUMBERLAND = Organisation("local-authority:CBL", "Cumberland Council", "Cumberland", "Unitary", "England", "North West")
FURNESS = Organisation(
    "local-authority:WAF", "Westmorland and Furness Council", "", "Unitary", "England", "North West"
)  # fmt: skip
ELDER = Organisation(
    "local-authority:ELD", "Eldertown Council", "Eldertown", ended=date(2009, 4, 1), successors=(OLD_TOWN.id,)
)
ANCIENT = Organisation(
    "local-authority:ANC", "Ancient Council", "Ancient", ended=date(1974, 4, 1), successors=(CUMBRIA.id,)
)


@pytest_asyncio.fixture
async def reformed(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Eldertown became Oldtown, and Oldtown Camden; Cumbria was split in two. The abolished ones used PlanX."""
    async with dialogue(tmp_path, PLUGINS) as talk:
        async with talk.database.transaction() as connection:
            memory = Memory(connection)
            await memory.register.add_organisations([CUMBRIA, CUMBERLAND, FURNESS, ELDER, ANCIENT])
            await memory.register.add_assertions([uses(OLD_TOWN, PLANX), uses(CUMBRIA, PLANX)], MONDAY)
            await memory.people.keep(SAM, CUMBRIA.id, True, MONDAY)
            await memory.people.keep(ANA, ELDER.id, True, MONDAY)
        yield talk


async def test_reforms_are_told_one_by_one(reformed: Dialogue) -> None:
    await reformed.say("what does Eldertown use?")
    assert reformed.last.body.splitlines() == [
        "Eldertown Council was replaced by Oldtown Borough Council on 1 April 2009.",
        "Oldtown Borough Council was replaced by London Borough of Camden on 1 April 2023.",
        "London Borough of Camden uses 1 tool I know of:",
        "· PlanX – in production at Oldtown Borough Council, which it replaced, listed by a list 4 weeks ago",
    ]


async def test_a_body_that_was_split_later_leads_to_its_heirs_of_today(reformed: Dialogue) -> None:
    await reformed.say("what does Ancient Council use?")
    assert reformed.last.body.splitlines()[1:] == [
        "· “1” Cumberland Council",
        "· “2” Westmorland and Furness Council",
    ]
    await reformed.say("1")
    assert "in production at Cumbria County Council, which it replaced" in reformed.last.body


async def test_an_abolished_user_is_shown_with_who_stands_in_its_place(reformed: Dialogue) -> None:
    await reformed.say("who uses PlanX?")
    assert "· Oldtown Borough Council (now Camden) – in production" in reformed.last.body
    assert "· Cumbria County Council (now Cumberland and Westmorland and Furness Council) –" in reformed.last.body
    await reformed.say("does Camden use PlanX?")
    assert reformed.last.body.splitlines()[0].startswith("I don't know that London Borough of Camden uses PlanX.")
    assert reformed.last.body.splitlines()[1].startswith("· Oldtown Borough Council (now Camden) – in production")


async def test_what_is_declared_of_an_abolished_body_is_noted_for_its_heir_and_said_so(reformed: Dialogue) -> None:
    await reformed.say("Oldtown stopped using PlanX", sender=BEA)
    assert reformed.last.body.splitlines() == [
        "Oldtown Borough Council was replaced by London Borough of Camden on 1 April 2023.",
        "Noted: London Borough of Camden no longer uses PlanX.",
    ]
    await reformed.say("what does Camden use?")
    assert "I know of no tool" in reformed.last.body


async def test_what_nobody_verified_doesnt_hide_what_is_known_of_the_body_before(reformed: Dialogue) -> None:
    await reformed.say("Camden stopped using PlanX", sender=ANA)
    await reformed.say("what does Camden use?")
    assert "PlanX – in production at Oldtown Borough Council" in reformed.last.body


async def test_a_person_of_an_abolished_body_speaks_for_its_heir_unverified_and_is_asked_if_there_are_several(
    reformed: Dialogue,
) -> None:
    await reformed.say("we use BOPS", sender=ANA)
    assert "Noted: London Borough of Camden uses BOPS – shown as not verified" in reformed.last.body
    await reformed.say("we use BOPS", sender=SAM)
    assert "Cumbria County Council was replaced by Cumberland Council and Westmorland" in reformed.last.body
    assert "Which of them do you work for now?" in reformed.last.body
