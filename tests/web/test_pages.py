"""What plugins serve: worked out anew for whoever asks, sent once, and silent about what went wrong."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.audience import Installed
from bot.plugin import Context, NoSettings, Page, Plugin
from tests.dialogue import dialogue
from tests.web.serving import served

probe = Plugin("probe", Path(__file__).parent, NoSettings, "serves pages")


@probe.serves("/probe/page")
async def page(context: Context[Any], asked: Mapping[str, str]) -> Page:
    """Something that depends on the address and on the memory."""
    rooms = len(await context.memory.rooms.joined())
    return Page("text/plain; charset=utf-8", f"{context.community.name}, {rooms}, é, {asked.get('what', '')}")


@probe.serves("/probe/none")
async def none(context: Context[Any], asked: Mapping[str, str]) -> None:
    """Something that isn't there."""


@probe.serves("/probe/broken")
async def broken(context: Context[Any], asked: Mapping[str, str]) -> Page:
    """A mistake."""
    raise RuntimeError("the secret is canary-4711")


@probe.serves("/probe/writes")
async def writes(context: Context[Any], asked: Mapping[str, str]) -> Page:
    """What a page mustn't do."""
    await context.memory.digests.leave_out("@ana:example.org", context.now)
    return Page("text/plain", "done")


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """The web port of a bot with the plugin."""
    async with dialogue(tmp_path, {"rooms": {}}) as talk:
        talk.router = replace(talk.router, installed=(*talk.router.installed, Installed(probe, NoSettings())))
        async with served(talk) as session:
            yield session


async def test_a_page_is_served_with_what_the_address_asks_for(web: aiohttp.ClientSession) -> None:
    async with web.get("/probe/page?what=this%20one&other=1") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        assert (await answer.text()).startswith("Test councils, ")
        assert (await answer.text()).endswith(", é, this one")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_only_its_head_is_sent_if_no_more_is_asked_for(web: aiohttp.ClientSession) -> None:
    async with web.get("/probe/page") as whole, web.head("/probe/page") as head:
        assert head.status == 200
        assert await head.read() == b""
        same = ("Content-Type", "Content-Length", "ETag")
        assert [head.headers[name] for name in same] == [whole.headers[name] for name in same]


async def test_whoever_has_it_isnt_sent_it_again_until_it_is_another(web: aiohttp.ClientSession) -> None:
    async with web.get("/probe/page") as first:
        known = {"If-None-Match": first.headers["ETag"]}
    async with web.get("/probe/page", headers=known) as again, web.get("/probe/page?what=x", headers=known) as other:
        assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", known["If-None-Match"])
        assert other.status == 200


@pytest.mark.parametrize("path", ["/probe/none", "/probe", "/nothing", "/digest.atom"])
async def test_what_isnt_there_isnt_found(web: aiohttp.ClientSession, path: str) -> None:
    async with web.get(path) as answer:
        assert answer.status == 404


async def test_a_page_cant_be_written_to(web: aiohttp.ClientSession) -> None:
    async with web.post("/probe/page", data=b"x") as answer:
        assert answer.status == 405


@pytest.mark.parametrize("path", ["/probe/broken", "/probe/writes"])
async def test_of_a_mistake_the_log_has_one_line_and_who_asked_learns_nothing(
    web: aiohttp.ClientSession, path: str
) -> None:
    with capture_logs() as logs:
        async with web.get(path) as answer:
            assert (answer.status, await answer.text()) == (500, "Something went wrong.\n")
    assert [(line["event"], line["path"]) for line in logs] == [("page failed", path)]
    async with web.get("/probe/page") as answer:
        assert answer.status == 200
