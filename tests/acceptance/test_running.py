"""Starting, stopping, and what an operator meets, with the real command and a real homeserver."""

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.conftest import Community
from tests.homeserver import Homeserver, said_by
from tests.running import RunningBot


async def test_sigterm_ends_it_cleanly_within_five_seconds_the_long_poll_included(community: Community) -> None:
    await community.bot.start()
    await community.hear("town clerk")
    began = time.monotonic()
    assert await community.bot.stop() == 0
    assert time.monotonic() - began < 5


async def test_a_restart_is_the_same_device(community: Community) -> None:
    await community.bot.start()
    await community.hear("town clerk")
    before = await community.clerk.call("GET", "devices")
    await community.bot.stop()
    await community.bot.start()
    after = await community.clerk.call("GET", "devices")
    assert {d["device_id"] for d in before["devices"]} == {d["device_id"] for d in after["devices"]}


async def test_what_was_said_before_the_first_start_is_history(community: Community) -> None:
    await community.bot.start()
    await community.hear("town clerk")
    await community.bot.stop()
    await community.ask("who uses PlanX?")
    for leftover in community.bot.folder.glob("townclerk.db*"):
        leftover.rename(community.bot.folder / f"old-{leftover.name}")
    assert (await community.bot.townclerk("import", "--starter"))[0] == 0
    await community.bot.start()
    await community.ask("who uses BOPS?")
    await community.hear("BOPS – used by")
    assert not [s for s in await community.sam.messages(community.room) if community.says("PlanX – used by")(s)]


async def test_a_second_one_on_the_same_database_is_refused_in_one_line(community: Community) -> None:
    await community.bot.start()
    code, out, err = await community.bot.townclerk("run")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1] == "townclerk: another townclerk is running on this database; stop it first"


async def test_after_sigkill_it_starts_again_at_once(community: Community) -> None:
    await community.bot.start()
    await community.bot.kill()
    await community.bot.start()


async def test_a_wrong_password_is_one_clear_line_and_exit_1(homeserver: Homeserver, tmp_path: Path) -> None:
    clerk = await homeserver.account("clerk")
    bot = RunningBot(tmp_path, homeserver, clerk)
    bot.sections["matrix"]["password"] = "wrong"
    bot.write()
    code, _, err = await bot.townclerk("run")
    assert code == 1
    assert len([line for line in err.splitlines() if line.startswith("townclerk:")]) == 1
    assert f"refused to log {clerk.user_id} in" in err
    assert "Traceback" not in err


async def test_without_a_homeserver_it_says_so_and_tries_again(homeserver: Homeserver, tmp_path: Path) -> None:
    clerk = await homeserver.account("clerk")
    bot = RunningBot(tmp_path, homeserver, clerk)
    bot.sections["matrix"]["homeserver"] = "http://127.0.0.1:9"
    bot.write()
    await bot.start(ready=False)
    try:
        entry = await bot.logged("trying again")
        assert "doesn't answer" in entry["reason"]
        assert bot.running
    finally:
        await bot.stop()


@pytest.mark.homeserver
async def test_an_access_token_is_enough_where_there_are_no_passwords(tmp_path: Path) -> None:
    folder = tmp_path / "synapse"
    async with Homeserver(folder) as server:
        clerk, ana = await server.account("clerk"), await server.account("ana")
    async with Homeserver(folder, password_login=False) as server:
        matrix = {"homeserver": server.url, "access_token": clerk.credentials.access_token}
        bot = RunningBot(tmp_path, server, clerk, matrix=matrix)
        for account in (clerk, ana):
            account.credentials = type(account.credentials)(
                server.url,
                account.user_id,
                account.credentials.password,
                account.credentials.access_token,
                account.credentials.device_id,
            )
        async with bot:
            room = await ana.create_room("Planning", invite=[clerk])
            await ana.send(room, "!clerk who uses PlanX?")
            await ana.wait_for(room, said_by(clerk.user_id, "I don't know a tool called PlanX"))


async def test_thrown_out_of_a_room_it_goes_on_in_the_others(community: Community) -> None:
    await community.bot.start()
    await community.hear("town clerk", room=community.maintainers)
    await community.ask("help with PlanX: it is down")
    await community.hear("Help request")
    await community.sam.kick(community.room, community.clerk, "not now")
    await community.sam.send(community.maintainers, "!clerk resolve #1")
    await community.hear("#1 is at rest already", room=community.maintainers)


async def test_an_import_beside_the_running_bot_is_seen_at_once(community: Community, tmp_path: Path) -> None:
    await community.bot.start()
    file = tmp_path / "uses.csv"
    file.write_text("organisation,tool,since,evidence_url\nCamden,Zorblax,2024,https://example.org/z\n")
    code, out, _ = await community.bot.townclerk("import", str(file))
    assert code == 0
    assert "1 " in out
    await community.ask("who uses Zorblax?")
    await community.hear("Zorblax – used by 1 council")


async def test_health_readiness_and_metrics_are_served(community: Community) -> None:
    await community.bot.start()
    await community.hear("town clerk")
    await community.bot.drained()
    port = (await community.bot.logged("web"))["port"]
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        for path, words in (("/healthz", "ok"), ("/readyz", "ready"), ("/metrics", "townclerk_outbox_waiting 0.0")):
            async with session.get(path) as response:
                assert response.status == 200
                assert words in await response.text()


async def test_nobodys_words_are_in_the_log(community: Community) -> None:
    await community.bot.start()
    await community.ask("help with PlanX: the secret is canary-4711")
    await community.hear("Help request")
    await community.bot.stop()
    assert "canary-4711" not in community.bot.log.read_text()


async def test_over_the_reply_budget_one_line_says_so_and_the_rest_follow(community: Community) -> None:
    community.bot.sections["limits"] = {"replies_per_minute": 3}
    community.bot.write()
    await community.bot.start()
    await asyncio.gather(*(community.ask(f"who uses tool-{n}?") for n in range(5)))
    await community.hear("at most 3 questions a minute")
    answers = [s for s in await community.sam.messages(community.room) if community.says("I don't know a tool")(s)]
    assert len(answers) == 3


@pytest.mark.postgres
async def test_on_postgresql_it_answers_too_and_a_second_one_stands_by_and_takes_over(
    community: Community, postgres_database: str, tmp_path: Path
) -> None:
    first = community.bot
    first.sections["database"] = {"url": postgres_database}
    first.sections["matrix"]["crypto_store"] = str(tmp_path / "keys")
    first.write()
    assert (await first.townclerk("import", "--starter"))[0] == 0
    await first.start()
    await community.ask("who uses PlanX?")
    await community.hear("PlanX – used by")
    second = RunningBot(tmp_path, community.bot.homeserver, community.clerk, **first.sections)
    second.log = tmp_path / "second.log"
    await second.start(ready=False)
    try:
        await second.logged("standing by")
        await first.stop()
        await second.logged("ready")
        await community.ask("who uses BOPS?")
        await community.hear("BOPS – used by")
    finally:
        await second.stop()
