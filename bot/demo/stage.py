"""The demo from curtain to curtain: raise the town, play the conversation, let the person join, clear it away."""

import asyncio
import importlib.util
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from bot.demo.community import Community, demo_folder, read_community
from bot.demo.folder import Folder
from bot.demo.joining import Joining
from bot.demo.performance import Performance
from bot.demo.script import Script, read
from bot.demo.synapse import MISSING
from bot.demo.terminal import Terminal
from bot.demo.town import Town, bot_has_entered, manned, opened, watched
from bot.demo.view import View, make_console
from bot.demo.watching import Observer
from bot.errors import OperatorError

T = TypeVar("T")
CONVERSATION = "conversation.txt"


async def play(folder: Path, script: Path | None = None, interactive: bool = False, keep: bool = False) -> bool:
    """Whether every expected reply came. A community that is kept goes on where it was, and the play isn't repeated."""
    if importlib.util.find_spec("synapse") is None:
        raise OperatorError(MISSING)
    chosen = read(script) if script else None if keep else read(demo_folder() / CONVERSATION)
    view = View(make_console())
    try:
        with Folder(folder).used(keep) as used:
            return await _run(used, read_community(), chosen, view, interactive)
    finally:
        view.lower_curtain()


async def _run(folder: Folder, community: Community, script: Script | None, view: View, interactive: bool) -> bool:
    """All of it in this folder; whatever was started is stopped on leaving."""
    people, rooms = (script.people, script.rooms) if script else ((), ())
    async with AsyncExitStack() as stack:
        with view.busy("Raising a small community of councils on this machine …"):
            town = await stack.enter_async_context(opened(folder, community, people, rooms, view.done))
            observer, watching = await stack.enter_async_context(watched(town, view.told))
            clerk = await stack.enter_async_context(manned(town, folder))
            ending = asyncio.create_task(clerk.ended())
            stack.callback(ending.cancel)
            await _all_entered(town, observer)
            view.done("the bot, which has entered every room")
        view.raise_curtain(town)
        performance = Performance(town, observer, view)
        well = await _unless(_perform(performance, script, view), watching, ending)
        if interactive:
            await _unless(_join(town, performance, view), watching, ending)
        view.lower_curtain()
        with view.busy("Clearing it all away …"):
            await stack.aclose()
        view.note(f"The community stays in {folder.path}; to go on with it: townclerk demo --keep")
        return well


async def _all_entered(town: Town, observer: Observer) -> None:
    entered = await asyncio.gather(*(bot_has_entered(town, observer, room) for room in town.rooms.values()))
    if not all(entered):
        raise OperatorError("the bot was invited to the community's rooms and did not come")


async def _perform(performance: Performance, script: Script | None, view: View) -> bool:
    if script is None:
        return True
    began = time.monotonic()
    well = await performance.play(script)
    view.verdict(script.expectations, performance.missed, time.monotonic() - began)
    return well


async def _join(town: Town, performance: Performance, view: View) -> None:
    terminal = Terminal()
    with terminal.kept_sane():
        view.beside = terminal.beside
        joining = Joining(town, performance, view, terminal.line)
        joining.welcome()
        try:
            await joining.run()
        finally:
            view.beside = nullcontext


async def _unless(work: Coroutine[Any, Any, T], *dangers: "asyncio.Task[None]") -> T:
    """The work's result, unless something it rests on ends first: then that one's error."""
    working = asyncio.create_task(work)
    try:
        await asyncio.wait({working, *dangers}, return_when=asyncio.FIRST_COMPLETED)
        for danger in dangers:
            if danger.done():
                danger.result()
        return working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
