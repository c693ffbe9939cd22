"""The bot verified by emoji from a client that is nothing of ours (matrix-js-sdk), and the operator at `townclerk`."""

import asyncio

from tests.acceptance.conftest import Community
from tests.acceptance.test_signed_devices import asks, identity
from tests.javascript import JsPerson


async def meet(community: Community, eve: JsPerson) -> tuple[str, str]:
    """Eve's direct chat with the bot, and the bot's device."""
    clerk = community.clerk.user_id
    await community.bot.start()
    room = await eve.create_room(clerk, direct=True)
    await eve.hear(room, clerk, "town clerk of Test councils")
    trust = await eve.do("trust", {"user": clerk})
    assert not trust["verified"]
    (device,) = (name for name, found in trust["devices"].items() if found["signed"])
    return room, device


async def begin(community: Community, eve: JsPerson, way: dict[str, str]) -> None:
    """Eve asks the bot to verify; the operator is shown what her client shows."""
    start = community.bot.log.stat().st_size
    shown = await eve.do("verify", {"user": community.clerk.user_id} | way)
    await community.bot.logged("somebody waits to be verified", start)
    code, listed, _ = await community.bot.townclerk("verify")
    assert code == 0
    assert [name for _, name in shown["emoji"] if name.lower() not in listed.lower()] == []


async def cancelled(community: Community, eve: JsPerson, by: str) -> None:
    """Both know that it is over, and Eve's client holds the bot for no more than before."""
    assert await eve.do("verified") == {"done": False, "cancelled": "m.mismatched_sas", "by": by}
    await community.bot.logged("verification cancelled")
    assert not (await eve.do("trust", {"user": community.clerk.user_id}))["verified"]


async def both_see_the_same(community: Community, eve: JsPerson) -> None:
    """They say so, and the bot is verified."""
    yes = community.bot.townclerk("verify", "--yes", eve.user_id)
    (code, *_), _ = await asyncio.gather(yes, eve.do("matches"))
    assert code == 0
    assert (await eve.do("verified"))["done"]
    await community.bot.logged("verified")


async def test_in_a_room_it_is_verified_but_not_where_she_sees_other_emoji(community: Community, eve: JsPerson) -> None:
    clerk = community.clerk.user_id
    room, device = await meet(community, eve)
    master_key = await identity(eve, clerk)
    await begin(community, eve, {"room": room})
    await eve.do("differs")
    await cancelled(community, eve, by=eve.user_id)

    await begin(community, eve, {"room": room})
    await both_see_the_same(community, eve)
    trust = await eve.do("trust", {"user": clerk})
    assert (trust["verified"], trust["devices"][device]) == (True, {"signed": True, "verified": True})
    assert await identity(eve, clerk) == master_key
    assert (await asks(eve, room, clerk)).shield == "NONE"


async def test_from_device_to_device_it_is_verified_but_not_where_the_operator_sees_other_emoji(
    community: Community, eve: JsPerson
) -> None:
    clerk = community.clerk.user_id
    room, device = await meet(community, eve)
    await begin(community, eve, {"device": device})
    await eve.do("matches")
    code, *_ = await community.bot.townclerk("verify", "--no", eve.user_id)
    assert code == 0
    await cancelled(community, eve, by=clerk)

    await begin(community, eve, {"device": device})
    await both_see_the_same(community, eve)
    trust = await eve.do("trust", {"user": clerk})
    assert (trust["verified"], trust["devices"][device]) == (True, {"signed": True, "verified": True})
    assert (await asks(eve, room, clerk)).shield == "NONE"
