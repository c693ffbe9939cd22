"""What is remembered of verifications."""

from datetime import timedelta

from bot.store.memory import Memory
from bot.store.verifications import KEPT, Verification
from tests.store.samples import ANA, BEA, NOW, ROOM

ASKED = Verification("v1", ANA, "DEVICE", ROOM, "$request", NOW)


async def test_noted_once_shown_decided_once_and_closed(memory: Memory) -> None:
    verifications = memory.verifications
    assert await verifications.begin(ASKED)
    assert not await verifications.begin(ASKED)
    assert not await verifications.decide("v1", True), "there is nothing to compare yet"
    await verifications.show("v1", ["🐶 Dog", "🐱 Cat"], "1 2 3")
    assert await verifications.decide("v1", False)
    assert not await verifications.decide("v1", True), "said once, it is said"
    (running,) = await verifications.running()
    assert (running.emoji, running.decimals, running.decision) == (("🐶 Dog", "🐱 Cat"), "1 2 3", "no")
    await verifications.close("v1", done=False, reason="m.mismatched_sas")
    await verifications.close("v1", done=True)
    closed = await verifications.get("v1")
    assert closed
    assert (closed.state, closed.reason) == ("cancelled", "m.mismatched_sas")
    assert await verifications.running() == []
    assert not await verifications.begin(ASKED), "its replay is nothing"


async def test_how_many_somebody_began_lately_and_what_is_long_over_goes(memory: Memory) -> None:
    verifications = memory.verifications
    await verifications.begin(ASKED)
    assert await verifications.begun(NOW - timedelta(minutes=1)) == {ANA: 1}
    assert await verifications.begun(NOW) == {}
    later = Verification("v2", BEA, "DEVICE", "", "t", NOW + KEPT + timedelta(seconds=1))
    assert await verifications.begin(later)
    assert await verifications.get("v1") is None
