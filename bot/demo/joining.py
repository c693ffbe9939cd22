"""After the play: the person at the terminal speaks as one of the staff, and sees what is said."""

import re
from collections.abc import Awaitable, Callable

from bot.demo.performance import Performance
from bot.demo.script import RESERVED, React, Say
from bot.demo.town import Town
from bot.demo.view import View
from bot.errors import OperatorError

HELP = """\
Whatever you type is said in the room. The clerk answers what begins with @clerk:
  @clerk who uses BOPS?         @clerk help with PlanX: the map is empty
  @clerk we use Decidim         @clerk board
/as ben            go on as somebody else (anybody new gets an account)
/room maintainers  go to another room (a new one is made)
/thread words      say them in the thread of what the clerk spoke of last
/react 🙋          react to the clerk's last card or call: 🙋 takes it, ✅ settles it
/quit              end the demo (so does Ctrl-D)"""
HINT = "(The clerk answers when it is spoken to: begin with @clerk. /help says more.)"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")

Lines = Callable[[str], Awaitable[str | None]]


class Joining:
    """Takes what is typed, line by line."""

    def __init__(self, town: Town, performance: Performance, view: View, lines: Lines) -> None:
        self._town = town
        self._performance = performance
        self._view = view
        self._lines = lines
        self._who = town.community.people[0].localpart
        self._room = town.community.main_room.key
        self._hinted = False

    def welcome(self) -> None:
        """How to join, here and with a client."""
        town = self._town
        server = town.server
        others = ", ".join(person.localpart for person in town.community.people)
        self._view.act("Now you")
        self._view.note("With Element, or any Matrix client on this machine:", "bold")
        self._view.note(f"  homeserver  {server.url}")
        self._view.note(f"  login       {self._who}   (or another of {others})")
        self._view.note(f"  password    {town.password}")
        self._view.note(f"  room        {town.titles[town.rooms[self._room]]}:{server.server_name}")
        self._view.note("Or here:", "bold")
        self._view.note("  " + HELP.replace("\n", "\n  "))

    async def run(self) -> None:
        """Until /quit or the end of input."""
        while True:
            room = self._town.titles[await self._town.room(self._room)]
            line = await self._lines(f"{self._who} {room}> ")
            if line is None or line.strip() in ("/quit", "/exit", "/q"):
                return
            try:
                await self._take(line.strip())
            except OperatorError as error:
                self._view.failed(str(error))

    async def _take(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        rest = rest.strip()
        match command:
            case "":
                return
            case "/help":
                self._view.note(HELP)
            case "/as":
                self._who = self._named(rest.lstrip("@"))
                await self._town.client(self._who)
            case "/room":
                await self._performance.enter(self._named(rest.lstrip("#")))
                self._room = self._key(rest)
            case "/thread" if rest:
                await self._performance.say(Say(self._who, self._room, rest, in_thread=True), typed=True)
            case "/react" if rest:
                await self._performance.react(React(self._who, self._room, rest))
            case _ if command.startswith("/"):
                self._view.failed(f"I don't know {command} like that; /help lists what there is")
            case _:
                await self._say(line)

    async def _say(self, line: str) -> None:
        await self._performance.say(Say(self._who, self._room, line), typed=True)
        spoken_to = re.search(r"clerk", line, re.IGNORECASE)
        if not spoken_to and not self._hinted:
            self._hinted = True
            self._view.note(HINT)

    def _named(self, name: str) -> str:
        key = self._key(name)
        if not _NAME.fullmatch(key) or key in RESERVED:
            raise OperatorError(f"“{name}” can't be used as a name here: write letters, digits, - or _")
        return key

    def _key(self, name: str) -> str:
        """A room may be called by its alias, too."""
        plain = name.strip().lstrip("#@").casefold()
        return next((r.key for r in self._town.community.rooms if r.local_alias == plain), plain)
