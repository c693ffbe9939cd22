"""A digest from draft to feed on a real homeserver; killed around its hour, and refused by its room."""

import asyncio
import sqlite3
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from bot.clock import now
from bot.store.database import micros
from tests.acceptance.conftest import Community
from tests.timeline import Seen

LONDON = ZoneInfo("Europe/London")
TITLE = "The week in Test councils"


async def channel_due_in(community: Community, span: timedelta, **more: Any) -> str:
    """A channel whose digest is due so long from now."""
    channel = await community.sam.create_room("Digest", invite=[community.clerk])
    at = (now() + span).astimezone(LONDON)
    section = {"room": channel, "day": f"{at:%A}", "time": f"{at:%H:%M:%S}", "draft_before": "6d"}
    community.bot.sections["plugins"]["digest"] = section | more
    community.bot.write()
    return channel


def asked_in_weeks_past(community: Community) -> None:
    """A question in this week and in each of three before it, so that there is something to draw."""
    with sqlite3.connect(community.bot.folder / "townclerk.db") as database:
        for number, days in enumerate((2, 9, 16, 23), start=9001):
            at = micros(now() - timedelta(days=days))
            database.execute(
                "INSERT INTO request (number, question_event, room_id, asker, state, opened_at, changed_at, "
                "answered_at) VALUES (?, ?, ?, ?, 'resolved', ?, ?, ?)",
                (number, f"$past{number}", community.room, community.ana.user_id, at, at, at),
            )


async def digests(community: Community, channel: str) -> list[Seen]:
    """The posted digests, without their edits."""
    seen = await community.sam.messages(channel)
    return [s for s in seen if community.says(TITLE)(s) and not s.replaces]


async def draft_with(community: Community, *words: str) -> Seen:
    """The draft, once it or its newest edit says that."""
    draft = await community.hear("Draft", TITLE, room=community.stewards)
    return await community.sam.wait_for(
        community.stewards,
        lambda s: draft.event_id in (s.event_id, s.replaces) and all(word in s.body for word in words),
        15,
    )


async def page(port: int, path: str) -> str:
    """What the web port says."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        assert answer.status == 200
        return await answer.text()


async def test_drafted_introduced_published_served_and_never_again(community: Community) -> None:
    pytest.importorskip("matplotlib")
    channel = await channel_due_in(community, timedelta(hours=2), chart=True, feed=True)
    asked_in_weeks_past(community)
    await community.bot.start()
    draft = await community.hear("Draft", TITLE, room=community.stewards)
    words = await community.sam.send(community.stewards, "introduction: Good morning, all", reply=draft.event_id)
    await draft_with(community, "Good morning, all")
    await community.sam.edit(community.stewards, words, "introduction: Good afternoon, all")
    await draft_with(community, "Good afternoon, all")
    await community.sam.send(community.stewards, "publish", reply=draft.event_id)
    await community.hear("Published in", room=community.stewards)
    await community.bot.drained()
    (posted,) = await digests(community, channel)
    assert "Good afternoon, all" in posted.body
    told = [s for s in await community.sam.messages(channel) if s.sender == community.clerk.user_id and s.content]
    kinds = [s.content["msgtype"] for s in told if s.type == "m.room.message"]
    assert kinds[-1] == "m.image"
    assert kinds.count("m.image") == 1

    port = (await community.bot.logged("web"))["port"]
    for path in ("/digest.atom", "/digest.json"):
        served = await page(port, path)
        assert "Good afternoon, all" in served
        assert channel in served or channel.replace("!", "%21") in served
    await community.bot.stop()
    await community.bot.start()
    await community.bot.drained()
    assert [s.event_id for s in await community.sam.messages(channel)][-1] == told[-1].event_id


async def test_killed_again_and_again_around_its_hour_it_is_there_once(community: Community) -> None:
    channel = await channel_due_in(community, timedelta(seconds=15))
    due = now() + timedelta(seconds=15)
    for seconds in (-1.0, 0.05, 1.5, 2.5):
        await community.bot.start(ready=seconds < 0)
        await asyncio.sleep(max(0.4, (due - now()).total_seconds() + seconds))
        await community.bot.kill()
    await community.bot.start()
    await community.hear(TITLE, room=channel)
    await community.bot.drained()
    assert len(await digests(community, channel)) == 1


async def test_removed_from_its_room_the_stewards_hear_it_and_invited_back_it_is_posted(community: Community) -> None:
    channel = await channel_due_in(community, timedelta(seconds=15))
    await community.bot.start()
    await community.bot.drained()
    await community.sam.kick(channel, community.clerk)
    told = await community.hear("couldn't be posted", room=community.stewards, timeout=30)
    assert await digests(community, channel) == []
    await community.sam.invite(channel, community.clerk)
    await community.sam.wait_for(
        channel, lambda s: s.type == "m.room.member" and s.content.get("membership") == "join"
        and s.sender == community.clerk.user_id, since=None,
    )  # fmt: skip
    await community.sam.send(community.stewards, "publish", reply=told.event_id)
    await community.hear(TITLE, room=channel)
    await community.bot.drained()
    assert len(await digests(community, channel)) == 1
