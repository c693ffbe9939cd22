"""A room's past, paged back: what was missed is found, each event is thought about once, whatever comes between."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store.database import Database
from bot.store.gaps import Gap
from bot.store.memory import Memory
from bot.store.rooms import Account, Room
from bot.turn.chat import CursorLost, Incoming, LoggedOut, News, Page, Refused, RoomNews, TryLater
from bot.turn.door import Door
from bot.turn.fill import HORIZON, MOST_PAGES, Fill
from bot.turn.hear import Hear
from bot.turn.signals import Signals
from tests.dialogue import FakeChat
from tests.store.samples import ANA, HOUR, MINUTE, NOW, OTHER, ROOM, opened
from tests.templates import lay_out

CLERK = "@clerk:example.org"
PAGE = 3


def heard(event_id: str) -> Incoming:
    """Ana said something."""
    return Incoming(event_id, ANA, "new", {"kind": "heard", "text": "words"})


@dataclass
class Past(FakeChat):
    """A homeserver with one room: its timeline, and the stream in which it gave the events to us."""

    timeline: list[str] = field(default_factory=list)
    stream: list[str] = field(default_factory=list)
    healed: bool = False  # events came in behind: the next timeline is limited
    failure: Exception | None = None
    pages: list[Page] = field(default_factory=list)  # answered first, whatever is asked

    def say(self, event_id: str) -> None:
        """Somebody on our homeserver."""
        self.timeline.append(event_id)
        self.stream.append(event_id)

    def comes_late(self, event_id: str, behind: int) -> None:
        """Somebody on another one, whom ours hears only now, behind so many events."""
        self.timeline.insert(max(FLOOR, len(self.timeline) - behind), event_id)
        self.healed = True

    async def sync(self, since: str | None, timeout_ms: int) -> News:
        """What is new in the stream, or the room as it is."""
        await asyncio.sleep(0.001)  # SQLite doesn't let others run; a homeserver does
        if self.failure:
            raise self.failure
        if since == "lost":
            raise CursorLost
        new = self.stream[int(since) :] if since else self.stream
        limited = len(new) > PAGE or self.healed
        self.healed = False
        shown = new[-PAGE:]
        before = shown[0] if shown else ""
        rooms = [RoomNews(ROOM, [heard(e) for e in shown], limited, before)] if new or limited else []
        return News(str(len(self.stream)), rooms)

    async def page_back(self, room_id: str, token: str) -> Page:
        """A page before this event."""
        if self.failure:
            raise self.failure
        if self.pages:
            return self.pages.pop(0)
        end = self.timeline.index(token) if token else len(self.timeline)
        start = max(0, end - PAGE)
        found = self.timeline[start:end][::-1]
        return Page([heard(e) for e in found], self.timeline[start] if start else None)


FLOOR = 4  # events before the bot came


@dataclass
class Bot:
    """The loops that hear and fill, one step at a time."""

    database: Database
    chat: Past
    now: datetime = NOW
    thought: Counter[str] = field(default_factory=Counter)

    @property
    def fill(self) -> Fill:
        """As after a start."""
        return Fill(self.database, self.chat, lambda: self.now, Signals())

    async def since(self) -> str | None:
        """Our token."""
        async with self.database.reading() as connection:
            account = await Memory(connection).rooms.account(CLERK)
        assert account is not None
        return account.since

    async def hear(self, *, lost: bool = False, times: int = 1, saved: bool = True) -> None:
        """One sync, its answer taken so many times, or not at all."""
        since = None if lost else await self.since()
        news = await self.chat.sync(since, 0)
        loop = Hear(self.database, self.chat, CLERK, Door(FakeChat(), ["*"]), lambda: self.now, Signals(), lambda: 0.0)
        for _ in range(times if saved else 0):
            await loop.save(news, since, self.now)

    async def due(self) -> list[Gap]:
        """The searches to go on with."""
        async with self.database.reading() as connection:
            return await Memory(connection).gaps.due(self.now)

    async def page(self) -> bool:
        """One page of the first search."""
        for gap in await self.due():
            await self.fill.page(gap, self.now)
            return True
        return False

    async def think(self, count: int = 1000) -> None:
        """About what may be thought about."""
        async with self.database.transaction() as connection:
            memory = Memory(connection)
            for event in await memory.inbox.waiting(count, self.now - 10 * MINUTE):
                self.thought[event.event_id] += 1
                await memory.inbox.done(event.event_id)

    async def settle(self) -> None:
        """Until nothing is left to hear, to search or to think about; the search again included."""
        await self.hear()
        for _ in range(2):
            while await self.page():
                await self.think()
            self.now += 11 * MINUTE
        await self.think()


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[Bot]:
    """A bot that has come into the room."""
    await lay_out(folder / "fill.db")
    async with opened(f"sqlite:///{folder / 'fill.db'}") as database:
        async with database.transaction() as connection:
            await Memory(connection).rooms.keep_account(Account(CLERK, "DEVICE", "token", None))
        bot = Bot(database, Past())
        for number in range(FLOOR):
            bot.chat.say(f"$history{number}")
        await bot.hear()
        yield bot


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(1, 8)),
        st.tuples(st.just("late"), st.integers(0, 12)),
        st.tuples(st.sampled_from(["hear", "unsaved", "twice", "lost", "page", "think", "search", "wait"]), st.just(0)),
    ),
    max_size=30,
)


@dataclass
class Story:
    """What happens, step by step, and what was said in it."""

    bot: Bot
    said: list[str] = field(default_factory=list)

    async def say(self, count: int) -> None:
        for _ in range(count):
            self.said.append(f"${len(self.said)}")
            self.bot.chat.say(self.said[-1])

    async def late(self, behind: int) -> None:
        self.said.append(f"${len(self.said)}")
        self.bot.chat.comes_late(self.said[-1], behind)

    async def hear(self, _: int) -> None:
        await self.bot.hear()

    async def unsaved(self, _: int) -> None:
        """Killed before it was committed: the homeserver says the same again."""
        healed = self.bot.chat.healed
        await self.bot.hear(saved=False)
        self.bot.chat.healed = healed

    async def twice(self, _: int) -> None:
        await self.bot.hear(times=2)

    async def lost(self, _: int) -> None:
        await self.bot.hear(lost=True)

    async def page(self, _: int) -> None:
        await self.bot.page()

    async def think(self, _: int) -> None:
        await self.bot.think(2)

    async def search(self, _: int) -> None:
        async with self.bot.database.transaction() as connection:
            await Memory(connection).gaps.search_all(self.bot.now)

    async def wait(self, _: int) -> None:
        self.bot.now += 11 * MINUTE


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_whatever_happens_each_event_above_the_floor_is_thought_about_once(steps: list[tuple[str, int]]) -> None:
    async def scene() -> None:
        with TemporaryDirectory() as folder:
            async with listening(Path(folder)) as bot:
                story = Story(bot)
                for step, count in steps:
                    await getattr(story, step)(count)
                await bot.settle()
                assert bot.thought == Counter(story.said)

    asyncio.run(scene())


async def test_what_is_found_is_thought_about_in_order_before_what_showed_the_hole(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        for number in range(20):
            bot.chat.say(f"${number:02}")
        await bot.hear()
        while await bot.page():
            pass
        await bot.think()
        assert list(bot.thought) == [f"${n:02}" for n in range(20)]


async def test_a_hole_is_searched_again_after_ten_minutes_and_then_no_more(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.chat.comes_late("$first", 0)
        await bot.hear()
        while await bot.page():
            pass
        bot.chat.timeline.insert(FLOOR, "$what our homeserver fetched only now")
        assert await bot.due() == []
        bot.now += 10 * MINUTE
        assert [gap.holds for gap in await bot.due()] == [False]
        while await bot.page():
            pass
        await bot.think()
        assert set(bot.thought) == {"$first", "$what our homeserver fetched only now"}
        bot.now += HOUR
        assert await bot.due() == []


@pytest.mark.parametrize("chunks", [1, 3])
async def test_an_empty_page_with_another_behind_it_ends_nothing(tmp_path: Path, chunks: int) -> None:
    async with listening(tmp_path) as bot:
        for number in range(5):
            bot.chat.say(f"${number}")
        bot.chat.pages = [Page([], f"${4 - n}") for n in range(chunks)]
        await bot.hear()
        await bot.settle()
        assert bot.thought == Counter(f"${n}" for n in range(5))


async def test_pages_without_end_end(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.chat.comes_late("$1", 0)
        await bot.hear()
        (gap,) = await bot.due()
        fill, pages = bot.fill, 0
        further: Gap | None = gap
        while further:
            bot.chat.pages = [Page([], f"further {pages}")]
            further = await fill.page(further, bot.now)
            pages += 1
        assert pages == MOST_PAGES


async def test_a_page_that_leads_back_to_itself_is_the_last(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.chat.pages = [Page([], "here")]
        assert await bot.fill.page(Gap(ROOM, 9, 0, "here"), bot.now) is None


async def test_what_was_heard_three_days_ago_ends_the_search(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        for number in range(9):
            bot.chat.say(f"${number}")
        await bot.settle()
        bot.now += HORIZON + HOUR
        bot.chat.comes_late("$late", 1)
        await bot.hear()
        asked = 0
        while await bot.page():
            asked += 1
        assert asked == 2  # a page with something new, and one with nothing but old acquaintances
        await bot.think()
        assert bot.thought["$late"] == 1


async def test_a_room_that_cannot_be_seen_any_more_holds_nothing_back(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        bot.chat.comes_late("$1", 0)
        bot.chat.say("$2")
        await bot.hear()
        bot.chat.failure = Refused("403 M_FORBIDDEN")
        assert await bot.page()
        assert await bot.due() == []
        await bot.think()
        assert set(bot.thought) == {"$2"}


async def test_one_room_that_fails_holds_no_other_back(tmp_path: Path) -> None:
    class Failing(Past):
        async def page_back(self, room_id: str, token: str) -> Page:
            if room_id == ROOM:
                raise TryLater("500")
            return Page([], None)

    async with listening(tmp_path) as bot:
        async with bot.database.transaction() as connection:
            memory = Memory(connection)
            await memory.rooms.keep(Room(OTHER, "join"))
            await memory.gaps.search_all(bot.now)
        fill = Fill(bot.database, Failing(), lambda: bot.now, Signals())
        running = asyncio.create_task(fill.run())
        async with asyncio.timeout(60):
            while len(await bot.due()) > 1:  # noqa: ASYNC110 - the loop rings no bell for us
                await asyncio.sleep(0.01)
        assert [gap.room_id for gap in await bot.due()] == [ROOM]
        running.cancel()


async def test_logged_out_the_loop_ends(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        async with bot.database.transaction() as connection:
            await Memory(connection).gaps.search_all(bot.now)
        bot.chat.failure = LoggedOut("401")
        with pytest.raises(LoggedOut):
            await asyncio.wait_for(bot.fill.run(), 60)


async def test_every_room_is_searched_once_a_day(tmp_path: Path) -> None:
    async with listening(tmp_path) as bot:
        await bot.fill.look_around(bot.now)
        assert await bot.due() == []  # the bot has just come in
        bot.now += timedelta(days=1, seconds=1)
        bot.chat.timeline.append("$never given to us")
        await bot.fill.look_around(bot.now)
        assert [gap.holds for gap in await bot.due()] == [False]
        while await bot.page():
            pass
        await bot.think()
        assert dict(bot.thought) == {"$never given to us": 1}
        await bot.fill.look_around(bot.now)
        assert await bot.due() == []


async def test_a_homeserver_that_forgot_our_newest_event_was_set_back(tmp_path: Path) -> None:
    class SetBack(Past):
        asked: Any = None

        async def fetch(self, room_id: str, event_id: str) -> Incoming:
            self.asked = room_id, event_id
            raise Refused("404 M_NOT_FOUND")

    async with listening(tmp_path) as bot:
        chat = SetBack(timeline=bot.chat.timeline, stream=bot.chat.stream)
        loop = Hear(bot.database, chat, CLERK, Door(FakeChat(), ["*"]), lambda: bot.now, Signals(), lambda: 0.0)
        running = asyncio.create_task(loop.run())
        async with asyncio.timeout(60):
            while not await bot.due():  # noqa: ASYNC110 - the loop rings no bell for us
                await asyncio.sleep(0.01)
        running.cancel()
        assert chat.asked == (ROOM, f"$history{FLOOR - 1}")
        assert [gap.holds for gap in await bot.due()] == [True]
