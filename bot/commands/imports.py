"""`townclerk import`: plans are made by bot.exchange, shown, and carried out, each file by itself."""

import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.commands.import_report import FileReport, Outcome, watched
from bot.commands.starter import missing
from bot.commands.writing import Writer
from bot.errors import OperatorError
from bot.exchange.addresses import shown
from bot.exchange.comparing import compared
from bot.exchange.document import MEGABYTE, Document
from bot.exchange.fetching import Fetcher, Limits
from bot.exchange.folders import Passed, documents_at, is_address
from bot.exchange.kinds import read
from bot.exchange.plan import Plan
from bot.exchange.planning import plan
from bot.exchange.register import read_register
from bot.exchange.rows import Contents
from bot.language.names import Names
from bot.store.database import Database, open_database, open_for_reading
from bot.store.memory import Memory
from config.settings import Settings

MOST_ROWS = 200_000  # of one file: what is said of each is kept until the file is done
_AT_ONCE = 200  # organisations whose assertions are read together


@dataclass(frozen=True)
class Wanted:
    """What to import, and how; with `strict`, a file with a broken row is not imported at all."""

    sources: Sequence[str] = ()
    starter: bool = False
    dry_run: bool = False
    strict: bool = False
    asking: bool = False  # only plan, and keep the plans for `carry_out`
    report: Path | None = None

    @property
    def fault(self) -> str:
        """Why nobody can mean this, or nothing."""
        if not self.sources and not self.starter:
            return "name a file to import, or --starter"
        report = self.report
        if report and os.path.isfile(report) and any(_within(report, source) for source in self.sources):
            return f"--report {report} would be written over what is imported: name another file"
        return ""

    @property
    def only_planned(self) -> bool:
        """Whether nothing is written, or not yet."""
        return self.dry_run or self.asking


def _within(file: Path, source: str) -> bool:
    """Whether the file is what was named, by whatever name, or lies in the folder that was."""
    if is_address(source) or not os.path.exists(source):
        return False
    return os.path.samefile(file, source) or Path(source).resolve() in file.resolve().parents


async def import_all(settings: Settings, wanted: Wanted, now: datetime) -> Outcome:
    """Import each file by itself, or only plan it."""
    opened = open_for_reading if wanted.only_planned else open_database
    database = await opened(settings.database.url)
    try:
        importing = _Import(database, settings, now, wanted)
        await importing.begin()
        writer = Writer(database, importing.outcome.version, now)
        if importing.outcome.starter and not wanted.only_planned:
            await writer.add_starter(read_register())
        async for report in importing.planned(wanted.sources):
            if not wanted.only_planned:
                report.done(await writer.carry_out(report.plan))
            if not wanted.asking:
                report.drop(but_new=wanted.report is not None)
        return importing.outcome
    finally:
        await database.close()


async def carry_out(settings: Settings, found: Outcome, now: datetime) -> None:
    """Do what was planned and agreed to; the outcome then tells what was done."""
    database = await open_database(settings.database.url)
    try:
        writer = Writer(database, found.version, now)
        if found.starter:
            found.starter = await writer.add_starter(read_register())
        for report in found.reports:
            report.done(await writer.carry_out(report.plan))
    finally:
        await database.close()


async def import_starter(settings: Settings, now: datetime) -> dict[str, Any]:
    """Bring in the starter register alone; how much of it was new."""
    found = await import_all(settings, Wanted(starter=True), now)
    return found.starter.as_json() if found.starter else {}


class _Import:
    """One run of the command: the register's names are read once and kept current with what is planned."""

    def __init__(self, database: Database, settings: Settings, now: datetime, wanted: Wanted) -> None:
        self._database = database
        self._settings = settings
        self._now = now
        self._wanted = wanted
        self._names = Names()
        self.outcome = Outcome()

    async def begin(self) -> None:
        """Read what the register has, and what it lacks of the starter register if that is wanted."""
        async with self._database.reading() as connection:
            memory = Memory(connection)
            self.outcome.version = await memory.register.version()
            self._names = Names(await memory.register.tools(), await memory.register.organisations())
            if self._wanted.starter:
                self.outcome.starter = lacking = await missing(memory, read_register())
                for body in (*lacking.organisations, *lacking.completed_organisations):
                    self._names.put_organisation(body)
                for tool in (*lacking.tools, *lacking.completed_tools):
                    self._names.put_tool(tool)

    async def planned(self, sources: Sequence[str]) -> AsyncIterator[FileReport]:
        """A report for each file that could be read; the others are told in the outcome."""
        for source in sources:
            documents = self._fetched(source) if is_address(source) else self._found(source)
            async for document, contents in documents:
                made = await self._plan(document, contents)
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
            self.outcome.failed.append(f"{shown(source)}: web addresses are fetched only with [exchange] urls = true")
            return
        fetcher = Fetcher(Limits(limits.megabytes * MEGABYTE, limits.seconds))
        seen: set[str] = set()
        while source and source not in seen:
            if len(seen) >= limits.pages:
                self.outcome.failed.append(f"{shown(source)}: not read: [exchange] pages is {limits.pages}")
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
            contents = read(document)
        except OperatorError as error:
            self.outcome.failed.append(str(error))
            return None
        if len(contents.rows) > MOST_ROWS:
            rows = f"{len(contents.rows):,} rows, and townclerk reads at most {MOST_ROWS:,}"
            self.outcome.failed.append(f"{document.name}: has {rows} of one file: split it")
            return None
        return contents

    async def _plan(self, document: Document, contents: Contents) -> Plan:
        rows = watched(document.short_name, len(contents.rows))
        made = plan(contents, self._names, self._now.date(), document.short_name, rows)
        if self._wanted.strict and made.broken:
            broken = "1 row is" if len(made.broken) == 1 else f"{len(made.broken)} rows are"
            self.outcome.failed.append(f"{document.name}: nothing was imported: {broken} broken")
            return _nothing_of(made)
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


def _nothing_of(made: Plan) -> Plan:
    """The plan as it is shown, and nothing in it to do."""
    return replace(made, additions=(), organisations=(), tools=(), completed=(), facts=(), new=(), matched=())
