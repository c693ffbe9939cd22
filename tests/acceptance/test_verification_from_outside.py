"""The bot verified by emoji from a client that is nothing of ours (matrix-js-sdk), and the operator at `townclerk`."""

import asyncio
from typing import Any

import pytest

from tests.acceptance.conftest import Community
from tests.javascript import JsPerson


async def begin(community: Community, eve: JsPerson, way: str) -> dict[str, Any]:
    """Eve asks the bot to verify; what her client shows."""
    clerk = community.clerk.user_id
    await community.bot.start()
    room = await eve.create_room(clerk, direct=True)
    await eve.hear(room, clerk, "town clerk of Test councils")
    trust = await eve.do("trust", user=clerk)
    assert not trust["verified"]
    (device,) = (name for name, found in trust["devices"].items() if found["signed"])
    how = {"room": room} if way == "in the room" else {"device": device}
    shown: dict[str, Any] = await eve.do("verify", user=clerk, **how)
    return shown | {"device": device, "room": room}


@pytest.mark.parametrize("way", ["in the room", "from device to device"])
async def test_when_both_see_the_same_emoji_the_bot_is_verified(community: Community, eve: JsPerson, way: str) -> None:
    clerk = community.clerk.user_id
    before = (await eve.do("trust", user=clerk))["masterKey"]
    shown = await begin(community, eve, way)
    code, listed, _ = await community.bot.townclerk("verify")
    assert code == 0
    assert [name.lower() for _, name in shown["emoji"] if name.lower() not in listed.lower()] == []
    confirmed, _ = await asyncio.gather(community.bot.townclerk("verify", "--yes", eve.user_id), eve.do("matches"))
    assert confirmed[:2] == (0, f"{eve.user_id}: verified\n")
    assert (await eve.do("verified"))["done"]
    after = await eve.do("trust", user=clerk)
    assert after["verified"]
    assert after["devices"][shown["device"]] == {"signed": True, "verified": True}
    assert before in (None, after["masterKey"])
    question = await eve.say(shown["room"], "!clerk who uses PlanX?")
    assert (await eve.hear(shown["room"], clerk, "PlanX – used by", since=question)).shield == "NONE"


async def test_when_she_sees_others_it_is_cancelled_and_the_bot_is_not_verified(
    community: Community, eve: JsPerson
) -> None:
    await begin(community, eve, "from device to device")
    await eve.do("differs")
    assert await eve.do("verified") == {"done": False, "cancelled": "m.mismatched_sas", "by": eve.user_id}
    assert not (await eve.do("trust", user=community.clerk.user_id))["verified"]


async def test_when_the_operator_sees_others_it_is_cancelled_and_the_bot_is_not_verified(
    community: Community, eve: JsPerson
) -> None:
    clerk = community.clerk.user_id
    await begin(community, eve, "in the room")
    await eve.do("matches")
    code, said, _ = await community.bot.townclerk("verify", "--no", eve.user_id)
    assert (code, said) == (0, f"{eve.user_id}: cancelled\n")
    assert await eve.do("verified") == {"done": False, "cancelled": "m.mismatched_sas", "by": clerk}
    assert not (await eve.do("trust", user=clerk))["verified"]
