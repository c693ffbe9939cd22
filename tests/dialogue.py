"""Dialogue: say a sentence, read what the bot said. Real router, real SQLite; only the chat is made up."""

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.chart import Chart, from_json
from bot.domain.directory import Assertion, Grade, Organisation, Relation, Status, Tool
from bot.drawing import CHART
from bot.features import install, router_for
from bot.router import Router
from bot.store.database import Database, open_database
from bot.store.inbox import Arrival
from bot.store.memory import Memory
from bot.store.outbox import Ready
from bot.store.rooms import Room
from bot.turn.chat import Incoming, News, Page, Refused
from bot.turn.pace import Pace
from bot.turn.say import Say
from bot.turn.signals import Signals
from bot.turn.think import Think
from config.settings import Settings
from tests.templates import lay_out

CLERK, ANA, BEA, CAI, SAM = [f"@{name}:example.org" for name in ("clerk", "ana", "bea", "cai", "sam")]
ROOM, MAINTAINERS, STEWARDS = "!room:example.org", "!maintainers:example.org", "!stewards:example.org"
MONDAY = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)  # a Monday, ten o'clock in London, no holiday near

CAMDEN = Organisation(
    "local-authority:CMD", "London Borough of Camden", "Camden", "London borough", "England", "London"
)
LAMBETH = Organisation(
    "local-authority:LBH", "London Borough of Lambeth", "Lambeth", "London borough", "England", "London"
)
CARDIFF = Organisation("local-authority:CRF", "Cardiff Council", "Cardiff", "Welsh council", "Wales", "Wales")
WARWICK = Organisation(
    "local-authority:WAR",
    "Warwickshire County Council",
    "Warwickshire",
    "County",
    "England",
    "West Midlands",
    aliases=("WCC",),
)
WINCHESTER = Organisation(
    "local-authority:WIN",
    "Winchester City Council",
    "Winchester",
    "District",
    "England",
    "South East",
    aliases=("WCC",),
)
OLD_TOWN = Organisation(
    "local-authority:OLD",
    "Oldtown Borough Council",
    "Oldtown",
    "District",
    "England",
    "London",
    ended=date(2023, 4, 1),
    successors=("local-authority:CMD",),
)
ORGANISATIONS = (CAMDEN, LAMBETH, CARDIFF, WARWICK, WINCHESTER, OLD_TOWN)
PLANX = Tool(
    "planx",
    "PlanX",
    "Online planning services.",
    "planning",
    "https://github.com/theopensystemslab/planx-new",
    "MPL-2.0",
)
BOPS = Tool("bops", "BOPS", "The planning officers' back office.", "planning")
DECIDIM = Tool("decidim", "Decidim", "Participation.", "participation")
TOOLS = (PLANX, BOPS, DECIDIM)


def uses(organisation: Organisation, tool: Tool, **changes: Any) -> Assertion:
    """An imported use, a month old."""
    said: dict[str, Any] = {
        "organisation_id": organisation.id, "tool_id": tool.id, "relation": Relation.USES, "status": Status.PRODUCTION,
        "grade": Grade.IMPORTED, "asserted_on": date(2026, 4, 11), "said_by": "a list",
        "evidence_url": "https://example.org/evidence",
    }  # fmt: skip
    return Assertion(**said | changes)


def maintains(organisation: Organisation, tool: Tool, **changes: Any) -> Assertion:
    """A council that volunteered and is verified."""
    return uses(organisation, tool, **{"relation": Relation.MAINTAINS, "grade": Grade.CONFIRMED} | changes)


@dataclass(frozen=True)
class Said:
    """Something the bot sent."""

    event_id: str
    room_id: str
    op_id: str
    content: Mapping[str, Any]
    edits: str | None = None

    @property
    def body(self) -> str:
        """The plain text."""
        return str(self.content.get("body", ""))

    @property
    def html(self) -> str:
        """The formatted text."""
        return str(self.content.get("formatted_body", ""))

    @property
    def mentions(self) -> Sequence[str]:
        """Whom it pings."""
        users: Sequence[str] = self.content["m.mentions"].get("user_ids", [])
        return users

    @property
    def chart(self) -> Chart | None:
        """What a picture shows."""
        return from_json(self.content[CHART]) if CHART in self.content else None

    @property
    def relation(self) -> Mapping[str, Any]:
        """What it answers, or the thread it is in."""
        found: Mapping[str, Any] = self.content.get("m.relates_to", {})
        return found


@dataclass
class FakeChat:
    """Takes what is sent, or refuses it: everything in a room, or one kind of thing (`(room, "pin")`; `"picture"`)."""

    said: list[Said] = field(default_factory=list)
    refuses: set[str | tuple[str, str]] = field(default_factory=set)
    messages: dict[str, tuple[str, str, str | None]] = field(default_factory=dict)  # sender, text, thread
    pinned: dict[str, list[str]] = field(default_factory=dict)
    redacted: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)  # what can't be decrypted
    members: set[tuple[str, str]] = field(default_factory=set)
    joined: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the rooms, and by which servers
    keys_asked: list[tuple[str, str]] = field(default_factory=list)  # of whom, for which session

    async def send(self, row: Ready) -> str | None:
        """Do it, or remember that it was said."""
        self._check(row.room_id, "picture" if CHART in row.content else row.kind)
        match row.kind:
            case "redact":
                self.redacted.add(row.target_event or "")
                return None
            case "pin" | "unpin":
                others = [one for one in self.pinned.get(row.room_id, []) if one != row.target_event]
                self.pinned[row.room_id] = [*others, *([row.target_event or ""] if row.kind == "pin" else [])]
                return None
        event_id = f"$said{len(self.said) + 1}"
        self.said.append(Said(event_id, row.room_id, row.op_id, row.content, row.target_event))
        return event_id

    async def join(self, room: str, via: Sequence[str], knock: str = "") -> str:
        """The bot is there."""
        self._check(room, "join")
        self.joined[room] = tuple(via)
        return room.replace("#", "!")

    async def fetch(self, room_id: str, event_id: str) -> Incoming:
        """What somebody said."""
        self._check(room_id, "fetch")
        if event_id in {said.event_id for said in self.said}:
            return Incoming(event_id, CLERK, "own")
        if event_id not in self.messages or event_id in self.redacted:
            raise Refused("404 M_NOT_FOUND")
        sender, text, thread = self.messages[event_id]
        if event_id in self.locked:
            return Incoming(event_id, sender, "locked", {}, session_id="one")
        words = {"kind": "heard", "text": text, "thread": thread, "addressed": False, "reply_to": None}
        return Incoming(event_id, sender, "new", words)

    async def is_member(self, room: str, person: str) -> bool:
        """Who was put there."""
        return (room, person) in self.members

    def _check(self, room_id: str, kind: str) -> None:
        if room_id in self.refuses or (room_id, kind) in self.refuses:
            raise Refused("403 M_FORBIDDEN")

    def may_ask_for_key(self, sender: str, session_id: str) -> bool:
        """Each once."""
        return (sender, session_id) not in self.keys_asked

    async def ask_for_key(self, room_id: str, raw: dict[str, Any]) -> None:
        """Remember it."""
        self.keys_asked.append((str(raw["sender"]), str(raw["content"]["session_id"])))

    async def sync(self, since: str | None, timeout_ms: int) -> News:
        """Not part of a dialogue."""
        raise NotImplementedError

    async def page_back(self, room_id: str, token: str) -> Page:
        """Not part of a dialogue."""
        raise NotImplementedError

    async def decrypt(self, room_id: str, raw: dict[str, Any]) -> Incoming:
        """As it is now."""
        return await self.fetch(room_id, raw["event_id"])


@dataclass
class Dialogue:
    """A conversation with the bot; `now` moves only when told to."""

    database: Database
    router: Router
    chat: FakeChat
    now: datetime = MONDAY
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def say(
        self,
        text: str,
        sender: str = ANA,
        *,
        room: str = ROOM,
        addressed: bool = True,
        thread: str | None = None,
        reply_to: str | None = None,
        mentions: Sequence[str] = (),
    ) -> str:
        """Somebody says something, by default to the bot; its event id."""
        event_id = self._next_id()
        self.chat.messages[event_id] = (sender, text, thread)
        heard = {"text": text, "addressed": addressed, "thread": thread, "reply_to": reply_to}
        return await self.arrive(sender, room, event_id, kind="heard", mentions=list(mentions), **heard)

    async def react(self, target: str, key: str, sender: str = BEA, room: str = ROOM) -> str:
        """Somebody reacts."""
        return await self.arrive(sender, room, kind="reacted", target=target, key=key)

    async def edit(self, target: str, text: str, sender: str = ANA, room: str = ROOM) -> str:
        """Somebody edits."""
        if target in self.chat.messages and self.chat.messages[target][0] == sender:
            self.chat.messages[target] = (sender, text, self.chat.messages[target][2])
        return await self.arrive(sender, room, kind="edited", target=target, text=text, thread=None)

    async def redact(self, target: str, sender: str = ANA, room: str = ROOM) -> str:
        """Somebody takes something back."""
        self.chat.messages.pop(target, None)
        return await self.arrive(sender, room, kind="redacted", target=target)

    async def depart(self, user: str, room: str = ROOM) -> str:
        """Somebody, or the bot, is no longer in the room."""
        if user == CLERK:
            await self._change(room, membership="leave")
        return await self.arrive(user, room, kind="departed", who=user)

    async def move(self, room: str, successor: str, sender: str = SAM) -> str:
        """The room is upgraded, and the bot is in the new one."""
        await self._change(successor, membership="join", members=5, named=True)
        return await self.arrive(sender, room, kind="moved", successor=successor)

    async def rooms_say(self, room: str = ROOM, *, threads: bool | None = None, **state: bool) -> None:
        """The room's state: `may_pin`, `may_send`, `shared`; and the steward's word on `threads`."""
        await self._change(room, **state)
        if threads is not None:
            async with self.database.transaction() as connection:
                await Memory(connection).rooms.set_threads(room, threads)

    async def _change(self, room: str, **changes: Any) -> None:
        async with self.database.transaction() as connection:
            rooms = Memory(connection).rooms
            await rooms.keep(replace(await rooms.get(room) or Room(room, "join", members=5, named=True), **changes))

    async def arrive(self, sender: str, room: str, event_id: str = "", /, **content: Any) -> str:
        """An event comes in, and all that follows from it at once."""
        event_id = event_id or self._next_id()
        async with self.database.transaction() as connection:
            memory = Memory(connection)
            batch = await memory.inbox.new_batch()
            await memory.inbox.add(batch, [Arrival(event_id, room, sender, "new", 0, content)], self.now)
        await self.settle()
        return event_id

    def _next_id(self) -> str:
        return f"$event{next(self._numbers)}"

    async def settle(self) -> None:
        """Think and speak until nothing is left to do now."""
        think = Think(self.database, self.router, lambda: self.now, Signals())
        say = Say(self.database, self.chat, lambda: self.now, Signals(), Pace(side_by_side=1))
        thought = True
        while thought:
            while await think.events(self.now) or await think.timers(self.now):
                pass
            await say.settle()
            async with self.database.reading() as connection:
                thought = bool(await Memory(connection).inbox.waiting(1))

    async def wait(self, **span: float) -> None:
        """Time goes by, timer by timer."""
        end = self.now + timedelta(**span)
        while (due := await self._next_timer()) and due <= end:
            self.now = max(self.now, due)
            await self.settle()
        self.now = end
        await self.settle()

    async def sleep(self, **span: float) -> None:
        """Time goes by while the bot is down."""
        self.now += timedelta(**span)
        await self.settle()

    async def _next_timer(self) -> datetime | None:
        async with self.database.reading() as connection:
            return await Memory(connection).timers.next_at()

    # --- what was said ---------------------------------------------------------------------------------

    @property
    def said(self) -> list[Said]:
        """All the bot's messages and edits, oldest first."""
        return [said for said in self.chat.said if "body" in said.content]

    @property
    def last(self) -> Said:
        """The newest."""
        return self.said[-1]

    def pinned(self, room: str = ROOM) -> list[str]:
        """The events pinned there, the bot's newest last."""
        return self.chat.pinned.get(room, [])

    @property
    def redacted(self) -> set[str]:
        """What the bot took back."""
        return self.chat.redacted

    def in_room(self, room: str) -> list[Said]:
        """What it said in one room."""
        return [said for said in self.said if said.room_id == room]

    def card(self, question: str) -> Said:
        """A question's card as it is now."""
        first = next(s for s in self.said if s.op_id == f"requests:card:{question}")
        edits = [s for s in self.said if s.edits == first.event_id]
        newest = edits[-1] if edits else first
        return Said(first.event_id, first.room_id, first.op_id, newest.content)


@asynccontextmanager
async def dialogue(
    folder: Path,
    plugins: Mapping[str, Mapping[str, Any]],
    *,
    assertions: Sequence[Assertion] = (),
    community: Mapping[str, Any] | None = None,
    councils: Sequence[Mapping[str, Any]] = (),
    replies_per_minute: int = 0,
) -> AsyncIterator[Dialogue]:
    """A dialogue with just these plugins on, over the small register above."""
    settings = Settings(
        matrix={"user": CLERK},
        community={"name": "Test councils", "stewards": [SAM],
                   "rooms": {"maintainers": MAINTAINERS, "stewards": STEWARDS}} | dict(community or {}),
        councils=list(councils) or [{"id": CAMDEN.id, "people": [BEA]}, {"id": LAMBETH.id, "people": [CAI]}],
        limits={"replies_per_minute": replies_per_minute},
    )  # fmt: skip
    await lay_out(folder / "dialogue.db")
    database = await open_database(f"sqlite:///{folder / 'dialogue.db'}")
    try:
        router = router_for(settings, install({name: dict(section) for name, section in plugins.items()}), CLERK)
        async with database.transaction() as connection:
            memory = Memory(connection)
            await memory.register.add_organisations(ORGANISATIONS)
            await memory.register.add_tools(TOOLS, MONDAY - timedelta(days=60))
            await memory.register.add_assertions(assertions, MONDAY - timedelta(days=30))
            for room in (ROOM, MAINTAINERS, STEWARDS):
                await memory.rooms.keep(Room(room, "join", members=5, named=True))
            await router.start(memory, MONDAY)
        made = Dialogue(database, router, FakeChat())
        await made.settle()
        yield made
    finally:
        await database.close()
