"""A person in an encrypted room, with a client of their own, who reads the room back from the beginning."""

import asyncio
from pathlib import Path
from typing import Any

from nio import AsyncClient, AsyncClientConfig, MessageDirection, RoomMessagesResponse
from nio.store import SqliteMemoryStore

from tests.homeserver import PASSWORD, Homeserver
from tests.timeline import Seen


class Person:
    """An encrypting client that trusts every device."""

    def __init__(self, client: AsyncClient) -> None:
        self.client = client

    @classmethod
    async def log_in(cls, homeserver: Homeserver, user_id: str, folder: Path) -> "Person":
        """On a device of its own."""
        config = AsyncClientConfig(store=SqliteMemoryStore, encryption_enabled=True)
        client = AsyncClient(homeserver.url, user_id, store_path=str(folder), config=config)
        await client.login(PASSWORD)
        person = cls(client)
        await person.sync()
        return person

    async def sync(self) -> None:
        """One round, keys included."""
        await self.client.sync(timeout=300)
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        await self.client.send_to_device_messages()

    async def say(self, room: str, text: str) -> str:
        """Send, encrypted; the event id."""
        await self.sync()
        content: dict[str, Any] = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        sent = await self.client.room_send(room, "m.room.message", content, ignore_unverified_devices=True)
        return str(sent.event_id)

    async def messages(self, room: str) -> list[Seen]:
        """The whole timeline in clear, oldest first; what can't be decrypted stays as it came."""
        await self.sync()
        found: list[Seen] = []
        start = None
        while True:
            page = await self.client.room_messages(room, start or "", direction=MessageDirection.back, limit=100)
            assert isinstance(page, RoomMessagesResponse), f"the room can't be read: {page}"
            found += [Seen(event.source) for event in page.chunk]
            if not page.end:
                return found[::-1]
            start = page.end

    async def reads(self, room: str, words: str, seconds: float) -> Seen:
        """Read until a message has these words."""
        async with asyncio.timeout(seconds):
            while True:
                for seen in await self.messages(room):
                    if words in seen.body:
                        return seen
