"""`townclerk import --starter` adds what is missing, and writes over nothing that the community has changed."""

import asyncio
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.directory import Organisation, Tool
from bot.store.database import open_database
from bot.store.memory import Memory
from tests.commands.conftest import Shell

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def starter(shell: Shell, *options: str) -> dict[str, Any]:
    """What is reported of it."""
    report: dict[str, Any] = json.loads(shell.townclerk("import", "--starter", "--json", *options).stdout)
    return dict(report["files"][0])


async def read(shell: Shell, *, changed: bool = False) -> tuple[Tool, Organisation]:
    """PlanX and Camden as the register has them, after somebody has changed them if so wished."""
    database = await open_database(f"sqlite:///{shell.folder / 't.db'}")
    try:
        async with database.transaction() as connection:
            register = Memory(connection).register
            [tool] = [tool for tool in await register.tools() if tool.id == "planx"]
            [body] = [body for body in await register.organisations() if body.id == "local-authority:CMD"]
            if changed:
                await register.add_tools([replace(tool, description="Ours.", repository="", aliases=("px",))], NOW)
                await register.add_organisations([replace(body, name="Camden Town", region="")])
            return tool, body
    finally:
        await database.close()


def test_it_is_safe_to_repeat(filled: Shell, shell: Shell) -> None:
    shutil.copy(filled.folder / "t.db", shell.folder)
    tool, body = asyncio.run(read(shell, changed=True))
    again = starter(shell)
    assert set(again["summary"].values()) == {0}
    assert again["completed"] == {"organisations": 1, "tools": 1}
    wanted = replace(tool, description="Ours.", aliases=("px",)), replace(body, name="Camden Town")
    assert asyncio.run(read(shell)) == wanted


def test_a_dry_run_counts_what_is_new(filled: Shell, shell: Shell) -> None:
    empty, full = starter(shell, "--dry-run"), starter(filled, "--dry-run")
    assert list(shell.folder.iterdir()) == []
    assert empty["summary"]["uses"] == full["already_there"] > 500
    assert (full["summary"]["uses"], empty["already_there"]) == (0, 0)
