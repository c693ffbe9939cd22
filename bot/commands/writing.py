"""An import's plans carried out: one transaction a file, and nothing of what somebody else wrote is written over."""

from dataclasses import replace
from datetime import datetime

from bot.commands.starter import Starter, missing
from bot.exchange.plan import Plan
from bot.exchange.products import completed
from bot.exchange.register import Register
from bot.store.database import Database
from bot.store.memory import Memory


class Writer:
    """Writes plans that were made when the register had this version."""

    def __init__(self, database: Database, version: int, now: datetime) -> None:
        self._database = database
        self._version = version
        self._now = now

    async def add_starter(self, starter: Register) -> Starter:
        """Add what is missing now, whatever was planned; what that was."""
        async with self._database.transaction() as connection:
            memory = Memory(connection)
            lacking = await missing(memory, starter)
            await memory.register.add_organisations((*lacking.organisations, *lacking.completed_organisations))
            await memory.register.add_tools((*lacking.tools, *lacking.completed_tools), self._now)
            await memory.register.add_assertions(lacking.assertions, self._now)
            await memory.facts.add(lacking.facts, self._now)
            self._version = await memory.register.version()
        return lacking

    async def carry_out(self, made: Plan) -> Plan:
        """Write the plan, all of it or nothing; the plan as it was carried out."""
        async with self._database.transaction() as connection:
            memory = Memory(connection)
            if await memory.register.version() != self._version:
                made = await _without_what_came(memory, made)
            if made.organisations:
                await memory.register.add_organisations(made.organisations)
            if made.tools or made.completed:
                await memory.register.add_tools((*made.tools, *made.completed), self._now)
            fresh = [(a.id, a.assertion) for a in made.additions if a.id not in made.already]
            if fresh:
                await memory.register.add_identified(fresh, self._now)
            if made.facts:
                await memory.facts.add(made.facts, self._now)
            self._version = await memory.register.version()
        return made


async def _without_what_came(memory: Memory, made: Plan) -> Plan:
    """Somebody changed the register since the plan was made: nothing of theirs is written over."""
    bodies = {body.id for body in await memory.register.organisations()}
    tools = {tool.id: tool for tool in await memory.register.tools()}
    fuller = [completed(tools[tool.id], tool) for tool in (*made.completed, *made.tools) if tool.id in tools]
    return replace(
        made,
        organisations=tuple(body for body in made.organisations if body.id not in bodies),
        tools=tuple(tool for tool in made.tools if tool.id not in tools),
        completed=tuple(tool for tool in fuller if tool != tools[tool.id]),
    )
