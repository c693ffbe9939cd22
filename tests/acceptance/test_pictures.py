"""A chart arrives as a PNG that others can open, in plain and in encrypted rooms, once whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from nio import Event, RoomEncryptedImage
from nio.crypto.attachments import decrypt_attachment
from yarl import URL

from bot.drawing import draw
from tests.acceptance.conftest import Community
from tests.acceptance.test_encryption import Person
from tests.homeserver import PASSWORD, Account, Homeserver, Seen, said_by
from tests.running import RunningBot
from tests.turn import probe

PICTURE = draw(probe.CHART)
INFO = {"mimetype": "image/png", "w": PICTURE.width, "h": PICTURE.height, "size": len(PICTURE.png)}


def is_picture(seen: Seen) -> bool:
    """Whether it is an image that wasn't taken back."""
    return seen.content.get("msgtype") == "m.image"


async def downloaded(account: Account, mxc: str) -> bytes:
    """The bytes behind the address, as this person gets them."""
    url = f"{account.credentials.homeserver}/_matrix/client/v1/media/download/{mxc.removeprefix('mxc://')}"
    headers = {"Authorization": f"Bearer {account.credentials.access_token}"}
    async with aiohttp.ClientSession(headers=headers) as http, http.get(url) as response:
        assert response.status == 200, await response.text()
        return await response.read()


async def start(community: Community, homeserver_url: str = "") -> None:
    """The bot with the probe, which shows a chart when told `chart`."""
    community.bot.sections["plugins"] = {"probe": {"module": "tests.turn.probe"}}
    if homeserver_url:
        community.bot.sections["matrix"] |= {"homeserver": homeserver_url}
    community.bot.write()
    await community.bot.start()


async def test_in_a_plain_room_others_download_the_very_picture_behind_the_words(community: Community) -> None:
    await start(community)
    await community.ask("chart")
    await community.hear("that was it")
    said = [seen for seen in await community.bea.messages(community.room) if seen.sender == community.clerk.user_id]
    _, picture, _ = said[-3:]
    assert is_picture(picture)
    content = picture.content
    assert (content["body"], content["filename"], content["info"]) == ("5 asked, 5 answered", "chart.png", INFO)
    assert "org.townclerk.chart" not in content
    assert await downloaded(community.bea, content["url"]) == PICTURE.png


async def test_in_an_encrypted_room_what_lies_on_the_server_is_locked_and_opens_to_the_very_picture(
    community: Community, homeserver: Homeserver, tmp_path: Path
) -> None:
    await start(community)
    eve = await homeserver.account("eve")
    person = Person(homeserver.url, eve.user_id, tmp_path)
    images: list[RoomEncryptedImage] = []

    async def keep(_: object, event: Event) -> None:
        images.append(event)

    person.client.add_event_callback(keep, RoomEncryptedImage)
    await person.client.login(PASSWORD)
    try:
        room = await eve.create_room("Secret planning", invite=[community.clerk], encrypted=True)
        async with asyncio.timeout(20):
            while community.clerk.user_id not in await eve.members(room):  # noqa: ASYNC110 - nobody rings
                await asyncio.sleep(0.1)
        await person.sync()
        await person.say(room, "!clerk chart")
        await person.reads("that was it")
    finally:
        await person.client.close()
    (image,) = images
    assert image.decrypted
    file: dict[str, Any] = image.source["content"]["file"]
    locked = await downloaded(eve, file["url"])
    assert not locked.startswith(PICTURE.png[:8])
    assert decrypt_attachment(locked, file["key"]["k"], file["hashes"]["sha256"], file["iv"]) == PICTURE.png
    assert not any(map(is_picture, await eve.messages(room)))


@pytest.mark.homeserver
async def test_where_media_must_be_smaller_the_words_come_without_the_picture_and_its_plugin_is_told(
    tmp_path: Path,
) -> None:
    async with Homeserver(tmp_path / "synapse", settings={"max_upload_size": "1K"}) as server:
        ana, clerk = [await server.account(name) for name in ("ana", "clerk")]
        async with RunningBot(tmp_path, server, clerk, plugins={"probe": {"module": "tests.turn.probe"}}) as bot:
            room = await ana.create_room(invite=[clerk], is_direct=True)
            await ana.send(room, "chart week20")
            await ana.wait_for(room, said_by(clerk.user_id, "unsent message week20"), 20)
            await bot.drained()
            timeline = await ana.messages(room)
            assert any("that was it" in seen.body for seen in timeline)
            assert not any(map(is_picture, timeline))
            assert (await bot.logged("not sent"))["reason"].startswith("413 M_TOO_LARGE")


@dataclass
class Between:
    """What stands between the bot and its homeserver: it lets all pass, but keeps a picture's message back when told to
    `hold` it, or the answer to it when told to `swallow` that.
    """

    homeserver: str
    mode: str = ""
    uploads: int = 0
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        """One request."""
        body = await request.read()
        self.uploads += request.path.endswith("/upload")
        stops = self.mode and b'"m.image"' in body
        if stops and self.mode == "hold":
            await self._never()
        headers = {k: v for k, v in request.headers.items() if k in ("Authorization", "Content-Type")}
        target = URL(f"{self.homeserver}{request.raw_path}", encoded=True)
        async with (
            aiohttp.ClientSession() as http,
            http.request(request.method, target, data=body, headers=headers) as answer,
        ):
            passed = web.Response(body=await answer.read(), status=answer.status, content_type=answer.content_type)
        if stops:
            await self._never()
        return passed

    async def _never(self) -> None:
        self.stopped.set()
        await asyncio.Event().wait()


@asynccontextmanager
async def between(homeserver: str) -> AsyncIterator[tuple[Between, str]]:
    """It and its address."""
    made = Between(homeserver)
    application = web.Application(client_max_size=10**7)
    application.router.add_route("*", "/{path:.*}", made.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield made, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_killed_between_upload_and_message_and_again_before_the_answer_it_sends_one_picture(
    community: Community, homeserver: Homeserver
) -> None:
    async with between(homeserver.url) as (wire, url):
        wire.mode = "hold"
        await start(community, url)
        await community.ask("chart")
        for mode in ("swallow", ""):
            await asyncio.wait_for(wire.stopped.wait(), 40)
            await community.bot.kill()
            wire.mode = mode
            wire.stopped.clear()
            await community.bot.start(ready=False)
        await community.hear("that was it", timeout=40)
        await community.bot.drained()
        pictures = [seen for seen in await community.bea.messages(community.room) if is_picture(seen)]
        assert len(pictures) == 1
        assert await downloaded(community.bea, pictures[0].content["url"]) == PICTURE.png
        assert wire.uploads >= 2
        await community.bot.kill()
