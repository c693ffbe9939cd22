"""The register's lists: what is missing, what is new, tools used together, and the limits of a room."""

from pathlib import Path

from bot.domain.directory import Organisation, Status
from bot.store.memory import Memory
from tests.dialogue import BEA, BOPS, CAMDEN, CARDIFF, LAMBETH, MONDAY, PLANX, dialogue, maintains, uses

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
