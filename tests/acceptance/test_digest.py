"""The digest in its channel, by the clock, on a real homeserver."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.clock import now
from tests.acceptance.conftest import Community

LONDON = ZoneInfo("Europe/London")


def due_in(community: Community, seconds: int) -> None:
    """Set the digest to this many seconds from now, when a busy machine has the bot started, too; to the stewards."""
    at = (now() + timedelta(seconds=seconds)).astimezone(LONDON)
    section = {"room": community.stewards, "day": f"{at:%A}", "time": f"{at:%H:%M:%S}"}
    community.bot.sections["plugins"]["digest"] = section
    community.bot.write()


async def test_a_channel_may_be_named_by_its_alias(community: Community) -> None:
    alias = f"digest-{community.sam.user_id[1:].partition(':')[0]}"
    channel = await community.sam.create_room("Digest", invite=[community.clerk], alias=alias)
    due_in(community, 15)
    community.bot.sections["plugins"]["digest"]["room"] = f"#{alias}:localhost"
    community.bot.write()
    await community.bot.start()
    await community.hear("The week in Test councils", room=channel, timeout=30)


async def posted(community: Community) -> int:
    """How many digests the channel has."""
    seen = await community.sam.messages(community.stewards)
    return len([s for s in seen if community.says("The week in Test councils")(s)])


async def test_it_comes_at_its_hour_and_once(community: Community) -> None:
    due_in(community, 15)
    await community.bot.start()
    await community.hear("The week in Test councils", room=community.stewards, timeout=30)
    await community.bot.stop()
    await community.bot.start()
    await community.bot.drained()
    assert await posted(community) == 1


async def test_due_while_the_bot_was_down_it_is_made_up_for_once(community: Community) -> None:
    due_in(community, 15)
    await community.bot.start()
    await community.hear("town clerk", room=community.stewards)
    await community.bot.kill()
    assert await posted(community) == 0
    while now().astimezone(LONDON).strftime("%H:%M:%S") <= community.bot.sections["plugins"]["digest"]["time"]:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await community.bot.start()
    await community.hear("The week in Test councils", room=community.stewards)
    assert await posted(community) == 1
