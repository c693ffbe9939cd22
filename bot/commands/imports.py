"""`townclerk import`: plans are made by bot.exchange, and carried out here in one transaction a file."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import OperatorError
from bot.exchange.plan import Plan
from bot.exchange.planning import plan
from bot.exchange.register import read_register
from bot.exchange.uses_csv import read_uses
from bot.language.names import Names
from bot.store.database import Database, open_database
from bot.store.memory import Memory
from config.settings import Settings

STARTER = "the starter register"


async def import_starter(settings: Settings, now: datetime, *, dry_run: bool = False) -> dict[str, Any]:
    """Bring in the organisations, tools and uses that come with townclerk."""
    register = read_register()
    if not dry_run:
        database = await open_database(settings.database.url)
        try:
            async with database.transaction() as connection:
                memory = Memory(connection)
                await memory.register.add_organisations(register.organisations)
                await memory.register.add_tools(register.tools, now)
                await memory.register.add_assertions(register.assertions, now)
        finally:
            await database.close()
    counts = {
        "organisations": len(register.organisations),
        "tools": len(register.tools),
        "uses": len(register.assertions),
    }
    return {"file": STARTER, "summary": counts}


async def import_files(
    settings: Settings, files: Sequence[Path], now: datetime, *, dry_run: bool = False, strict: bool = False
) -> tuple[list[dict[str, Any]], list[str]]:
    """Import each file by itself; the reports, and a line for each file that couldn't be read.

    With `strict`, a file with a broken row is not imported at all.
    """
    database = await open_database(settings.database.url)
    reports, failed = [], []
    try:
        for file in files:
            try:
                planned = await _plan(database, file, now)
                reports.append({"file": str(file)} | planned.as_json())
                if strict and planned.broken:
                    raise OperatorError(f"{file}: nothing was imported: {len(planned.broken)} rows are broken")
                if not dry_run:
                    await _carry_out(database, planned, now)
            except OperatorError as error:
                failed.append(str(error))
    finally:
        await database.close()
    return reports, failed


async def _plan(database: Database, file: Path, now: datetime) -> Plan:
    rows = list(read_uses(file))
    async with database.reading() as connection:
        register = Memory(connection).register
        names = Names(await register.tools(), await register.organisations())
    return plan(rows, names, now.date(), file.name)


async def _carry_out(database: Database, planned: Plan, now: datetime) -> None:
    async with database.transaction() as connection:
        register = Memory(connection).register
        await register.add_organisations(planned.organisations)
        await register.add_tools(planned.tools, now)
        await register.add_identified(((a.id, a.assertion) for a in planned.additions), now)
