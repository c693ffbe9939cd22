"""The heartbeat's address is its owner's secret."""

from aiohttp import web
from structlog.testing import capture_logs

from bot.web.heartbeat import Heartbeat
from tests.matrix.test_wire_failures import serving

CANARY = "kanariq5b1c"


async def test_an_address_that_fails_is_logged_once_and_never_shown() -> None:
    async def fail(request: web.Request) -> web.Response:
        return web.Response(status=500, text=request.path, headers={"Location": request.path})

    with capture_logs() as logs:
        async with serving(fail) as url:
            heart = Heartbeat(f"{url}/{CANARY}")
            await heart.beat()
            await heart.beat()
        await Heartbeat(f"http://clerk:{CANARY}@127.0.0.1:9/{CANARY}").beat()
    assert [line["event"] for line in logs] == ["heartbeat not delivered"] * 2
    assert CANARY not in str(logs)
