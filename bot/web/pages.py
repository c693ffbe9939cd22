"""The pages of plugins: each is worked out anew in a transaction that reads, and sent only to who hasn't got it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256

import structlog
from aiohttp import ETag, web

from bot.audience import Installed
from bot.plugin import Page, Serves
from bot.router import Router
from bot.store.database import Database
from bot.store.memory import Memory

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.Response]]


def pages(router: Router, database: Database, clock: Callable[[], datetime]) -> list[web.RouteDef]:
    """The routes of all pages that the router's plugins serve; HEAD is answered like GET."""

    def answering(installed: Installed, serves: Serves) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            try:
                async with database.reading() as connection:
                    context = router.context(Memory(connection), clock(), router.community.language, installed)
                    page = await serves(context, request.query)
            except Exception:  # whoever asks learns nothing of what went wrong
                log.exception("page failed", path=request.path)
                return web.Response(status=500, text="Something went wrong.\n")
            return _response(request, page)

        return answer

    return [
        web.get(path, answering(installed, serves))
        for installed in router.installed
        for path, serves in installed.plugin.pages.items()
    ]


def _response(request: web.Request, page: Page | None) -> web.Response:
    if page is None:
        return web.Response(status=404, text="There is no such page.\n")
    body = page.text.encode()
    tag = ETag(sha256(body).hexdigest()[:32])
    known = {one.value for one in request.if_none_match or ()}
    if known & {tag.value, "*"}:
        response = web.Response(status=304)
    else:
        response = web.Response(body=body, headers={"Content-Type": page.content_type})
    response.etag = tag
    response.headers["Cache-Control"] = "no-cache"  # kept, but asked for again: an opt-out counts from the next look
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
