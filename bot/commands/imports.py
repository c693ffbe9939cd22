"""`townclerk import`: plans are made by bot.exchange, and carried out here in one transaction a file."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.commands.import_report import FileReport, Outcome, watched
from bot.errors import OperatorError
from bot.exchange.comparing import compared
from bot.exchange.document import MEGABYTE, Document
from bot.exchange.fetching import Fetcher, Limits
from bot.exchange.folders import Passed, documents_at, is_address
from bot.exchange.kinds import read
from bot.exchange.plan import Plan
from bot.exchange.planning import plan
from bot.exchange.products import completed
from bot.exchange.register import read_register
from bot.exchange.rows import Contents
from bot.language.names import Names
from bot.store.database import Database, open_database
from bot.store.memory import Memory
from config.settings import Settings

STARTER = "the starter register"
_AT_ONCE = 200  # organisations whose assertions are read together


@dataclass(frozen=True)
class Wanted:
    """What to import, and how; with `strict`, a file with a broken row is not imported at all."""

    sources: Sequence[str] = ()
    starter: bool = False
    dry_run: bool = False
    strict: bool = False


async def import_all(
    settings: Settings, wanted: Wanted, now: datetime, agreed: Callable[[Outcome], bool] | None = None
) -> Outcome:
    """Import each file by itself. With `agreed`, all plans are made and shown to it first; it may say no."""
    database = await open_database(settings.database.url)
    try:
        importing = _Import(database, settings, now, wanted.strict)
        if wanted.starter:
            importing.outcome.starter = await _import_starter(database, now, dry_run=wanted.dry_run)
        await importing.begin()
        async for report in importing.planned(wanted.sources):
            if not wanted.dry_run and agreed is None:
                await importing.carry_out(report.plan)
        if not wanted.dry_run and agreed is not None and importing.outcome.reports and agreed(importing.outcome):
            for report in importing.outcome.reports:
                await importing.carry_out(report.plan)
        return importing.outcome
    finally:
        await database.close()


async def import_starter(settings: Settings, now: datetime) -> dict[str, Any]:
    """Bring in the starter register alone; how much that is."""
    return (await import_all(settings, Wanted(starter=True), now)).starter or {}


async def _import_starter(database: Database, now: datetime, *, dry_run: bool) -> dict[str, Any]:
    """Bring in the organisations, tools, uses and facts that come with townclerk."""
    register = read_register()
    if not dry_run:
        async with database.transaction() as connection:
            memory = Memory(connection)
            await memory.register.add_organisations(register.organisations)
            await memory.register.add_tools(register.tools, now)
            await memory.register.add_assertions(register.assertions, now)
            await memory.facts.add(register.facts, now)
    counts = {
        "organisations": len(register.organisations),
        "tools": len(register.tools),
        "uses": len(register.assertions),
        "facts": len(register.facts),
    }
    return {"file": STARTER, "summary": counts}


class _Import:
    """One run of the command: the register's names are read once and kept current with what is planned."""

    def __init__(self, database: Database, settings: Settings, now: datetime, strict: bool) -> None:
        self._database = database
        self._settings = settings
        self._now = now
        self._strict = strict
        self._names = Names()
        self._version = 0
        self.outcome = Outcome()

    async def begin(self) -> None:
        """Read what the register has."""
        async with self._database.reading() as connection:
            register = Memory(connection).register
            self._version = await register.version()
            self._names = Names(await register.tools(), await register.organisations())

    async def planned(self, sources: Sequence[str]) -> AsyncIterator[FileReport]:
        """A report for each file that could be read; the others are told in the outcome."""
        for source in sources:
            documents = self._fetched(source) if is_address(source) else self._found(source)
            async for document, contents in documents:
                made = await self._plan(document, contents)
                if self._strict and made.broken:
                    rows = "1 row is" if len(made.broken) == 1 else f"{len(made.broken)} rows are"
                    self.outcome.failed.append(f"{document.name}: nothing was imported: {rows} broken")
                    made = _nothing_of(made)
                report = FileReport(document.name, document.short_name, contents.kind, made)
                self.outcome.reports.append(report)
                yield report

    async def _found(self, source: str) -> AsyncIterator[tuple[Document, Contents]]:
        largest = self._settings.exchange.megabytes * MEGABYTE
        for found in documents_at(Path(source), largest):
            if isinstance(found, Passed):
                self.outcome.passed_over += 1
            elif isinstance(found, OperatorError):
                self.outcome.failed.append(str(found))
            elif contents := self._read(found):
                yield found, contents

    async def _fetched(self, source: str) -> AsyncIterator[tuple[Document, Contents]]:
        """The page at an address, and those that a catalogue's page leads to."""
        limits = self._settings.exchange
        if not limits.urls:
            self.outcome.failed.append(f"{source}: web addresses are fetched only with [exchange] urls = true")
            return
        fetcher = Fetcher(Limits(limits.megabytes * MEGABYTE, limits.seconds))
        seen: set[str] = set()
        while source and source not in seen:
            if len(seen) >= limits.pages:
                self.outcome.failed.append(f"{source}: not read: [exchange] pages is {limits.pages}")
                return
            seen.add(source)
            try:
                document = await fetcher.fetch(source)
            except OperatorError as error:
                self.outcome.failed.append(str(error))
                return
            contents = self._read(document)
            if contents is None:
                return
            yield document, contents
            same_host = urlsplit(contents.following).netloc == urlsplit(document.url).netloc
            source = contents.following if same_host else ""

    def _read(self, document: Document) -> Contents | None:
        try:
            return read(document)
        except OperatorError as error:
            self.outcome.failed.append(str(error))
            return None

    async def _plan(self, document: Document, contents: Contents) -> Plan:
        rows = watched(document.short_name, len(contents.rows))
        made = plan(contents, self._names, self._now.date(), document.short_name, rows)
        made = await self._compared(made)
        for body in made.organisations:
            self._names.put_organisation(body)
        for tool in (*made.tools, *made.completed):
            self._names.put_tool(tool)
        return made

    async def _compared(self, made: Plan) -> Plan:
        new = {body.id for body in made.organisations}
        bodies = sorted({a.assertion.organisation_id for a in made.additions} - new)
        tools = {fact.tool_id for fact in made.facts} - {tool.id for tool in made.tools}
        said, facts = [], []
        async with self._database.reading() as connection:
            memory = Memory(connection)
            for start in range(0, len(bodies), _AT_ONCE):
                said += await memory.register.assertions_of(bodies[start : start + _AT_ONCE])
            for tool_id in sorted(tools):
                facts += await memory.facts.of_tool(tool_id)
        return compared(made, said, facts)

    async def carry_out(self, made: Plan) -> None:
        """Write the plan, all of it or nothing."""
        async with self._database.transaction() as connection:
            memory = Memory(connection)
            if await memory.register.version() != self._version:
                made = await self._without_what_came(memory, made)
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

    async def _without_what_came(self, memory: Memory, made: Plan) -> Plan:
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


def _nothing_of(made: Plan) -> Plan:
    """The plan as it is shown, and nothing in it to do."""
    return replace(made, additions=(), organisations=(), tools=(), completed=(), facts=(), new=(), matched=())
