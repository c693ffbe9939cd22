"""A dialogue's bot with its web port open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bot.web.pages import pages
from bot.web.server import Pulse, Server
from bot.web.settings import WebSettings
from tests.dialogue import Dialogue


@asynccontextmanager
async def served(talk: Dialogue, **withheld: int) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that asks it; so many keys were withheld from the bot."""
    routes = pages(talk.router, talk.database, lambda: talk.now)
    server = Server(
        WebSettings(port=0), talk.database, lambda: Pulse(True, talk.now), lambda: talk.now, routes, lambda: withheld
    )
    port = await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            yield session
    finally:
        await server.stop()
