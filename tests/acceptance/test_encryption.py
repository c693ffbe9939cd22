"""Encrypted rooms in both directions, with a person at a client of their own (nio, apart from the bot's)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nio import AsyncClient, AsyncClientConfig, RoomMessageNotice, RoomMessageText
from nio.store import SqliteMemoryStore

from tests.acceptance.conftest import Community
from tests.homeserver import PASSWORD, Account, Homeserver


class Person:
    """Somebody with an encrypting client, who trusts every device."""

    def __init__(self, url: str, user_id: str, folder: Path) -> None:
        config = AsyncClientConfig(store=SqliteMemoryStore, encryption_enabled=True)
        self.client = AsyncClient(url, user_id, store_path=str(folder), config=config)
        self.read: list[str] = []
        self.client.add_event_callback(self._on_message, (RoomMessageText, RoomMessageNotice))

    async def _on_message(self, room: object, event: RoomMessageText) -> None:
        if event.sender != self.client.user_id and event.decrypted:
            self.read.append(event.body)

    async def reads(self, words: str, seconds: float = 20) -> str:
        """Sync until a decrypted message has these words."""
        async with asyncio.timeout(seconds):
            while True:
                found = [body for body in self.read if words in body]
                if found:
                    return found[-1]
                await self.sync()

    async def sync(self) -> None:
        """One round, keys included."""
        await self.client.sync(timeout=500)
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        await self.client.send_to_device_messages()

    async def say(self, room: str, text: str, **more: Any) -> str:
        """Send, encrypted, and return the event id; `more` is content over and above the text."""
        content = {"msgtype": "m.text", "body": text, "m.mentions": {}, **more}
        sent = await self.client.room_send(room, "m.room.message", content, ignore_unverified_devices=True)
        return str(sent.event_id)


@asynccontextmanager
async def at_a_client(homeserver: Homeserver, account: Account, folder: Path) -> AsyncIterator[Person]:
    """Logged in on a new device, whose keys are known."""
    person = Person(homeserver.url, account.user_id, folder)
    await person.client.login(PASSWORD)
    try:
        await person.sync()
        yield person
    finally:
        await person.client.close()


async def test_a_question_in_an_encrypted_room_is_read_and_answered_encrypted_also_after_a_restart(
    community: Community, homeserver: Homeserver, tmp_path: Path
) -> None:
    eve = await homeserver.account("eve")
    async with at_a_client(homeserver, eve, tmp_path) as person:
        await community.bot.start()
        room = await eve.create_room("Secret planning", invite=[community.clerk], encrypted=True)
        await person.reads("town clerk of Test councils")
        await person.say(room, "!clerk who uses PlanX?")
        await person.reads("PlanX – used by")
        await community.bot.kill()
        await person.say(room, "!clerk who uses BOPS?")
        await community.bot.start()
        await person.reads("BOPS – used by")
        kinds = {seen.type for seen in await eve.messages(room) if seen.sender == community.clerk.user_id}
        assert "m.room.message" not in kinds
