"""A pinned board per room, where the bot may pin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.dialogue import BEA, ROOM, SAM, STEWARDS, Dialogue, dialogue


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Boards are on."""
    async with dialogue(tmp_path, {"requests": {}}) as made:
        yield made


def _board(talk: Dialogue) -> str:
    return [said for said in talk.in_room(ROOM) if "Help requests:" in said.body][-1].body


async def test_it_lists_what_waits_there_and_is_pinned_once(talk: Dialogue) -> None:
    await talk.rooms_say(may_pin=True)
    question = await talk.say("help with PlanX: one")
    await talk.say("help with BOPS: two", room="!other:example.org")
    await talk.wait(seconds=11)
    assert "Help requests: 1 is waiting here" in _board(talk)
    assert "#1 PlanX, asked by ana on Monday 11 May, 10:00. Open" in _board(talk).replace(f" ({_link(question)})", "")
    pinned = talk.pinned()
    await talk.say("help with BOPS: three")
    await talk.say("take #1", sender=BEA)
    await talk.wait(seconds=11)
    assert "Help requests: 2 are waiting here, the oldest first" in _board(talk)
    assert "Taken by bea" in _board(talk)
    assert talk.pinned() == pinned
    for number in (1, 3):
        await talk.say(f"resolve #{number}", sender=SAM)
    await talk.wait(seconds=11)
    assert "nothing is waiting here" in _board(talk)
    posted = [said for said in talk.in_room(ROOM) if "Help requests:" in said.body and not said.edits]
    assert len(posted) == 1


def _link(event: str) -> str:
    return f"https://matrix.to/#/{ROOM}/{event}?via=example.org"


async def test_a_burst_of_changes_is_one_edit(talk: Dialogue) -> None:
    await talk.rooms_say(may_pin=True)
    for text in ("one", "two", "three"):
        await talk.say(f"help with PlanX: {text}")
    await talk.wait(seconds=11)
    assert len([said for said in talk.in_room(ROOM) if "Help requests:" in said.body]) == 1


async def test_where_it_may_not_pin_the_stewards_hear_it_once(talk: Dialogue) -> None:
    for text in ("one", "two"):
        await talk.say(f"help with PlanX: {text}")
    await talk.wait(seconds=11)
    assert [said.body for said in talk.in_room(STEWARDS)] == [
        f"I may not pin messages in {ROOM}. If a list of what is waiting shall be pinned there, somebody with the "
        "rights can let me; nothing else depends on it."
    ]
    assert talk.pinned() == []


async def test_a_board_that_somebody_removed_stays_away(talk: Dialogue) -> None:
    await talk.rooms_say(may_pin=True)
    await talk.say("help with PlanX: one")
    await talk.wait(seconds=11)
    await talk.redact(talk.pinned()[0], sender=SAM)
    said = len(talk.said)
    await talk.wait(seconds=11)
    await talk.say("help with PlanX: two")
    await talk.wait(seconds=11)
    assert len([s for s in talk.said[said:] if "Help requests:" in s.body]) == 0


async def test_it_can_be_switched_off(tmp_path: Path) -> None:
    async with dialogue(tmp_path / "off", {"requests": {"pinned_boards": False}}) as talk:
        await talk.say("help with PlanX: one")
        assert talk.in_room(STEWARDS) == []


async def test_a_board_that_may_no_longer_be_pinned_still_tells_the_truth(talk: Dialogue) -> None:
    await talk.rooms_say(may_pin=True)
    await talk.say("help with PlanX: one")
    await talk.wait(seconds=11)
    await talk.rooms_say(may_pin=False)
    await talk.say("resolve #1")
    await talk.wait(seconds=11)
    assert "nothing is waiting here" in _board(talk)
