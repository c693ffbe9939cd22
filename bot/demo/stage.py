"""The demo from curtain to curtain: raise the town, play the conversation, let the person join, clear it all away."""

from pathlib import Path
from typing import TypeVar

from bot.demo.community import demo_folder, read_community
from bot.demo.folder import Folder
from bot.demo.script import read
from bot.demo.view import View, make_console

T = TypeVar("T")


async def play(folder: Path, script: Path | None = None, interactive: bool = False, keep: bool = False) -> bool:
    """Whether every expected reply came. A community that is kept goes on where it was: the play isn't repeated."""
    chosen = read(script) if script else None if keep else read(demo_folder() / "conversation.txt")
    view = View(make_console())
    try:
        with Folder(folder).used(keep) as used:
            return await _Demo(used, read_community(), chosen, view).run(interactive)
    finally:
        view.town = None
