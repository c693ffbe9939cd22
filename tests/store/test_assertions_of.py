"""What an export reads: everything said of some bodies, each with the id it is known by."""

from dataclasses import replace

from bot.domain.directory import Assertion, Grade, Organisation, Relation, Status, Tool, assertion_id
from bot.store.memory import Memory
from tests.store.samples import DAY, NOW

USES = Assertion("a:1", "planx", Relation.USES, Status.PILOT, Grade.IMPORTED, NOW.date(), said_by="a survey")


async def test_all_that_was_said_of_these_bodies_is_read_with_its_ids(memory: Memory) -> None:
    await memory.register.add_organisations([Organisation(f"a:{n}", f"Body {n}") for n in (1, 2, 3)])
    await memory.register.add_tools([Tool("planx", "PlanX"), Tool("bops", "BOPS")], NOW)
    later = replace(USES, status=Status.RETIRED, asserted_on=USES.asserted_on + DAY)
    maintains = replace(USES, relation=Relation.MAINTAINS, organisation_id="a:2", tool_id="bops")
    await memory.register.add_assertions([later, maintains, replace(USES, organisation_id="a:3")], NOW)
    await memory.register.add_identified([("row 1", USES)], NOW)

    found = await memory.register.assertions_of(["a:1", "a:2"])
    assert dict(found) == {"row 1": USES, assertion_id(later): later, assertion_id(maintains): maintains}
    assert [said for _, said in await memory.register.assertions_of(["a:1", "a:2"], "bops")] == [maintains]
    assert await memory.register.assertions_of([]) == []
