"""The starter register as an import: what is missing is added, blanks are filled, and nothing is written over."""

from dataclasses import dataclass, replace
from typing import Any

from bot.domain.directory import Assertion, Organisation, Tool, assertion_id
from bot.domain.facts import Fact, fact_id
from bot.exchange.products import completed
from bot.exchange.register import Register
from bot.store.memory import Memory

NAME = "the starter register"
_AT_ONCE = 200  # organisations whose assertions are read together
_BLANKS = ("short_name", "kind", "nation", "region", "website", "ended", "successors", "aliases", "other_ids")


@dataclass(frozen=True)
class Starter:
    """What of the starter register is still to be added."""

    organisations: tuple[Organisation, ...]
    tools: tuple[Tool, ...]
    completed_organisations: tuple[Organisation, ...]  # known ones with their blanks filled
    completed_tools: tuple[Tool, ...]
    assertions: tuple[Assertion, ...]
    facts: tuple[Fact, ...]
    already_there: int  # uses

    @property
    def summary(self) -> dict[str, int]:
        """How many of each are new."""
        return {
            "organisations": len(self.organisations),
            "tools": len(self.tools),
            "uses": len(self.assertions),
            "facts": len(self.facts),
        }

    @property
    def completed(self) -> dict[str, int]:
        """Of how many known ones blanks are filled."""
        return {"organisations": len(self.completed_organisations), "tools": len(self.completed_tools)}

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        there = {"completed": self.completed, "already_there": self.already_there}
        return {"file": NAME, "summary": self.summary} | there


async def missing(memory: Memory, starter: Register) -> Starter:
    """What the register lacks of the starter register."""
    bodies = {body.id: body for body in await memory.register.organisations()}
    tools = {tool.id: tool for tool in await memory.register.tools()}
    recorded = await _recorded(memory, starter)
    told = {fact_id(fact) for fact in await memory.facts.all()}
    uses = tuple(use for use in starter.assertions if assertion_id(use) not in recorded)
    fuller_bodies = (_completed(bodies[body.id], body) for body in starter.organisations if body.id in bodies)
    fuller_tools = (completed(tools[tool.id], tool) for tool in starter.tools if tool.id in tools)
    return Starter(
        tuple(body for body in starter.organisations if body.id not in bodies),
        tuple(tool for tool in starter.tools if tool.id not in tools),
        tuple(body for body in fuller_bodies if body != bodies[body.id]),
        tuple(tool for tool in fuller_tools if tool != tools[tool.id]),
        uses,
        tuple(fact for fact in starter.facts if fact_id(fact) not in told),
        len(starter.assertions) - len(uses),
    )


async def _recorded(memory: Memory, starter: Register) -> set[str]:
    bodies = sorted({use.organisation_id for use in starter.assertions})
    found: set[str] = set()
    for start in range(0, len(bodies), _AT_ONCE):
        found |= {id_ for id_, _ in await memory.register.assertions_of(bodies[start : start + _AT_ONCE])}
    return found


def _completed(known: Organisation, stated: Organisation) -> Organisation:
    """The organisation with its blanks filled from what is stated; what the register has already stays."""
    blanks = {name: getattr(stated, name) for name in _BLANKS if not getattr(known, name)}
    return replace(known, **{name: value for name, value in blanks.items() if value})
