"""The community come alive: its homeserver, accounts, rooms and bot; all of it gone again at the end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from bot import clock
from bot.commands.imports import import_starter
from bot.demo.clerk import Clerk
from bot.demo.community import BOT, Community, Person, Room, as_toml, bot_settings
from bot.demo.folder import Folder
from bot.demo.people import Client
from bot.demo.synapse import Synapse
from bot.demo.watching import Observer, Told
from config.sections import DatabaseSettings
from config.settings import Settings

OBSERVER = Person(localpart="observer", name="The audience")
CLERK = Person(localpart=BOT, name="Town Clerk")
PATIENCE = 20.0
FOR_A_GREETING = 3.0

Progress = Callable[[str], None]


class Town:
    """Who is there and where they meet, on a homeserver that runs."""

    def __init__(self, community: Community, server: Synapse, password: str, stack: AsyncExitStack) -> None:
        self.community = community
        self.server = server
        self.password = password
        self.people: dict[str, Person] = {}  # by Matrix id
        self.rooms: dict[str, str] = {}  # ids by key
        self.titles: dict[str, str] = {}  # aliases without the server, by id
        self._clients: dict[str, Client] = {}
        self._stack = stack

    @property
    def bot_id(self) -> str:
        """The bot's Matrix id."""
        return f"@{BOT}:{self.server.server_name}"

    @property
    def mentions(self) -> dict[str, str]:
        """What people write to mention somebody."""
        return {f"@{person.localpart}": user_id for user_id, person in self.people.items()}

    async def add_account(self, person: Person) -> None:
        """An account nobody plays."""
        found = await self.server.register(person.localpart, self.password, display_name=person.display_name)
        self.people[found.user_id] = person

    async def client(self, localpart: str) -> Client:
        """This person's client; an account is made for somebody new, who then enters every room."""
        if localpart not in self._clients:
            known = {person.localpart: person for person in (OBSERVER, *self.community.people)}
            person = known.get(localpart) or Person(localpart=localpart)
            found = await self.server.register(localpart, self.password, display_name=person.display_name)
            client = Client(found)
            self._stack.push_async_callback(client.close)
            self.people[client.user_id] = person
            self._clients[localpart] = client
            for room_id in self.rooms.values():
                await client.join(room_id)
        return self._clients[localpart]

    async def room(self, key: str) -> str:
        """The id of this room; it is made if there is none, and everybody enters."""
        if key not in self.rooms:
            room = next((r for r in self.community.rooms if r.key == key), Room(key=key))
            self.rooms[key] = await self._found_or_made(room)
        return self.rooms[key]

    async def _found_or_made(self, room: Room) -> str:
        owner = self._clients[OBSERVER.localpart]
        room_id = await owner.find_room(room.local_alias, self.server.server_name)
        if room_id is None:
            room_id = await owner.create_room(room.local_alias, room.title, [self.bot_id], {self.bot_id: 50})
        self.titles[room_id] = f"#{room.local_alias}"
        await asyncio.gather(*(client.join(room_id) for client in self._clients.values()))
        return room_id

    async def settle(self, people: Iterable[str], rooms: Iterable[str]) -> None:
        """Make the accounts and the rooms, those of the community and these."""
        await self.add_account(CLERK)
        await self.client(OBSERVER.localpart)
        everybody = [person.localpart for person in self.community.people]
        for localpart in dict.fromkeys([*everybody, *people]):
            await self.client(localpart)
        for key in dict.fromkeys([*(room.key for room in self.community.rooms), *rooms]):
            await self.room(key)

    def bot_settings(self, database_url: str) -> dict[str, Any]:
        """The settings for the bot, with the digest's instant a little ahead of now."""
        by_purpose: dict[str, str] = {room.purpose: self.rooms[room.key] for room in self.community.rooms}
        server = self.server
        digest_at = clock.now() + self.community.digest_after
        settings = bot_settings(self.community, server.url, server.server_name, self.password, by_purpose, digest_at)
        return settings | {"database": {"url": database_url}}


@asynccontextmanager
async def opened(
    folder: Folder, community: Community, people: Iterable[str], rooms: Iterable[str], progress: Progress
) -> AsyncIterator[Town]:
    """The town with its homeserver, its people and its rooms; the bot is not there yet."""
    async with AsyncExitStack() as stack:
        imported = await _register(folder)
        server = await stack.enter_async_context(Synapse(folder.homeserver, room_list_search=True))
        progress(f"a homeserver of its own (Synapse) at {server.url}")
        progress("the starter register: " + ", ".join(f"{count:,} {name}" for name, count in imported.items()))
        town = Town(community, server, folder.password, stack)
        await town.settle(people, rooms)
        progress(f"{len(town.people)} accounts, {len(town.rooms)} rooms")
        yield town


async def _register(folder: Folder) -> dict[str, int]:
    # Built without reading the environment, where another database may be named.
    settings = Settings.model_construct(database=DatabaseSettings(url=folder.database_url))
    counts: dict[str, int] = (await import_starter(settings, clock.now()))["summary"]
    return counts


@asynccontextmanager
async def manned(town: Town, folder: Folder) -> AsyncIterator[Clerk]:
    """The bot at work in this town."""
    folder.write_settings(as_toml(town.bot_settings(folder.database_url)))
    clerk = Clerk(folder.settings, folder.bot_log)
    try:
        await clerk.start()
        yield clerk
    finally:
        await clerk.stop()


@asynccontextmanager
async def watched(town: Town, told: Told) -> AsyncIterator[tuple[Observer, "asyncio.Task[None]"]]:
    """The observer in its seat, and the task in which it looks on."""
    observer = Observer(await town.client(OBSERVER.localpart), told)
    watching = asyncio.create_task(observer.watch())
    try:
        yield observer, watching
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def bot_has_entered(town: Town, observer: Observer, room_id: str) -> bool:
    """Wait until the bot is in a room and has introduced itself, if it does."""
    bot = town.bot_id
    if not await observer.until(lambda: observer.has_joined(room_id, bot), PATIENCE):
        return False
    await observer.until(lambda: any(seen.sender == bot for seen in observer.seen(room_id)), FOR_A_GREETING)
    return True
