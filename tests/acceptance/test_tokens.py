"""Tokens that end: they are renewed ahead of time, and a bot that was killed in between comes back."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.account import call
from tests.homeserver import PASSWORD, Account, Homeserver, said_by
from tests.running import RunningBot

pytestmark = [pytest.mark.homeserver, pytest.mark.faults]  # a minute and more: tokens have to end

SHORT = {"refreshable_access_token_lifetime": "6s"}


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Homeserver]:
    """Its tokens end after six seconds, for whoever can renew them."""
    async with Homeserver(tmp_path / "synapse", settings=SHORT) as server:
        yield server


def token(bot: RunningBot) -> str:
    """The one in the database."""
    database = sqlite3.connect(bot.folder / "townclerk.db")
    try:
        return str(database.execute("SELECT access_token FROM account").fetchone()[0])
    finally:
        database.close()


async def test_a_session_outlives_its_tokens_also_killed_between_saving_and_using_one(
    server: Homeserver, tmp_path: Path
) -> None:
    ana, clerk = await server.account("ana"), await server.account("clerk")
    bot = RunningBot(tmp_path, server, clerk)
    async with bot:
        room = await ana.create_room("Planning", invite=[clerk], encrypted=False)
        await ana.wait_for(room, said_by(clerk.user_id, "town clerk"), 60)
        devices = {d["device_id"] for d in (await clerk.call("GET", "devices"))["devices"]}
        await bot.kill()
        await ana.send(room, "!clerk who uses tool-1?")
        await asyncio.sleep(6)
        await bot.start(ready=False, TOWNCLERK_FAILPOINT="token.refreshed")
        assert await bot.ended(30) == 137
        await bot.start()
        await ana.wait_for(room, said_by(clerk.user_id, "called tool-1"), 60)
        await ana.send(room, "!clerk who uses tool-2?")
        await ana.wait_for(room, said_by(clerk.user_id, "called tool-2"), 60)
        assert {d["device_id"] for d in (await clerk.call("GET", "devices"))["devices"]} == devices


async def test_a_pair_of_tokens_in_the_settings_is_the_beginning_of_a_chain(server: Homeserver, tmp_path: Path) -> None:
    ana, clerk = await server.account("ana"), await server.account("clerk")
    pair = await log_in(server, clerk)
    matrix = {"homeserver": server.url, "user": clerk.user_id}
    bot = RunningBot(tmp_path, server, clerk, matrix=matrix | pair)
    async with bot:
        room = await ana.create_room("Planning", invite=[clerk])
        await ana.wait_for(room, said_by(clerk.user_id, "town clerk"), 60)
        await asyncio.sleep(6)
        await ana.send(room, "!clerk who uses tool-0?")
        await ana.wait_for(room, said_by(clerk.user_id, "called tool-0"), 60)
        assert token(bot) != pair["access_token"]
        await bot.stop()
        await asyncio.sleep(6)  # the one in the database ends, too
        await bot.start()
        await ana.send(room, "!clerk who uses tool-1?")
        await ana.wait_for(room, said_by(clerk.user_id, "called tool-1"), 60)
        await bot.stop()
    with sqlite3.connect(bot.folder / "townclerk.db") as database:
        database.execute("UPDATE account SET access_token = 'x', refresh_token = 'y'")
    database.close()
    code, _, err = await bot.townclerk("run")
    assert code == 1
    assert "nor what came of its refresh_token: log in as the bot and give the new ones" in err


async def log_in(server: Homeserver, clerk: Account) -> dict[str, str]:
    """What an operator gets by hand."""
    request = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": clerk.user_id},
        "password": PASSWORD,
        "refresh_token": True,
    }
    answer = await call(server.url, None, "POST", "/_matrix/client/v3/login", request)
    return {name: answer[name] for name in ("access_token", "refresh_token")}
